"""Is everything there that was acknowledged, once and as it was sent, and derived data a recount?

Reads rows with plain SQL and counts in plain Python; knows nothing of how the product does it.
"""

import io
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg

from tests.faults.copy import Copy
from tests.faults.ledger import Ledger, digest, receipt_hash

SETTLED = 45  # seconds within which all by itself is as it should be


@dataclass(frozen=True)
class Violation:
    """``kind`` is one word for programs: lost, doubled, altered, invented, derived, …"""

    kind: str
    told: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.told}"


@dataclass
class Checker:
    """Asked again and again; it reads each response once, and all of them at the end."""

    copy: Copy
    ledger: Ledger
    audited: list[int] = field(default_factory=list)  # numbers of entries that were committed
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)  # nonce: receipt, digest
    answers: list[dict[str, Any]] = field(default_factory=list)
    last: int = 0
    read: int = 0
    slowest: float = 0.0  # seconds that a check waited for what is derived

    def check(self, *, again: bool = False) -> list[Violation]:
        """What is wrong now that nobody sends anything. ``again``: read everything anew."""
        begun = time.monotonic()
        settled = self.copy.until(self.is_settled, seconds=SETTLED)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        found = [] if settled else [Violation("stuck", f"not settled within {SETTLED} s")]
        try:
            with self.copy.database() as connection:
                if again:
                    self.rows, self.answers, self.last, self.read = {}, [], 0, 0
                found += self.stored(connection)
                found += self.derived(connection)
                found += self.half_made(connection)
        except psycopg.OperationalError as error:
            found.append(Violation("stuck", f"PostgreSQL tells nothing: {error}"))
        return found

    def is_settled(self) -> bool:
        """Is the outbox empty, and the summary made from the frames as they are?"""
        try:
            with self.copy.database() as connection:
                waiting = one(connection, "SELECT count(*) FROM feedback_change")
                behind = one(connection, BEHIND)
                unsealed = one(connection, UNSEALED)
        except psycopg.Error:
            return False
        return not waiting and not behind and not unsealed

    def stored(self, connection: psycopg.Connection[Any]) -> Iterator[Violation]:
        twice = connection.execute(TWICE).fetchall()
        yield from (Violation("doubled", f"{number} rows of {nonce}") for nonce, number in twice)
        new = connection.execute(ROWS, [self.last]).fetchall()
        for pk, nonce, receipt, answers in new:
            self.last = max(self.last, pk)
            self.rows[str(nonce)] = (str(receipt), digest(answers))
            self.answers.append(answers)
            sent = self.ledger.sent.get(str(nonce))
            if sent is None:
                yield Violation("invented", f"response {pk} was sent by nobody")
            elif sent != digest(answers):
                yield Violation("altered", f"response {pk} is not what was sent: {answers}")
        self.read += len(new)
        total = one(connection, "SELECT count(*) FROM feedback_response")
        if total != self.read:
            yield Violation("lost", f"{self.read} responses were there, {total} are")
        for line in self.ledger.lines():
            row = self.rows.get(line.nonce)
            if row is None:
                yield Violation("lost", f"{line.nonce} was acknowledged after {line.tries} tries")
            elif row != (str(receipt_hash(line.receipt)), line.digest):
                yield Violation("altered", f"{line.nonce} has another receipt or other answers")

    def derived(self, connection: psycopg.Connection[Any]) -> Iterator[Violation]:
        figures = connection.execute(FIGURES).fetchone()
        told, counted = reported(figures[0] if figures else {}), recount(self.answers)
        if told != counted:
            yield Violation("derived", f"the summary says {told}, the rows {counted}")
        framed: list[int] = []
        for (data,) in connection.execute("SELECT data FROM feedback_framechunk WHERE version > 0"):
            framed += pl.read_ipc(io.BytesIO(bytes(data)), columns=["_id"])["_id"].to_list()
        ids = [pk for (pk,) in connection.execute("SELECT id FROM feedback_response ORDER BY id")]
        if sorted(framed) != ids:
            yield Violation("derived", f"{len(framed)} responses in frames, {len(ids)} rows")

    def half_made(self, connection: psycopg.Connection[Any]) -> Iterator[Violation]:
        for what, query in HALF_MADE.items():
            if number := one(connection, query):
                yield Violation("half-made", f"{number} {what}")
        there = {pk for (pk,) in connection.execute("SELECT id FROM feedback_auditentry")}
        if missing := set(self.audited) - there:
            yield Violation("lost", f"{len(missing)} entries of the audit log")

    def at_the_end(self) -> list[Violation]:
        """The whole once more, the audit chain, and that personal answers can be opened."""
        found = self.check(again=True)
        for command in ("verify_audit", "verify_identity"):
            done = self.copy.manage(command)
            if done.returncode:
                found.append(Violation("chain", f"{command}: {done.stderr.strip()[-500:]}"))
        return found


def one(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return int(row[0]) if row else 0


def recount(answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "responses": len(answers),
        "visit": dict(Counter(a["visit"] for a in answers if a["visit"])),
        "uses": dict(Counter(use for a in answers for use in a["uses"] or [])),
        "stars": dict(Counter(str(a["stars"]) for a in answers if a["stars"])),
        "wish": len(answers),
    }


def reported(figures: dict[str, Any]) -> dict[str, Any]:
    """The same figures from the summary; codes that nobody chose are left out."""
    items = figures.get("items", {})
    chosen = {
        key: {code: n for code, n in items.get(key, {}).get("counts", {}).items() if n}
        for key in ("visit", "uses", "stars")
    }
    answered = items.get("wish", {}).get("answered", 0)
    return {"responses": figures.get("responses", 0), **chosen, "wish": answered}


TWICE = "SELECT nonce, count(*) FROM feedback_response GROUP BY nonce HAVING count(*) > 1"
ROWS = "SELECT id, nonce, receipt, answers FROM feedback_response WHERE id > %s ORDER BY id"
FIGURES = """
    SELECT figures FROM feedback_summary JOIN feedback_survey survey ON survey.id = survey_id
    WHERE slug = 'harbour'
"""
BEHIND = """
    SELECT count(*) FROM feedback_survey survey
    WHERE (SELECT sum(version) FROM feedback_framechunk WHERE survey_id = survey.id)
        IS DISTINCT FROM (SELECT frames FROM feedback_summary WHERE survey_id = survey.id)
    AND EXISTS (SELECT 1 FROM feedback_response WHERE survey_id = survey.id)
    AND EXISTS (SELECT 1 FROM feedback_framechunk WHERE survey_id = survey.id)
"""
UNSEALED = """
    SELECT count(*) FROM feedback_auditentry entry
    WHERE NOT EXISTS (SELECT 1 FROM feedback_seal WHERE entry_id = entry.id)
"""
HALF_MADE = {
    "responses without their revision": """
        SELECT count(*) FROM feedback_response response WHERE NOT EXISTS (
            SELECT 1 FROM feedback_revision r
            WHERE r.id = response.revision_id AND r.survey_id = response.survey_id)
    """,
    "words of no response": """
        SELECT count(*) FROM feedback_searchtext text WHERE NOT EXISTS (
            SELECT 1 FROM feedback_response WHERE id = text.response_id)
    """,
    "responses without their words": """
        SELECT count(*) FROM feedback_response response WHERE NOT EXISTS (
            SELECT 1 FROM feedback_searchtext WHERE response_id = response.id)
    """,
    "personal answers that are not there": """
        SELECT count(*) FROM feedback_response
        WHERE (answers -> 'name' = 'true') IS DISTINCT FROM (identity IS NOT NULL)
    """,
}
