"""What a server must not be set to: it would lose what we acknowledged. We refuse to start on it.

A server that is away is another matter: pages then say so, and it may come back. The same
is told by ``manage.py check --database default``, and ``manage.py migrate`` asks it as well.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Critical
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connections

# What each protects, and what to write where it is off.
DURABLE = {
    "fsync": "a power cut would destroy the database",
    "full_page_writes": "a page half written in a power cut could not be mended",
    "synchronous_commit": "the last responses acknowledged before a crash would be gone",
}


def refuse_what_loses_data() -> None:
    """Raises: ImproperlyConfigured, with every setting that is wrong and what to do."""
    if found := list(problems()):
        raise ImproperlyConfigured(" ".join(found))


def problems() -> Iterator[str]:
    yield from problems_of_keys(settings.IDENTITY_KEYS)
    if not settings.ALLOW_DATA_LOSS:
        yield from problems_of_postgres()
        yield from problems_of_redis(settings.REDIS_URL)


def problems_of_keys(keys: Sequence[str]) -> Iterator[str]:
    for position, key in enumerate(keys, start=1):
        with suppress(binascii.Error):
            if len(base64.b64decode(key, validate=True)) == 32:
                continue
        yield f"IDENTITY_KEYS: number {position} is not 32 bytes in base64. Write it as it was."


def problems_of_postgres() -> Iterator[str]:
    """What is off for a session of ours, whoever turned it off: server, database or role."""
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'",
                [list(DURABLE)],
            )
            off = [name for (name,) in cursor.fetchall()]
    except (DatabaseError, InterfaceError):
        return
    finally:
        if not connection.in_atomic_block:
            connection.close()
    for name in sorted(off):
        yield (
            f"PostgreSQL (DATABASE_URL) has {name} = off: {DURABLE[name]}. "
            f"Set {name} = on there, then start again."
        )


def problems_of_redis(url: str) -> Iterator[str]:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except redis.RedisError:
        return
    if policy != "noeviction":
        yield (
            f"Redis (REDIS_URL) has maxmemory-policy {policy}: when it is full it would drop "
            "tasks and the counts of failed sign-ins. Set maxmemory-policy noeviction there."
        )


def check_servers(databases: Sequence[str] | None, **_more: Any) -> list[CheckMessage]:
    """As one of Django's system checks, for whoever asks about a database."""
    return [Critical(found, id="soundings.C001") for found in problems()] if databases else []
