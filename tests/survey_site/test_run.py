"""``make run`` from the outside: what it says, what it starts, and that it leaves nothing."""

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from survey_site.checks import AlreadyRunning, PortTaken, check_port, locked
from survey_site.processes import Kept, Server, launch
from survey_site.remembered import remember_secrets, remembered
from survey_site.site import SettingRefused, Site, Stop, asked_to_stop
from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def processes_of(data_dir: Path) -> list[int]:
    """Every process that has the folder in its arguments or its environment."""
    found, ours = [], os.fsencode(data_dir)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if ours in told:
            found.append(int(folder.name))
    return found


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """What a terminal would have: no server addresses, no secrets."""
    mine = (
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "IDENTITY_KEYS",
        "ADMIN_PASSWORD",
        "HOST",
    )
    inherited = {name: value for name, value in os.environ.items() if name not in mine}
    return inherited | {"DATA_DIR": str(data_dir)} | more


@contextmanager
def make_run(data_dir: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a copy; yields it and the file with what it has said so far."""
    said = data_dir.with_name(f"{data_dir.name}.said")
    with said.open("w") as output:
        copy = subprocess.Popen(
            [sys.executable, "-m", "survey_site.run"],
            cwd=ROOT,
            env=environment(data_dir, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            # As from a terminal: tests that run under nohup would hand their deafness on.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
    try:
        yield copy, said
    finally:
        copy.terminate()
        try:
            copy.wait(30)
        except subprocess.TimeoutExpired:
            copy.kill()


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.long
@linux
def test_a_copy_comes_up_mends_itself_and_leaves_nothing(tmp_path: Path) -> None:
    """The whole promise of ``make run``, once: form, secrets, a killed web server, an end."""
    data_dir, port = tmp_path / "data", free_port()
    with make_run(data_dir, PORT=str(port)) as (copy, said):
        up = eventually(
            lambda: "Ctrl-C" in said.read_text() or copy.poll() is not None, seconds=240
        )
        assert up and copy.poll() is None, said.read_text()
        assert f"http://127.0.0.1:{port}/s/open-model-feedback/" in said.read_text()
        assert status(port, "/readyz") == 200
        assert "Traceback" not in second_copy(data_dir)

        web = next(p for p in processes_of(data_dir) if is_parent_of_web(p, copy.pid))
        os.kill(web, signal.SIGKILL)
        assert eventually(lambda: "starting it again" in said.read_text())
        assert eventually(lambda: status(port, "/readyz") == 200)

        copy.send_signal(signal.SIGTERM)
        assert copy.wait(30) == 0, said.read_text()
    assert eventually(lambda: not processes_of(data_dir), seconds=2), processes_of(data_dir)


def is_parent_of_web(pid: int, supervisor: int) -> bool:
    try:
        told = Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return b"granian" in told and parent == supervisor


def second_copy(data_dir: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "survey_site.run"],
        cwd=ROOT,
        env=environment(data_dir, PORT=str(free_port())),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert "set another DATA_DIR" in done.stdout
    return done.stdout + done.stderr


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_start_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """People press Ctrl-C when something takes long, that is in the middle."""
    data_dir = tmp_path / "data"
    with make_run(data_dir, PORT=str(free_port())) as (copy, said):
        assert eventually(lambda: "[3/8]" in said.read_text()), said.read_text()
        copy.send_signal(number)
        # Long, as initdb may be writing to a disk that is busy with something else: not even
        # SIGKILL ends that sooner.
        assert copy.wait(120) == 0, said.read_text()
    assert eventually(lambda: not processes_of(data_dir), seconds=2), processes_of(data_dir)


def test_a_taken_port_says_to_set_another(tmp_path: Path) -> None:
    """Port 8000 is everybody's favourite; nothing may be started before that is known."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with make_run(tmp_path / "data", PORT=str(port)) as (copy, said):
            assert copy.wait(20) == 1
            assert f"PORT={port + 1} make run" in said.read_text()
            assert "Traceback" not in said.read_text()
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_port_that_becomes_free_is_waited_for() -> None:
    """A killed copy's web server needs a moment to let go of it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken):
            check_port("127.0.0.1", port, patience=0.2)
    check_port("127.0.0.1", port)


def test_one_data_folder_has_one_copy(tmp_path: Path) -> None:
    """Two supervisors would stop each other's servers as orphans."""
    with (
        locked(tmp_path) as was_killed,
        pytest.raises(AlreadyRunning),
        locked(tmp_path),
    ):
        pass
    assert not was_killed
    (tmp_path / "run.lock").write_text("4711\n")  # what a killed copy leaves
    with locked(tmp_path) as was_killed:
        assert was_killed


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000 "])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """The message has to come from us, not from the web server's log."""
    with pytest.raises(SettingRefused, match="1 to 65535"):
        Site.read({"PORT": port})


def test_secrets_are_made_once_and_for_our_eyes_only(tmp_path: Path) -> None:
    """A new key on each start would sign everybody out and lose the personal answers."""
    first, second = (Site.read({"DATA_DIR": str(tmp_path)}) for _ in range(2))
    remember_secrets(first)
    remember_secrets(second)

    assert len(first.environment["SECRET_KEY"]) >= 50
    assert first.environment == second.environment
    assert stat.S_IMODE((tmp_path / "environment.json").stat().st_mode) == 0o600


def test_given_secrets_are_used_and_not_written_down(tmp_path: Path) -> None:
    """Whoever keeps secrets elsewhere does not want a copy in a file."""
    given = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "given", "IDENTITY_KEYS": "keys"}
    site = Site.read(given | {"ADMIN_PASSWORD": "hers", "REDIS_URL": ""})
    remember_secrets(site)

    assert site.environment["SECRET_KEY"] == "given"
    assert remembered(site) == {}
    assert "ADMIN_PASSWORD" not in site.environment
    assert "REDIS_URL" not in site.environment


def test_lost_keys_are_not_replaced_silently(tmp_path: Path) -> None:
    """With new keys the site would run, and no personal answer could be read any more."""
    (tmp_path / "postgres").mkdir()
    with pytest.raises(SettingRefused, match="bring back"):
        remember_secrets(Site.read({"DATA_DIR": str(tmp_path)}))


def test_a_program_that_keeps_dying_is_started_less_and_less_often(
    tmp_path: Path,
) -> None:
    """A broken configuration must not fill the disk with logs of starts."""
    starts: list[float] = []

    def start() -> Server:
        starts.append(time.monotonic())
        return launch("false", ["false"], log=tmp_path / "logs" / "false.log")

    def started_three_times() -> bool:
        kept.look_after()
        return len(starts) == 3

    kept = Kept("false", start)
    kept.begin()
    assert eventually(started_three_times)
    kept.end()
    assert starts[2] - starts[1] > starts[1] - starts[0] >= 0.5


def test_a_stop_that_was_swallowed_ends_the_start_after_its_step(tmp_path: Path) -> None:
    """Python drops what a signal raises in the middle of a fork; the wish is noted as well."""
    site = Site.read({"DATA_DIR": str(tmp_path)})
    asked_to_stop.set()
    try:
        with pytest.raises(Stop), site.step("Something"):
            pass
    finally:
        asked_to_stop.clear()
    with site.step("Something else"):  # control: nobody asks any more
        pass
