"""A builder of exports that is killed: run by ``test_building.py`` as a program of its own.

It counts the calls into the exports' own code while one is built, and ends itself with
SIGKILL at a given one, as a machine out of memory would. Prints how many calls there were.
"""

import os
import signal
import sys
from types import FrameType
from typing import Any

import django


def main(number: int, fatal: int) -> None:
    """Build an export; ``fatal`` is the call at which to die, 0 for never."""
    django.setup()
    from feedback.exports import building

    calls = 0

    def count(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        if event == "call" and "/feedback/exports/" in frame.f_code.co_filename:
            calls += 1
            if calls == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    building.build(number)
    sys.setprofile(None)
    sys.stdout.write(f"{calls}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
