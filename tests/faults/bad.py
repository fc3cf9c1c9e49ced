"""Builds that are known to lose, to double and to miscount: the harness must say so of each.

A harness that finds nothing proves something only if it finds these.
"""

from dataclasses import dataclass

from tests.faults.copy import Build, Copy
from tests.faults.harness import Report, run

# What all of them are made from; by itself it may lose, which our programs refuse else.
BUILD = Build(
    application="tests.faults.without_once:application",
    postgres={
        "synchronous_commit": "off",
        "wal_writer_delay": "10s",
        "wal_writer_flush_after": "1GB",
    },
    environment={"ALLOW_DATA_LOSS": "1"},
)
SENT = 60  # responses acknowledged before the first fault
AFRESH = (
    "TRUNCATE feedback_response, feedback_response_tags, feedback_searchtext, feedback_change,"
    " feedback_framechunk, feedback_summary CASCADE",
    "CHECKPOINT",
)


@dataclass(frozen=True)
class Bad:
    """What is broken, the fault that shows it, and the kind of violation that is to be told."""

    statement: str
    fault: str
    kind: str


BAD = {
    # Acknowledged before it is on the disk: gone with the processes that held it.
    "synchronous_commit off": Bad("SELECT 1", "postgres_killed", "lost"),
    # Whoever sends again after a lost answer is stored again.
    "unique constraint off": Bad(
        "ALTER TABLE feedback_response DROP CONSTRAINT attempt_once",
        "link_cut_in_answers",
        "doubled",
    ),
    # Stored, and nobody is told that there is something to count.
    "outbox off": Bad(
        "DROP TRIGGER feedback_inserted ON feedback_response", "redis_flushed", "derived"
    ),
}


def report_of(copy: Copy, bad: Bad, *, seed: int) -> Report:
    """Break a copy of ``BUILD`` in one more way, and see what is said of it."""
    with copy.database() as connection:
        for statement in (*AFRESH, bad.statement):
            connection.execute(statement)
    return run(copy, [bad.fault], seed=seed, before=SENT, chain=False)
