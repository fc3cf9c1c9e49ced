"""The faults of Postgres and Redis; see ``nemesis.py``."""

import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil
import psycopg
import redis

from tests.faults.clients import Clients
from tests.faults.copy import Copy
from tests.faults.nemesis import FAULTS, fault, frozen, hold, kill

__all__ = ["FAULTS"]

SMALL = 65_536  # bytes that a file may have when the disk is full
ENDED = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'soundings-%'
"""


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
def backend_killed(copy: Copy, clients: Clients, chance: Random) -> None:
    """Postgres then ends all the others, too, and recovers by itself."""
    kill(backend(copy, chance))


@fault
def backend_frozen(copy: Copy, clients: Clients, chance: Random) -> None:
    with frozen(backend(copy, chance)):
        hold(copy, chance)


@fault
def backends_ended(copy: Copy, clients: Clients, chance: Random) -> None:
    copy.executes(ENDED)


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
                held.append(copy.database(patience=0))
        with suppress(psycopg.Error):
            held[0].execute(ENDED)
            while len(held) < 200:
                held.append(copy.database(patience=0))
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
