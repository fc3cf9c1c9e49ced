"""Newest first, page by page from a place: any depth is as quick as the top.

The order is that of receiving, and of numbers among those of one moment. A place names
both, so that it holds even when the response it was made of is gone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from feedback.models import Response

Row = TypeVar("Row")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Standing(Protocol):
    """A response, or what a query tells of one."""

    @property
    def pk(self) -> Any: ...
    @property
    def received_at(self) -> Any: ...


class NoPlace(Exception):
    """A text that is no place in a list."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a response stands in the list."""

    received_at: datetime
    pk: int

    @classmethod
    def of(cls, response: Standing) -> Self:
        return cls(response.received_at, response.pk)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises: NoPlace."""
        moment, _dash, pk = text.partition("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (moment, pk)):
            raise NoPlace(text[:60])
        try:
            return cls(EPOCH + int(moment) * MICROSECOND, int(pk))
        except OverflowError as error:
            raise NoPlace(text[:60]) from error

    def __str__(self) -> str:
        return f"{(self.received_at - EPOCH) // MICROSECOND}-{self.pk}"


BOTH_SIDES = """
    (SELECT * FROM (ROWS) AS newer WHERE (received_at, id) > (%s, %s)
     ORDER BY received_at, id LIMIT %s)
    UNION ALL
    (SELECT * FROM (ROWS) AS older WHERE (received_at, id) < (%s, %s)
     ORDER BY received_at DESC, id DESC LIMIT %s)
"""
START = Place(EPOCH, 0)  # nothing is older: what comes before it begins with the oldest


def newest_first(rows: QuerySet[Response, Row]) -> QuerySet[Response, Row]:
    return rows.order_by("-received_at", "-pk")


def older(rows: QuerySet[Response, Row], than: Place) -> QuerySet[Response, Row]:
    """What comes after a place, the nearest first."""
    beyond = Q(received_at__lt=than.received_at) | Q(received_at=than.received_at, pk__lt=than.pk)
    # The bound says the same again, in the one form that an index can begin at.
    return newest_first(rows.filter(beyond, received_at__lte=than.received_at))


def newer(rows: QuerySet[Response, Row], than: Place) -> QuerySet[Response, Row]:
    """What comes before a place, the nearest first."""
    beyond = Q(received_at__gt=than.received_at) | Q(received_at=than.received_at, pk__gt=than.pk)
    return rows.filter(beyond, received_at__gte=than.received_at).order_by("received_at", "pk")


@dataclass(frozen=True)
class Around:
    """The responses about one place of a list, each part the newest first."""

    newer: list[Response]
    older: list[Response]

    @property
    def next_newer(self) -> Response | None:
        return self.newer[-1] if self.newer else None

    @property
    def next_older(self) -> Response | None:
        return self.older[0] if self.older else None


def around(rows: QuerySet[Response], place: Place, *, each_way: int) -> Around:
    """The nearest on both sides of a place, whether or not something stands there.

    Args:
        rows: in no order, and whole: no slice.
    """
    try:
        chosen, given = rows.query.sql_with_params()
    except EmptyResultSet:  # filters that nothing can meet
        return Around([], [])
    # Written about the one query: the ORM makes two of it, which takes longer than both look up.
    at = [place.received_at, place.pk, each_way]
    sides = Response.objects.raw(BOTH_SIDES.replace("ROWS", chosen), [*given, *at, *given, *at])
    found = sorted(sides, key=Place.of, reverse=True)
    before = [row for row in found if Place.of(row) > place]
    return Around(newer=before, older=found[len(before) :])
