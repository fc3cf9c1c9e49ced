"""Settings from the environment, and from what ``make run`` left for commands beside it.

``make run`` starts servers of its own on sockets and makes up secrets. It writes both
to ``DATA_DIR/environment.json`` (mode 600), so that ``manage.py`` finds the same
database in another terminal. A real environment variable always wins.
"""

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "::1")  # where nobody else listens in
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()


@cache
def left_by_make_run() -> dict[str, str]:
    file = DATA_DIR / "environment.json"
    return json.loads(file.read_text()) if file.exists() else {}


def optional(name: str, default: str = "") -> str:
    """The variable's value; an empty one counts as not set."""
    return os.environ.get(name) or left_by_make_run().get(name) or default


def required(name: str, *, remedy: str) -> str:
    """The variable's value.

    Raises:
        ImproperlyConfigured: it is not set; the message names it and the remedy.
    """
    if value := optional(name):
        return value
    raise ImproperlyConfigured(f"{name} is not set. {remedy}")


def flag(name: str) -> bool:
    return optional(name).lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A variable of digits.

    Raises:
        ImproperlyConfigured: it is something else.
    """
    text = optional(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} is no number. Write digits, or leave it out.")
    return int(text)


def listed(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list without empty entries."""
    return [part.strip() for part in optional(name, default).split(",") if part.strip()]


def beyond_loopback(hosts: Iterable[str]) -> list[str]:
    """Those of these host names and addresses that others than this machine can reach."""
    return [host for host in hosts if host.strip("[]") not in LOOPBACK]
