"""A pytest plugin: real PostgreSQL and Redis, one of each for a whole run, and languages compiled.

The controller starts them before Django reads its settings and tells its workers their
addresses; pytest-django then makes a database for each worker in the one server.
``DATABASE_URL`` and ``REDIS_URL`` replace ours.
"""

import base64
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from survey_site.processes import Server

servers: "list[Server]" = []
folder = ""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before pytest-django's hook of the same name, which reads the settings."""
    global folder
    os.environ["SECRET_KEY"] = "only for tests " * 4
    os.environ["IDENTITY_KEYS"] = base64.b64encode(b"only for tests: 32 bytes of it!!").decode()
    # Else each worker, and each of the hundred programs they start, would compile ours anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["ALLOW_DATA_LOSS"] = "1"  # the server of tests is one that a power cut may empty
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="soundings-tests-")
    os.environ["DATA_DIR"] = folder
    # Only now, as they read it: else the files that pages load would be those of an earlier run.
    from survey_site.catalogues import compile_all
    from survey_site.embedded import start_postgres, start_redis

    compile_all()
    if not os.environ.get("DATABASE_URL"):
        servers.append(start_postgres(Path(folder), durable=False))
        os.environ["DATABASE_URL"] = servers[-1].url
    if not os.environ.get("REDIS_URL"):
        servers.append(start_redis(Path(folder)))
        os.environ["REDIS_URL"] = servers[-1].url


def pytest_unconfigure() -> None:
    while servers:
        servers.pop().stop()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
