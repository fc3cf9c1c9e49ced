"""A PostgreSQL whose main process waits for a recovery that nobody is at.

Seen with 18.4 when a full disk made the startup process end in the moment in which it said that
it had begun: the main process had not yet left the crash before, so took its end for a part of
that, and then waits for it for ever ("not yet accepting connections"). In a debugger: PM_RECOVERY,
STARTUP_CRASHED, no startup process. It answers to a stop, and recovers when started again.
"""

import time
from dataclasses import dataclass, field

import psutil

PATIENCE = 10.0  # seconds; between a crash and the next startup process there is a moment
EVERY = 1.0  # seconds between two looks
AT_WORK = ("startup", "walwriter")  # one of them is there in recovery, the other one from then on


@dataclass
class Unattended:
    """Whether a main process has been without both for a while; ask again and again."""

    pid: int
    patience: float = PATIENCE
    looked: float = field(default_factory=time.monotonic)
    since: float | None = None

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self.looked >= EVERY:
            self.looked = now
            self.since = None if attended(self.pid) else self.since or now
        return self.since is not None and now - self.since >= self.patience


def attended(pid: int) -> bool:
    """Whether one is there, or that cannot be told."""
    try:
        below = psutil.Process(pid).children(recursive=True)
        titles = [" ".join(process.cmdline()) for process in below]
    except psutil.Error:  # ended meanwhile, or not ours to look at
        return True
    return any(word in title for title in titles for word in AT_WORK)
