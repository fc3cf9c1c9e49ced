"""The faults, each one function on a running copy; whatever they hold, they let go again.

All run on the main thread, as programs must be started from there. None waits for recovery:
that is what ``harness.py`` measures. Here are those of our own programs, of the link and of the
clock; ``servers.py`` has those of Postgres and Redis.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import psutil

from tests.faults.clients import Clients
from tests.faults.copy import Copy

HELD = (0.2, 1.2)  # seconds that what is held stays so
Fault = Callable[[Copy, Clients, Random], None]
FAULTS: dict[str, Fault] = {}
DAY = 24 * 3600
GROWN = """
    SET lock_timeout = '2s';
    ALTER TABLE feedback_response DROP COLUMN IF EXISTS later, ADD COLUMN later integer
"""


def fault(does: Fault) -> Fault:
    FAULTS[does.__name__] = does
    return does


def hold(copy: Copy, chance: Random) -> None:
    """A while in which everything that dies is looked after."""
    copy.until(lambda: False, seconds=chance.uniform(*HELD))


def kill(processes: list[psutil.Process], number: signal.Signals = signal.SIGKILL) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


@contextmanager
def frozen(processes: list[psutil.Process]) -> Iterator[None]:
    kill(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        kill(processes, signal.SIGCONT)


def some(copy: Copy, kind: str, chance: Random) -> list[psutil.Process]:
    """The processes of one of the programs of a kind, the main one first."""
    return copy.family(chance.choice(copy.named(kind)))


@fault
def web_process_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(some(copy, "web", chance)[1:][-1:])


@fault
def web_main_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(some(copy, "web", chance)[:1])


@fault
def web_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(some(copy, "web", chance)):
        hold(copy, chance)


@fault
def web_restarted(copy: Copy, clients: Clients, chance: Random) -> None:
    kept = copy.kept[chance.choice(copy.named("web"))]
    kept.end()
    kept.begin()


@fault
def rolling_restart_with_a_migration(copy: Copy, clients: Clients, chance: Random) -> None:
    """Each web in turn; before the last, the schema grows as by the next release."""
    names = copy.named("web")
    for name in names:
        if name == names[-1]:
            copy.until(lambda: copy.executes(GROWN), seconds=60)
        copy.kept[name].end()
        copy.kept[name].begin()
        copy.until(copy.webs_answer, seconds=60)


@fault
def worker_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(some(copy, "worker", chance))


@fault
def worker_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(some(copy, "worker", chance)):
        hold(copy, chance)


@fault
def beat_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(some(copy, "beat", chance))


@fault
def beat_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(some(copy, "beat", chance)):
        hold(copy, chance)


@fault
def link_slow(copy: Copy, clients: Clients, chance: Random) -> None:
    copy.link.delay = chance.uniform(0.05, 0.5)
    try:
        hold(copy, chance)
    finally:
        copy.link.delay = 0.0


@fault
def link_silent(copy: Copy, clients: Clients, chance: Random) -> None:
    """Nothing passes and nobody is told; then the connections are gone."""
    copy.link.silent = True
    try:
        hold(copy, chance)
    finally:
        copy.link.drop()
        time.sleep(0.05)
        copy.link.silent = False


@fault
def link_cut_in_answers(copy: Copy, clients: Clients, chance: Random) -> None:
    """Half of an answer arrives, of the one to an INSERT as of any other."""
    copy.link.cuts = chance.randint(1, 12)
    hold(copy, chance)
    copy.link.cuts = 0


@fault
def link_closed(copy: Copy, clients: Clients, chance: Random) -> None:
    copy.link.closed = True
    copy.link.drop()
    try:
        hold(copy, chance)
    finally:
        copy.link.closed = False


@fault
def clock_jumps(copy: Copy, clients: Clients, chance: Random) -> None:
    """Between the form's delivery and its return, for the web: hours or days, either way."""
    clients.jump = chance.choice([-3600, 3600, -DAY, DAY + 3600, 30 * DAY])
    try:
        hold(copy, chance)
    finally:
        clients.jump = 0
