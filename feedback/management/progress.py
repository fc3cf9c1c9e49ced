"""How far a long command has come, on one line of a terminal or now and then in a log."""

import sys
import time
from typing import TextIO

ON_TERMINAL, IN_LOG = 0.2, 15.0  # seconds between two lines
WIDTH = 24


class Progress:
    """Counts up to ``total`` and tells the rate and the time left.

    Args:
        total: how many there are; None if nobody knows.
    """

    def __init__(self, what: str, *, total: int | None, out: TextIO | None = None) -> None:
        self.what, self.total, self.done = what, total, 0
        self.out = out or sys.stderr
        self.terminal = self.out.isatty()
        self.begun = self.told = time.monotonic()

    def add(self, count: int) -> None:
        """So many more are done."""
        self.done += count
        now = time.monotonic()
        if now - self.told >= (ON_TERMINAL if self.terminal else IN_LOG):
            self.told = now
            self.tell()

    def tell(self) -> None:
        end = "" if self.terminal else "\n"
        start = "\r\x1b[K" if self.terminal else ""
        self.out.write(f"{start}{self.line()}{end}")
        self.out.flush()

    def line(self) -> str:
        rate = self.done / max(time.monotonic() - self.begun, 1e-9)
        told = f"{self.done:,} {self.what}, {rate:,.0f}/s"
        if not self.total:
            return told
        share = min(self.done / self.total, 1.0)
        bar = ("#" * round(WIDTH * share)).ljust(WIDTH, ".")
        left = (self.total - self.done) / rate if rate else 0.0
        return f"[{bar}] {share:4.0%} {told}, {left:,.0f} s left"

    def end(self) -> float:
        """Leave the line clear for what follows. Returns the seconds since the beginning."""
        if self.terminal:
            self.out.write("\r\x1b[K")
            self.out.flush()
        return time.monotonic() - self.begun
