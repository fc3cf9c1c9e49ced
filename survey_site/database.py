"""How we connect to PostgreSQL: what the URL says, and how long each kind of work may take."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

MINUTE = 60
# Seconds for one statement, for a lock, and for a transaction that does nothing meanwhile.
# A command of manage.py has no limit: migrations and imports take what they take.
LIMITS = {
    "public": (5, 3, 10),
    "staff": (30, 10, 5 * MINUTE),
    "web": (30, 3, 5 * MINUTE),  # public and staff pages in one process
    "worker": (15 * MINUTE, MINUTE, 15 * MINUTE),
    "": (0, 0, 0),
}
# Over TCP: a server that vanished without a word is given up within half a minute, not after
# a quarter of an hour. Sockets of Unix need none of it, and libpq leaves it out there.
VANISHED = {
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def kind_of_work(role: str) -> str:
    """What ROLE says that this process does.

    Raises:
        ImproperlyConfigured: there is no such kind.
    """
    if role in LIMITS:
        return role
    kinds = ", ".join(sorted(filter(None, LIMITS)))
    raise ImproperlyConfigured(f"ROLE is {role!r}. Set it to one of {kinds}, or leave it out.")


def postgres(url: str, role: str) -> dict[str, Any]:
    """A libpq URL as Django's settings of one database."""
    parts: dict[str, Any] = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    limits = zip(NAMES, LIMITS[role], strict=True)
    given = [f"-c {name}={seconds}s" for name, seconds in limits if seconds]
    # What the URL itself asks for stands last, and so wins.
    options = " ".join([*given, parts.pop("options", "")]).strip()
    name = f"soundings-{role or 'command'}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{setting: parts.pop(part, "") for part, setting in named.items()},
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "5", "application_name": name, **VANISHED, **parts}
        | ({"options": options} if options else {}),
    }
