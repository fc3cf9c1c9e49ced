"""The audit log as a chain: each seal covers its entry and the seal before it.

Whoever changes, removes or moves one entry has to make every later seal anew; a head that
was noted elsewhere then is no longer in the chain. Acting never waits for any of this:
entries are plain rows, and ``refresh`` seals them a moment later.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection, transaction

from feedback.models import AuditEntry, Seal

BATCH = 1_000  # entries sealed in one transaction
STRETCH = 8_192  # numbers looked through for entries without a seal
BEGINNING = bytes(32)  # what the first seal has before it
LOCK = 0x5EA1  # of PostgreSQL's advisory locks, the one of whoever seals
ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(%s)"
READ_AT_ONCE = 2_000  # links

UNSEALED = """
    SELECT {what} FROM feedback_auditentry entry
    WHERE entry.id > %s AND entry.id <= %s AND NOT EXISTS (
        SELECT 1 FROM feedback_seal seal
        WHERE seal.entry_id = entry.id AND seal.entry_id > %s AND seal.entry_id <= %s
    ) {order}
"""


class Entry(NamedTuple):
    """What a seal covers, in the order in which it is written down."""

    id: int
    at: datetime
    actor_id: int | None
    survey_id: int | None
    response_id: int | None
    action: str
    details: Any


class Problem(StrEnum):
    """What can be wrong with a link, each with what it means."""

    CHANGED = "the entry was changed after it was sealed"
    GONE = "the entry is gone"
    SEAL_CHANGED = "the seal was changed; its entry is as it was"
    GAP = "the seal is gone"
    ORDER = "the seal stands at another entry than the one that was sealed"
    UNCLEAR = "the entry or its seal was changed"


@dataclass(frozen=True)
class Broken:
    """The first link that does not hold; ``entry`` is None where nobody can know it."""

    position: int
    entry: int | None
    problem: Problem


@dataclass(frozen=True)
class Found:
    """What a walk along the whole chain found."""

    sealed: int
    unsealed: int
    head: bytes
    broken: Broken | None
    expected: bool  # whether the head that was noted is still in it


@dataclass(frozen=True)
class Link:
    position: int
    entry_id: int
    digest: bytes
    entry: Entry | None

    def after(self, previous: bytes) -> bytes:
        """The digest that it should have."""
        return digest(previous, self.position, self.entry) if self.entry else b""


def digest(previous: bytes, position: int, entry: Entry) -> bytes:
    """SHA-256 over the link before, the place in the chain, and the entry."""
    return hashlib.sha256(previous + position.to_bytes(8) + canonical(entry)).digest()


def canonical(entry: Entry) -> bytes:
    """An entry as bytes, the same ones whichever program writes them."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    values = entry._replace(at=at)._asdict()  # type: ignore[arg-type]
    return json.dumps(
        values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def seal() -> int:
    """Seal what has none yet, in order of number. Returns how many.

    An entry that committed late is sealed later, behind higher numbers. One that was
    very late lies outside the newest stretch; a random older one is looked through each
    time, so that it too is found, and nothing is ever read as a whole.
    """
    last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    newest = Seal.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    start = max(0, newest - STRETCH)
    done = seal_between(start, last)
    if start:
        older = random.randrange(0, start, STRETCH)  # noqa: S311 - nothing to guess here
        done += seal_between(older, min(older + STRETCH, start))
    return done


def seal_between(low: int, high: int) -> int:
    """Seal the entries numbered ``low + 1`` to ``high``, none of them looked at twice."""
    done = 0
    while numbers := seal_batch(low, high):
        done += len(numbers)
        low = numbers[-1]
    return done


@transaction.atomic
def seal_batch(low: int, high: int) -> list[int]:
    """Seal the first of these entries. Returns their numbers.

    Whoever finds another one sealing leaves it to them.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [LOCK])
        if not cursor.fetchone()[0]:
            return []
        # Only now, as a statement of its own: it sees what the one before us committed.
        unsealed = UNSEALED.format(what="entry.id", order="ORDER BY entry.id LIMIT %s")
        cursor.execute(unsealed, [low, high, low, high, BATCH])
        numbers = [number for (number,) in cursor.fetchall()]
    rows = AuditEntry.objects.filter(pk__in=numbers).order_by("id").values_list(*Entry._fields)
    head = Seal.objects.order_by("-position").values_list("position", "digest").first()
    position, previous = (head[0], bytes(head[1])) if head else (0, BEGINNING)
    seals = []
    for row in rows:
        position += 1
        previous = digest(previous, position, Entry(*row))
        seals.append(Seal(position=position, entry_id=row[0], digest=previous))
    Seal.objects.bulk_create(seals)
    return numbers


def links() -> Iterator[Link]:
    """The chain from its beginning, a part at a time."""
    seals = Seal.objects.order_by("position").values_list("position", "entry_id", "digest")
    part = list(seals[:READ_AT_ONCE])
    while part:
        sealed = AuditEntry.objects.filter(pk__in=[number for _, number, _ in part])
        there = {row[0]: Entry(*row) for row in sealed.values_list(*Entry._fields)}
        for position, number, digest_of_it in part:
            yield Link(position, number, bytes(digest_of_it), there.get(number))
        part = list(seals.filter(position__gt=part[-1][0])[:READ_AT_ONCE])


def verify(*, expect: bytes = b"", seen: Any = lambda count: None) -> Found:
    """Walk the whole chain up to the first link that does not hold.

    Args:
        expect: a head that was noted before.
        seen: told how many further links were looked at.
    """
    previous, position, expected, broken = BEGINNING, 0, not expect, None
    walk = links()
    for link in walk:
        if link.position != position + 1:
            broken = Broken(position + 1, None, Problem.GAP)
            break
        if link.digest != link.after(previous):
            problem = problem_of(link, previous, next(walk, None))
            broken = Broken(link.position, link.entry_id, problem)
            break
        previous, position = link.digest, link.position
        expected = expected or previous == expect
        seen(1)
    return Found(position, unsealed(), previous, broken, expected)


def problem_of(link: Link, previous: bytes, following: Link | None) -> Problem:
    """What is wrong with a link: the one behind it tells whether its digest is the old one."""
    if link.entry is None:
        return Problem.GONE
    if any(digest(previous, link.position, other) == link.digest for other in entries()):
        return Problem.ORDER
    if following and following.digest == following.after(link.digest):
        return Problem.CHANGED
    if following and following.digest == following.after(link.after(previous)):
        return Problem.SEAL_CHANGED
    return Problem.UNCLEAR


def entries() -> Iterator[Entry]:
    rows = AuditEntry.objects.order_by("id").values_list(*Entry._fields)
    return (Entry(*row) for row in rows.iterator(chunk_size=READ_AT_ONCE))


def unsealed() -> int:
    """How many entries have no seal yet: those of the last few seconds, if all is well."""
    with connection.cursor() as cursor:
        last = 2**63 - 1
        cursor.execute(UNSEALED.format(what="count(*)", order=""), [0, last, 0, last])
        return int(cursor.fetchone()[0])
