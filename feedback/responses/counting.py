"""How many responses a selection has: exactly where that is quick, else an estimate that says so.

A page waits for no count. What takes too long is judged from a sample: those responses
whose nonce is among the smallest. Nonces are random, so these are drawn from all of the
survey evenly, and an index finds them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg import sql
from psycopg.errors import QueryCanceled

from feedback.models import Response, Survey

EXACT = 10_000  # what is more is estimated
FIRST, SAMPLE = 1_000, 10_000  # responses that are looked at, first and at most
ENOUGH = 400  # of the sample that match: the estimate is off by a twentieth
PATIENCE = 250  # milliseconds, for the exact count and for each sample
FEW = 2_000  # matches that are fetched rather than asked for once more
NONCES = 2**128
T = TypeVar("T")


@dataclass(frozen=True)
class Count:
    """So many, or about so many, or with ``below``, fewer than so many."""

    number: int
    exact: bool
    below: bool = False


@dataclass(frozen=True)
class Sampled:
    """Of so many responses so many match, and each stands for so many more."""

    hits: int
    each: float

    @property
    def count(self) -> Count:
        # With none among n, there are fewer than 3 n-ths, in 19 of 20 cases.
        number = max(self.hits, 3) * self.each
        return Count(rounded(number), exact=False, below=self.hits < 3)


def count(rows: QuerySet[Response], survey: Survey) -> Count:
    """Count the responses of a selection in this survey, in bounded time."""
    rows, nonces = rows.order_by(), Nonces(survey)
    first = within(PATIENCE, lambda: sampled(rows, nonces, FIRST), by_row=True)
    if first and first.hits >= ENOUGH and first.hits * first.each > 2 * EXACT:
        return first.count
    if not (first and first.hits * first.each > 4 * EXACT):
        counted = within(PATIENCE, lambda: rows.values("pk")[: EXACT + 1].count())
        if counted is not None and counted <= EXACT:
            return Count(counted, exact=True)
    size = size_for(first)
    more = within(PATIENCE, lambda: sampled(rows, nonces, size), by_row=True) or first
    return more.count if more else Count(rounded(planned(rows)), exact=False)


def count_all(survey: Survey, *, summed: int) -> Count:
    """How many responses a survey has: of very many, as many as when it was last summed up."""
    if summed > EXACT:
        return Count(rounded(summed), exact=False)
    number = Response.objects.filter(survey=survey).order_by()[: EXACT + 1].count()
    return Count(number, exact=True) if number <= EXACT else Count(rounded(number), exact=False)


def size_for(first: Sampled | None) -> int:
    """Of how many responses enough will match, going by the first that were looked at."""
    if first is None or not first.hits:
        return SAMPLE
    return min(SAMPLE, 2 * FIRST * ENOUGH // first.hits)


class Nonces:
    """Those of a survey, the smallest first: each place is walked to once, as that takes long."""

    def __init__(self, survey: Survey) -> None:
        self.rows = Response.objects.filter(survey=survey).order_by("nonce")
        self.at: dict[int, UUID | None] = {}

    def __getitem__(self, place: int) -> UUID | None:
        """The one at this place, from 1; None where there are not so many."""
        if place not in self.at:
            self.at[place] = self.rows.values_list("nonce", flat=True)[place - 1 : place].first()
        return self.at[place]


def sampled(rows: QuerySet[Response], nonces: Nonces, size: int) -> Sampled | None:
    """How many of the smallest nonces match; None where the survey has no more than that."""
    last = nonces[size]
    if last is None:
        return None
    hits = rows.filter(nonce__lte=last).count()
    # A nonce lies as far along all there could be as its place among all there are; the
    # farther along, the better that holds.
    far, at = nonces[SAMPLE], SAMPLE
    if far is None:
        far, at = last, size
    return Sampled(hits, at * NONCES / max(far.int, 1) / size)


def are_common(survey: Survey, matching: Callable[[list[int]], int], *, least: int) -> bool:
    """Whether a walk from the newest on soon meets enough of them to fill a page.

    PostgreSQL cannot tell: of a phrase it knows how common its words are and no more, of a
    range nothing. For what is rare it would walk all responses and look each one up, for
    seconds; so of these the ids are fetched first. Of what is common that takes as long.

    Args:
        matching: how many of the responses with these ids match.
        least: so many of a thousand are common: few, where to fetch the ids takes long.
    """
    newest = Response.objects.filter(survey=survey).order_by("-received_at", "-pk")
    looked_at = list(newest.values_list("pk", flat=True)[:FIRST])
    return matching(looked_at) >= least


def few(ids: QuerySet[Any, int]) -> list[int]:
    """The ids, if they are few; never an empty list otherwise, as that would be no SQL."""
    found = list(ids[: FEW + 1])
    return [] if len(found) > FEW else found or [0]  # no response has the number 0


def planned(rows: QuerySet[Any]) -> float:
    """What PostgreSQL's planner expects; it reads statistics alone."""
    asked, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {asked}", params)
        [[plan]] = cursor.fetchall()
    return float(plan[0]["Plan"]["Plan Rows"])


def rounded(number: float) -> int:
    """To two digits: more would claim what an estimate does not know."""
    whole = round(number)
    return round(whole, 2 - len(str(whole))) if whole > 99 else whole


def within(milliseconds: int, work: Callable[[], T], *, by_row: bool = False) -> T | None:
    """What the work finds, or None where the database takes longer than this for it.

    Args:
        by_row: for a thousand responses that an index finds. Without bitmaps PostgreSQL looks
            at each; with them it may list all of a million that match first, going by
            statistics that come out differently from one ANALYZE to the next.
    """
    bounds = {"statement_timeout": str(milliseconds)}
    if by_row:
        bounds["enable_bitmapscan"] = "off"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for name, value in bounds.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
            found = work()
            # Before the end of a transaction of the caller's, whose statements they would bind.
            for name in bounds:
                cursor.execute(sql.SQL("SET LOCAL {} TO DEFAULT").format(sql.Identifier(name)))
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
