"""The faults, each one function on a running copy; whatever they hold, they let go again.

All run on the main thread, as programs must be started from there. None waits for recovery:
that is what ``harness.py`` measures.
"""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import psutil
import psycopg
import redis

from tests.faults.clients import Clients
from tests.faults.copy import Copy

HELD = (0.2, 1.2)  # seconds that what is held stays so
Fault = Callable[[Copy, Clients, Random], None]
FAULTS: dict[str, Fault] = {}
SMALL = 65_536  # bytes that a file may have when the disk is full
DAY = 24 * 3600


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


def backend(copy: Copy, chance: Random) -> list[psutil.Process]:
    """The one of Postgres that serves a connection of the web's, if there is any."""
    with suppress(psycopg.Error), copy.database() as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'soundings-web'"
        ).fetchall()
        with suppress(psutil.NoSuchProcess):
            return [psutil.Process(chance.choice(rows)[0])] if rows else []
    return []


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
            with copy.database() as connection:
                connection.execute("SET lock_timeout = '2s'")
                connection.execute("ALTER TABLE feedback_response DROP COLUMN IF EXISTS later")
                connection.execute("ALTER TABLE feedback_response ADD COLUMN later integer")
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
def backend_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    """Postgres then ends all the others, too, and recovers by itself."""
    kill(backend(copy, chance))


@fault
def backend_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(backend(copy, chance)):
        hold(copy, chance)


@fault
def backends_ended(copy: Copy, clients: Clients, chance: Random) -> None:
    with copy.database() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'soundings-%'"
        )


@fault
def postmaster_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(copy.family("postgres")[:1])


@fault
def postgres_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(copy.family("postgres"))


@fault
def postgres_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(copy.family("postgres")):
        hold(copy, chance)


@fault
def postgres_restarted(copy: Copy, clients: Clients, chance: Random) -> None:
    """As an administrator does, fast or at once."""
    kill(copy.family("postgres")[:1], chance.choice([signal.SIGINT, signal.SIGQUIT]))


@fault
def postgres_without_connections(copy: Copy, clients: Clients, chance: Random) -> None:
    """Somebody holds all that there are, after those of the programs were ended."""
    held: list[psycopg.Connection] = []
    try:
        with suppress(psycopg.OperationalError):
            while len(held) < 200:
                held.append(copy.database())
        with suppress(psycopg.Error):
            held[0].execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'soundings-%'"
            )
            while len(held) < 200:
                held.append(copy.database())
        hold(copy, chance)
    finally:
        for connection in held:
            connection.close()


@fault
def wal_without_room(copy: Copy, clients: Clients, chance: Random) -> None:
    """No file of Postgres may grow, its log of transactions included: it panics."""
    limited(copy, SMALL)
    try:
        hold(copy, chance)
    finally:
        limited(copy, None)


def limited(copy: Copy, size: int | None) -> None:
    """Set how many bytes a file may have, for the main process and all the others."""
    for process in copy.family("postgres"):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            _soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(
                process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard)
            )


@fault
def table_without_room(copy: Copy, clients: Clients, chance: Random) -> None:
    """The disk of the responses is full, that of the log of transactions is not."""
    assert copy.room is not None
    ballast = Path(copy.room, "ballast")
    try:
        with suppress(OSError), ballast.open("wb") as output:
            while left := os.statvfs(copy.room).f_bavail * os.statvfs(copy.room).f_frsize:
                os.posix_fallocate(output.fileno(), output.seek(0, os.SEEK_END), left)
        hold(copy, chance)
    finally:
        ballast.unlink(missing_ok=True)


@fault
def redis_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    kill(copy.family("redis"))


@fault
def redis_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(copy.family("redis")):
        hold(copy, chance)


@fault
def redis_restarted(copy: Copy, clients: Clients, chance: Random) -> None:
    copy.kept["redis"].end()
    copy.kept["redis"].begin()


@fault
def redis_flushed(copy: Copy, clients: Clients, chance: Random) -> None:
    with suppress(redis.RedisError), asking_redis(copy) as client:
        client.flushall()


@fault
def redis_full(copy: Copy, clients: Clients, chance: Random) -> None:
    with suppress(redis.RedisError), asking_redis(copy) as client:
        client.config_set("maxmemory", "1")
        try:
            hold(copy, chance)
        finally:
            client.config_set("maxmemory", "0")


def asking_redis(copy: Copy) -> redis.Redis:
    url = copy.site.environment["REDIS_URL"]
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)


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
