"""Waiting for other threads and processes: ask again until it is so, or the time is up."""

import time
from collections.abc import Callable


def eventually(true: Callable[[], bool], *, seconds: float = 20) -> bool:
    """Whether it comes true in time; looked at every 20 ms."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
