"""The servers that are measured: a database of our own, the product, and the bare Django."""

import base64
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.ports import free_port, listens
from survey_site.embedded import start_postgres
from survey_site.processes import Server, launch
from survey_site.site import ROOT

SURVEY = "surveys/open-model-feedback.yaml"
SLUG = "open-model-feedback"
Web = tuple[int, Server]  # and the port it answers at
# The flags of `make run`, for both.
GRANIAN = (
    "granian --interface wsgi --host 127.0.0.1 --http 1 --no-ws --workers 2 "
    "--blocking-threads 8 --log-level warning --no-access-log"
)


@contextmanager
def database(more: Callable[[Path], dict[str, str]] | None = None) -> Iterator[Server]:
    """A durable PostgreSQL in a folder of its own, which goes with it; named in ``os.environ``.

    Args:
        more: settings of the server beside ours, from the folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="soundings-bench-"))
    os.environ |= {
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "IDENTITY_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "REDIS_URL": "redis://127.0.0.1:1",  # nothing measured here asks for it
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
    }
    try:
        with start_postgres(folder, more=more(folder) if more else None) as postgres:
            os.environ["DATABASE_URL"] = postgres.url
            yield postgres
    finally:
        cluster = (folder / "postgres").resolve()  # elsewhere, where root made it
        shutil.rmtree(cluster, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def web(application: str, **environment: str) -> Iterator[Web]:
    """Granian with an application, answering at the port that is given with it."""
    port = free_port()
    log = Path(os.environ["DATA_DIR"], "logs", f"{application.split(':')[0]}.log")
    command = [sys.executable, "-m", *GRANIAN.split(), "--port", str(port), application]
    environment = {**os.environ, **environment}
    with launch("web", command, log=log, cwd=ROOT, environment=environment) as server:
        server.wait_until(lambda: listens(port), seconds=60)
        yield port, server


def cpu_seconds(server: Server) -> float:
    """What the server and all its processes have used up so far."""
    main = psutil.Process(server.process.pid)
    times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
    return float(sum(used.user + used.system for used in times))
