"""Counts: exact where that is quick; an estimate says that it is one, and comes in time."""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import BooleanField, Func, Value
from django.test.utils import CaptureQueriesContext

from feedback.models import Response, Survey
from feedback.responses import counting
from feedback.responses.counting import Count, Sampled, count, rounded, size_for, within
from tests import build

MANY = 3_000


@pytest.fixture
def many(town: Survey) -> list[Response]:
    """Every tenth says oak, one says yew."""
    chance = Random(11)
    first = build.respond(town, wish="elm", visit="never")
    return Response.objects.bulk_create(
        Response(
            survey=town,
            revision_id=first.revision_id,
            nonce=UUID(int=chance.getrandbits(128)),
            receipt=UUID(int=n),
            language="yew" if n == 7 else "oak" if n % 10 == 0 else "elm",
            answers=first.answers,
        )
        for n in range(MANY - 1)
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many to this test is three thousand."""
    for name, value in {"EXACT": 100, "FIRST": 200, "SAMPLE": 1_000}.items():
        monkeypatch.setattr(counting, name, value)


def test_what_can_be_counted_is_counted(town: Survey, many: list[Response]) -> None:
    """Up to ten thousand every response counts."""
    rows = Response.objects.filter(survey=town)

    assert count(rows, town) == Count(MANY, exact=True)
    assert count(rows.filter(language="oak"), town) == Count(MANY // 10, exact=True)
    assert count(rows.none(), town) == Count(0, exact=True)


def test_what_is_more_is_estimated_near_the_truth(
    town: Survey, many: list[Response], small: None
) -> None:
    """Whoever acts on an estimate must not be misled by an order of magnitude."""
    rows = Response.objects.filter(survey=town)

    for asked, truth in ((rows, MANY), (rows.filter(language="oak"), MANY // 10)):
        found = count(asked, town)
        assert not found.exact and not found.below
        assert abs(found.number - truth) < truth / 3, found
    assert count(rows.filter(language="yew"), town) == Count(1, exact=True)


def test_the_index_is_walked_to_each_place_once(
    town: Survey, many: list[Response], small: None
) -> None:
    """Ten thousand entries deep takes longer than all else that a list of responses asks."""
    with CaptureQueriesContext(connection) as asked:
        count(Response.objects.filter(survey=town, language="oak"), town)

    walks = [query["sql"] for query in asked if "OFFSET" in query["sql"]]
    assert len(walks) == len(set(walks)) == 2


def test_a_sample_is_looked_at_row_by_row(town: Survey, many: list[Response], small: None) -> None:
    """Where PostgreSQL may, it lists all of a million that match before it looks at a thousand."""
    found: list[str] = []

    def bitmaps(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if '"nonce" <=' in statement:
            [shown] = connection.connection.execute("SHOW enable_bitmapscan").fetchone()
            found.append(shown)
        return execute(statement, *rest)

    with connection.execute_wrapper(bitmaps):
        count(Response.objects.filter(survey=town, language="oak"), town)

    assert found and set(found) == {"off"}


def test_other_surveys_are_not_counted(town: Survey, many: list[Response], small: None) -> None:
    """Their responses lie in the same table, and their nonces among these."""
    other = build.survey(slug="elsewhere")
    build.respond(other, wish="elm")

    assert count(Response.objects.filter(survey=other), other) == Count(1, exact=True)


class Slow(Func):
    """True, after a while for each row."""

    template = "(pg_sleep(0.05) IS NOT NULL AND %(expressions)s)"
    output_field = BooleanField()


def test_a_count_that_takes_too_long_gives_way_to_an_estimate(
    town: Survey, many: list[Response], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page waits for no count: what no index knows may take seconds at a million."""
    monkeypatch.setattr(counting, "PATIENCE", 100)
    rows = Response.objects.filter(survey=town)

    found = count(rows.filter(Slow(Value(True))), town)

    assert not found.exact


@pytest.mark.parametrize("inside", [transaction.atomic, None])
@pytest.mark.django_db(transaction=True)
def test_only_the_count_is_bounded(inside: Callable[[], Any] | None) -> None:
    """What follows on the same connection may take as long as it needs."""

    def bound(name: str = "statement_timeout") -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [name])
            [(shown,)] = cursor.fetchall()
        return str(shown)

    def asked() -> None:
        before = bound()
        assert within(70, bound) == "70ms"
        assert within(70, lambda: connection.cursor().execute("SELECT pg_sleep(9)")) is None
        assert bound() == before

        assert within(70, lambda: bound("enable_bitmapscan"), by_row=True) == "off"
        assert bound("enable_bitmapscan") == "on"

    if inside is None:
        asked()
    else:
        with inside():
            asked()


@pytest.mark.parametrize(
    ("number", "shown"), [(0, 0), (7, 7), (99, 99), (101, 100), (1_249, 1_200), (987_654, 990_000)]
)
def test_an_estimate_has_two_digits(number: int, shown: int) -> None:
    """More would claim what nobody knows."""
    assert rounded(number) == shown


@pytest.mark.parametrize(
    ("first", "size"),
    [(None, 10_000), (0, 10_000), (10, 10_000), (100, 8_000), (200, 4_000), (1_000, 800)],
)
def test_no_more_is_looked_at_than_an_estimate_needs(first: int | None, size: int) -> None:
    """To find eight hundred of what every fifth meets, four thousand are enough."""
    assert size_for(None if first is None else Sampled(first, 1.0)) == size
