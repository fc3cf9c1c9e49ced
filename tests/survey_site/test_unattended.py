"""A PostgreSQL that lives and will serve nobody is started again, one that works is left alone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_site import unattended
from survey_site.embedded import start_postgres
from survey_site.processes import Kept, launch
from survey_site.unattended import Unattended, attended
from tests.eventually import eventually

# A process by another name, as PostgreSQL calls its own, below one that waits for it.
STANDS_FOR = "bash -c 'exec -a \"postgres: {}\" sleep 60' & wait"


@pytest.fixture(autouse=True)
def always_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "EVERY", 0.0)


@pytest.fixture
def main(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A main process with one below that has this title."""
    command = STANDS_FOR.format(request.param)
    with subprocess.Popen(["bash", "-c", command], start_new_session=True) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("main", ["checkpointer"], indirect=True)
def test_a_recovery_that_nobody_is_at_hangs(main: subprocess.Popen[bytes]) -> None:
    """Its main process waits for a startup process that has ended."""
    assert eventually(lambda: not attended(main.pid))
    hangs = Unattended(main.pid, patience=0.0)
    assert hangs()
    assert not Unattended(main.pid, patience=60.0)()


@pytest.mark.parametrize("main", ["startup recovering 000000010000", "walwriter"], indirect=True)
def test_whoever_recovers_or_serves_is_left_alone(main: subprocess.Popen[bytes]) -> None:
    """Recovery may take hours, and whoever stops it begins them anew."""
    assert eventually(lambda: attended(main.pid))
    assert not Unattended(main.pid, patience=0.0)()


def test_a_postgres_that_serves_is_attended(tmp_path: Path) -> None:
    """The titles are PostgreSQL's own."""
    with start_postgres(tmp_path, durable=False) as server:
        assert attended(server.process.pid)
        assert isinstance(server.hangs, Unattended)
        assert not server.hangs()


def test_what_hangs_is_started_again(tmp_path: Path) -> None:
    """As if it had died."""
    kept = Kept("sleeper", lambda: launch("sleeper", ["sleep", "60"], log=tmp_path / "log"))
    first = kept.begin()
    try:
        kept.look_after()
        assert kept.server is first
        first.hangs = lambda: True
        kept.look_after()
        assert (kept.server, first.process.poll() is None) == (None, False)
        assert eventually(lambda: (kept.look_after(), kept.server)[1])
    finally:
        kept.end()
