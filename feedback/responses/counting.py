"""How many responses a selection has: exactly where that is quick, else an estimate that says so.

A page waits for no count. What takes too long is judged from a sample: those responses
whose nonce is among the smallest. Nonces are random, so these are drawn from all of the
survey evenly, and an index finds them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

from feedback.models import Response, Survey

EXACT = 10_000  # what is more is estimated
SAMPLE = 10_000  # responses
PATIENCE = 250  # milliseconds, for the exact count and for the sample each
NONCES = 2**128
T = TypeVar("T")


@dataclass(frozen=True)
class Count:
    """So many, or about so many, or with ``below``, fewer than so many."""

    number: int
    exact: bool
    below: bool = False


def count(rows: QuerySet[Response], survey: Survey) -> Count:
    """Count the responses of a selection in this survey, in bounded time."""
    rows = rows.order_by()
    counted = within(PATIENCE, lambda: rows.values("pk")[: EXACT + 1].count())
    if counted is not None and counted <= EXACT:
        return Count(counted, exact=True)
    found = within(PATIENCE, lambda: sampled(rows, survey))
    return found or Count(rounded(planned(rows)), exact=False)


def sampled(rows: QuerySet[Response], survey: Survey) -> Count:
    """About how many, from the smallest nonces; off by a tenth where one in 100 matches."""
    by_nonce = Response.objects.filter(survey=survey).order_by("nonce")
    last = by_nonce.values_list("nonce", flat=True)[SAMPLE - 1 : SAMPLE].first()
    if last is None:  # the whole survey is no larger than the sample
        return Count(rows.count(), exact=True)
    hits = rows.filter(nonce__lte=last).count()
    each = stored(last) / SAMPLE  # responses that one of the sample stands for
    # With none among n, there are fewer than 3 n-ths, in 19 of 20 cases.
    return Count(rounded(max(hits, 3) * each), exact=False, below=hits < 3)


def stored(last: UUID) -> float:
    """How many responses there are, if this is the last nonce of the sample."""
    return SAMPLE * NONCES / max(last.int, 1)


def planned(rows: QuerySet[Response]) -> float:
    """What PostgreSQL's planner expects; it reads statistics alone."""
    sql, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        [[plan]] = cursor.fetchall()
    return float(plan[0]["Plan"]["Plan Rows"])


def rounded(number: float) -> int:
    """To two digits: more would claim what an estimate does not know."""
    whole = round(number)
    return round(whole, 2 - len(str(whole))) if whole > 99 else whole


def within(milliseconds: int, work: Callable[[], T]) -> T | None:
    """What the work finds, or None where the database takes longer than this for it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            found = work()
            # Before the end of a transaction of the caller's, whose statements it would bound.
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
