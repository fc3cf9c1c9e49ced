"""A real server for tests: the shipped web program on a port of its own.

Import ``live_site`` into a conftest or a test module. It serves the *test* database, so
a test that uses it needs ``@pytest.mark.django_db(transaction=True)``; a process keeps
what it knows of a slug for two seconds, so each test uses slugs of its own.
"""

import http.client
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from benchmarks.ports import free_port
from survey_site.processes import Server, launch
from survey_site.programs import GRACE, commands
from survey_site.site import ROOT, Site

APPLICATION = "soundings-live-site"  # by this name the database knows the server


@pytest.fixture(scope="session")
def live_site(
    django_db_setup: None, static_files: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a running site, such as ``http://127.0.0.1:41234``."""
    with serving(tmp_path_factory.mktemp("live-site")) as (port, _server):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving(
    folder: Path, *, workers: int = 2, application: str = "", **given: str
) -> Iterator[tuple[int, Server]]:
    """The web program as ``make run`` starts it, on the test database; its port comes with it.

    Args:
        application: another than the shipped one, to run in its place.
    """
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
        "ROLE": "web",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(settings.STATIC_ROOT),  # collected once for the whole run
        "DATABASE_URL": database_of_tests(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "IDENTITY_KEYS": ",".join(settings.IDENTITY_KEYS),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",  # passkeys belong to names, not to numbers
        "DEBUG": "0",  # as in production: hashed files, our own pages for errors
        **given,
    }
    words = commands(Site(folder, "127.0.0.1", port, {}))["web"]
    words[words.index("--workers") + 1] = str(workers)
    words[-1] = application or words[-1]
    server = launch(
        "web",
        [sys.executable, "-m", *words],
        log=folder / "web.log",
        cwd=ROOT,
        environment=environment,
        asks=((signal.SIGTERM, GRACE["web"]),),
    )
    with server.wait_until(lambda: answers(port), seconds=90):
        yield port, server


def database_of_tests() -> str:
    """How libpq finds the database that pytest-django made for this worker."""
    ours = connection.settings_dict
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    given = {part: str(ours[name]) for part, name in parts.items() if ours[name]}
    if ours["PORT"]:
        given["port"] = str(ours["PORT"])
    return make_conninfo(**given, application_name=APPLICATION)


def at_rest() -> bool:
    """Whether the server works on nothing: to empty its tables meanwhile may be a deadlock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s AND state <> 'idle'",
            [APPLICATION],
        )
        return bool(cursor.fetchone() == (0,))


def answers(port: int) -> bool:
    """Does the site say that it is alive?"""
    site = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        site.request("GET", "/healthz")
        return site.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        site.close()
