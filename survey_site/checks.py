"""What must hold before anything is started, each with what to do when it does not."""

import errno
import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey_site.processes import CannotStart, NoSpace, NotAllowed

OLDEST_PYTHON = (3, 11)
FREE_BYTES = 500_000_000


class PythonTooOld(CannotStart):
    """This Python lacks what the code is written in."""


class PortTaken(CannotStart):
    """Something else answers at the address."""


class AlreadyRunning(CannotStart):
    """Another copy works on the same data folder."""


def check_python() -> None:
    if sys.version_info[:2] < OLDEST_PYTHON:
        found, needed = sys.version.split()[0], ".".join(map(str, OLDEST_PYTHON))
        raise PythonTooOld(f"This is Python {found}; install {needed} or newer.")


def check_room(folder: Path) -> None:
    """Is there room for a database? A disk that fills up later is worse than no start."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise NoSpace(
            f"{folder} has {free // 1_000_000} MB left and {FREE_BYTES // 1_000_000} are needed: "
            "make room, or set DATA_DIR to a folder on another disk."
        )


def check_port(host: str, port: int, *, patience: float = 0) -> None:
    """Can we listen there?

    Args:
        patience: seconds to wait for a killed copy's web server to let go of the port.
    """
    deadline = time.monotonic() + patience
    while problem := listening_problem(host, port):
        if problem.errno == errno.EADDRINUSE and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        if problem.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} is taken: set another, as in PORT={port + 1} make run.")
        if problem.errno == errno.EACCES:
            raise NotAllowed(f"Port {port} is kept for root: set PORT to 1024 or more.")
        raise NotAllowed(f"Cannot listen on {host}, port {port} ({problem}): set HOST and PORT.")


def listening_problem(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            return problem
    return None


@contextmanager
def locked(data_dir: Path) -> Iterator[bool]:
    """Hold the data folder, so that no second copy works on it.

    The kernel lets go of the lock when we die, however we die.

    Yields:
        whether the copy before us was killed, and so may have left processes behind.
    """
    with (data_dir / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise AlreadyRunning(
                f"Another copy is running on {data_dir}: stop it, or set another DATA_DIR "
                "(and PORT) to run both."
            ) from problem
        file.seek(0)
        was_killed = bool(file.read().strip())
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield was_killed
        finally:
            file.truncate(0)
