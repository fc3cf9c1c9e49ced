"""Child processes: each in a session of its own, watched, and stopped for certain.

Not a general supervisor: just what ``embedded.py`` and ``run.py`` share. Start children
from the main thread only, as Linux counts the *thread* that started a child as its parent.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

PR_SET_PDEATHSIG = 1  # from linux/prctl.h
LOG_BYTES = 10_000_000


class CannotStart(Exception):
    """Something this start needs is missing; the message says what to do about it."""


class DidNotStart(CannotStart):
    """A program ended, or did not answer in time; the message ends with its last lines."""


class ProgramsMissing(CannotStart):
    """The wheel has no program for this platform."""


class NotAllowed(CannotStart):
    """The system does not let us, or the folder belongs to somebody else."""


class NoSpace(CannotStart):
    """The disk is full."""


@dataclass
class Server:
    """One running program, and how it is asked to stop."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    log_start: int  # where in the log this run begins
    # Each signal in turn, with the seconds it is given; then SIGKILL.
    asks: Sequence[tuple[signal.Signals, float]]
    hangs: Callable[[], bool] = lambda: False  # it lives, and will not serve anybody again

    def stop(self) -> None:
        """End the program and whatever is left in its session; safe to call twice."""
        for ask, seconds in self.asks:
            if self.process.poll() is not None:
                break
            self.process.send_signal(ask)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.sweep()

    def sweep(self) -> None:
        """Kill what is left of the session, so that no orphan holds a port or a file."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self, *, lines: int = 15) -> str:
        """The end of what this run wrote, for a message on the terminal."""
        with self.log.open("rb") as file:
            file.seek(max(self.log_start, self.log.stat().st_size - 16_384))
            text = file.read().decode(errors="replace")
        end = [f"    {line}" for line in text.splitlines()[-lines:]]
        return "\n".join([f"The end of {self.log}:", *end])

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> Self:
        """Wait until the program answers; stop it when it does not.

        Raises:
            DidNotStart: it ended first, or the time is up.
        """
        try:
            self._poll(ready, deadline=time.monotonic() + seconds)
        except BaseException:  # Ctrl-C included: nobody else knows of this process yet
            self.stop()
            raise
        return self

    def _poll(self, ready: Callable[[], bool], *, deadline: float) -> None:
        while not ready():
            if self.process.poll() is not None:
                code = self.process.returncode
                raise DidNotStart(f"{self.name} ended with code {code}. {self.last_lines()}")
            if time.monotonic() > deadline:
                raise DidNotStart(f"{self.name} did not answer in time. {self.last_lines()}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass
class Kept:
    """A program that is started again when it dies, a little later each time."""

    name: str
    start: Callable[[], Server]
    server: Server | None = None
    deaths: int = 0
    due: float = 0  # when to start it again, or when it was last started

    def begin(self) -> Server:
        self.due = time.monotonic()
        self.server = self.start()
        return self.server

    def look_after(self) -> None:
        """Tell of a death, and start again once it is due; call this again and again."""
        now = time.monotonic()
        if self.server and self.server.process.poll() is not None:
            say(f"{self.name} ended with code {self.server.process.returncode}; starting it again.")
            say(self.server.last_lines(lines=5))
            self.end()
            self._wait_longer(now)
        elif self.server and self.server.hangs():
            say(f"{self.name} does not come back by itself; starting it again.")
            self.end()
            self._wait_longer(now)
        elif self.server and now - self.due > 60:
            self.deaths = 0
        elif self.server is None and now >= self.due:
            try:
                self.begin()
            except CannotStart as problem:
                say(f"{self.name}: {problem}")
                self._wait_longer(now)

    def _wait_longer(self, now: float) -> None:
        self.due = now + min(30.0, 0.5 * 2**self.deaths)
        self.deaths += 1

    def end(self) -> None:
        if self.server:
            self.server.stop()
            self.server = None


def say(text: str, *, end: str = "\n") -> None:
    """Print for whoever watches; a terminal that has been closed is no reason to fail."""
    with suppress(OSError, ValueError):
        print(text, end=end, flush=True)


def launch(
    name: str,
    args: Sequence[str | Path],
    *,
    log: Path,
    url: str = "",
    cwd: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    group: int | None = None,
    asks: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 8),),
) -> Server:
    """Start a program in a session of its own, so that Ctrl-C reaches only us.

    Args:
        log: where its output is appended.
        user, group: whom to become first; only root may.
        asks: how it is stopped; the first is also sent when we are killed (Linux).
    """
    with open_log(log) as output:
        log_start = output.tell()
        process = subprocess.Popen(
            [str(arg) for arg in args],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=environment,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            start_new_session=True,
            preexec_fn=dies_with_us(asks[0][0]),
        )
    return Server(name, url, process, log, log_start, asks)


def dies_with_us(last_wish: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program, so that ``kill -9`` of us leaves no orphan."""
    if sys.platform != "linux":
        return None
    us, libc = os.getpid(), ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(last_wish))
        if os.getppid() != us:  # we died just before the call
            os._exit(1)

    return ask_the_kernel


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to; one that has grown long is set aside as ``<name>.1``."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def stop_orphan(pid_file: Path, *, argument: str, ask: signal.Signals) -> None:
    """Stop the server that a killed ``make run`` left behind, and drop its pid file.

    Only a process with our own folder among its arguments is touched: by now the number
    in a stale pid file may belong to a stranger.
    """
    pid = pid_in(pid_file)
    for number in (ask, signal.SIGKILL):
        if pid is None or not has_argument(pid, argument):
            break
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + 20
        while has_argument(pid, argument) and time.monotonic() < deadline:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def pid_in(pid_file: Path) -> int | None:
    """The number on the first line, or None when there is no sensible one."""
    try:
        pid = int(pid_file.read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if pid > 1 else None


def has_argument(pid: int, argument: str) -> bool:
    """Is there such a process, and was it started with this very argument?"""
    if sys.platform == "linux":
        with suppress(OSError):
            started_with = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(argument) in started_with
        return False
    ps = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    listed = subprocess.run(ps, capture_output=True, text=True, check=False)
    return f" {argument} " in f"{listed.stdout.strip()} "
