"""The servers that ``make run`` and the tests start: real ones, killed for real."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import psutil
import psycopg
import pytest
import redis

from survey_site import accounts, embedded
from survey_site.embedded import short_folder, start_postgres, start_redis
from survey_site.processes import NotAllowed, ProgramsMissing, has_argument

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]


def eventually(true: Callable[[], bool], *, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def note(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def notes(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note")]


def test_a_second_start_finds_the_data_of_the_first(tmp_path: Path) -> None:
    """Stopping is not losing, and the database can hold any text there is."""
    with start_postgres(tmp_path) as server:
        note(server.url, "naïve 調査")
    with start_postgres(tmp_path) as server:
        assert notes(server.url) == ["naïve 調査"]
        with psycopg.connect(server.url) as connection:
            encoding, ctype = connection.execute(
                "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database"
                " WHERE datname = 'soundings'"
            ).fetchone() or ("", "")
    assert (encoding, ctype) == ("UTF8", accounts.LOCALE)


def test_a_server_still_running_there_is_stopped_first(tmp_path: Path) -> None:
    """After a kill -9 of ``make run`` a server may be left; the next start must not fail on it."""
    left_postgres = start_postgres(tmp_path, durable=False)
    left_redis = start_redis(tmp_path)
    note(left_postgres.url, "kept")

    with (
        start_postgres(tmp_path, durable=False) as server,
        start_redis(tmp_path) as messenger,
    ):
        assert notes(server.url) == ["kept"]
        assert redis.Redis.from_url(messenger.url).ping()
        assert left_postgres.process.wait(1) == 0
        assert left_redis.process.wait(1) == 0


def test_servers_killed_outright_start_again(tmp_path: Path) -> None:
    """A stale pid file, a stale socket and Postgres' dying helpers are all in the way then."""
    for server in (start_postgres(tmp_path), start_redis(tmp_path)):
        if server.name == "postgres":
            note(server.url, "kept")
        server.process.kill()
        server.process.wait()

    with start_postgres(tmp_path) as again, start_redis(tmp_path) as messenger:
        assert notes(again.url) == ["kept"]
        assert redis.Redis.from_url(messenger.url).ping()


def test_one_that_never_notices_the_death_of_its_main_process_is_ended(tmp_path: Path) -> None:
    """As one that waits for a lock of another that is gone; it held the memory for ever."""
    with start_postgres(tmp_path) as server:
        note(server.url, "kept")
        with psycopg.connect(server.url) as connection:
            pid = connection.info.backend_pid
            left = psutil.Process(pid)
            left.suspend()
            server.process.kill()
            server.process.wait()
            try:
                with start_postgres(tmp_path) as again:
                    assert notes(again.url) == ["kept"]
                    assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
            finally:
                with suppress(psutil.Error):
                    left.kill()


def test_a_stranger_with_the_number_of_a_stale_pid_file_lives_on(
    tmp_path: Path,
) -> None:
    """After a reboot the number may belong to anybody."""
    start_postgres(tmp_path, durable=False).stop()
    start_redis(tmp_path).stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file = tmp_path / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{tmp_path / 'postgres'}\n")
        (tmp_path / "redis" / "redis.pid").write_text(f"{stranger.pid}\n")
        try:
            with start_postgres(tmp_path, durable=False), start_redis(tmp_path):
                assert stranger.poll() is None
        finally:
            stranger.kill()


START_AND_WAIT = """
import sys, time
from pathlib import Path
from survey_site.embedded import start_postgres, start_redis
folder = Path(sys.argv[1])
print(start_postgres(folder).process.pid, start_redis(folder).process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_servers_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    """Nobody is left to stop them after a kill -9, so the kernel has to ask."""
    command = [sys.executable, "-c", START_AND_WAIT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        postgres, messenger = map(int, starter.stdout.readline().split())
        assert has_argument(postgres, str(tmp_path / "postgres"))
        starter.kill()
    pid_file = str(tmp_path / "redis" / "redis.pid")
    assert eventually(lambda: not has_argument(postgres, str(tmp_path / "postgres")))
    assert eventually(lambda: not has_argument(messenger, pid_file))


@pytest.mark.parametrize("name", ["d" * 120, "a, b 100% é"])
def test_an_awkward_data_folder_works(tmp_path: Path, name: str) -> None:
    """A socket's path has a limit, and libpq splits hosts at commas."""
    folder = tmp_path / name
    with (
        start_postgres(folder, durable=False) as server,
        start_redis(folder) as messenger,
    ):
        note(server.url, "here")
        assert notes(server.url) == ["here"]
        assert redis.Redis.from_url(messenger.url).ping()
        short = Path(unquote(messenger.url.removeprefix("unix://"))).parent
        shorter = Path(unquote(server.url.partition("host=")[2].partition("&")[0]))
    for private in {short, shorter} - {folder / "redis", folder / "postgres"}:
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        private.rmdir()


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    """Its name can be guessed, so somebody else may have made it first."""
    deep = tmp_path / ("d" * 120)
    short = short_folder(deep, file="redis.sock", owner=os.geteuid())
    try:
        short.chmod(0o755)
        with pytest.raises(NotAllowed, match="shorter DATA_DIR"):
            short_folder(deep, file="redis.sock", owner=os.geteuid())
    finally:
        short.rmdir()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Instead of /var/lib/soundings: a folder that every user can enter, as that one is."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for module in (accounts, embedded):
            monkeypatch.setattr(module, "OUTSIDE", folder)
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to become")
def test_root_without_user_namespaces_runs_postgres_as_nobody(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Containers often forbid namespaces; nobody's permissions may be widened for it."""
    before = stat.S_IMODE(tmp_path.stat().st_mode)
    with monkeypatch.context() as without_unshare:
        without_unshare.setenv("PATH", str(outside))
        with start_postgres(tmp_path, durable=False) as server:
            note(server.url, "kept")
            assert Path(f"/proc/{server.process.pid}").stat().st_uid not in (0, None)

    # Namespaces have come back: the data is still where it was, and still nobody's.
    with start_postgres(tmp_path, durable=False) as server:
        assert notes(server.url) == ["kept"]
    assert (tmp_path / "postgres").resolve().parent == outside
    assert stat.S_IMODE(tmp_path.stat().st_mode) == before


def test_a_platform_without_programs_is_told_what_to_set() -> None:
    """The wheels do not exist for every system; a server of one's own always works."""
    with pytest.raises(ProgramsMissing, match="DATABASE_URL"):
        accounts.wheel("no_such_package", "bin", remedy="DATABASE_URL")


def test_stopping_twice_and_after_a_death_is_fine(tmp_path: Path) -> None:
    """Whoever cleans up does not know what has ended already."""
    server = start_redis(tmp_path)
    os.kill(server.process.pid, signal.SIGKILL)
    server.stop()
    server.stop()
    assert server.process.returncode == -signal.SIGKILL
