"""The cap: closed once enough are stored, by counts that stay cheap."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import Response, Status, Survey
from feedback.models.survey import Stage
from feedback.responses import cap
from feedback.responses.in_field import InField, forget, in_field
from tests import build

Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of the process to so many seconds after the test began."""

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr("feedback.responses.cap.time.monotonic", lambda: 1_000 + seconds)

    set_clock(0)
    return set_clock


def capped(survey: Survey, most: int) -> Survey:
    survey.cap = most
    survey.save()
    forget()
    return survey


def test_a_survey_is_closed_once_its_cap_is_reached(town: Survey) -> None:
    """And not one response earlier."""
    build.respond(town, wish="one")
    capped(town, 2)
    assert in_field("town").stage is Stage.OPEN

    build.respond(town, wish="two")
    forget()
    assert in_field("town").stage is Stage.CLOSED
    assert not in_field("town").takes(issued_at=int(timezone.now().timestamp()))


def test_without_a_cap_nothing_is_counted(town: Survey, django_assert_num_queries: Queries) -> None:
    """Most surveys have none."""
    with django_assert_num_queries(0):
        assert not cap.is_full(town)


def test_spam_takes_nobodys_place(town: Survey, later: Callable[[float], None]) -> None:
    """What staff mark as spam makes room within a minute."""
    row = build.respond(town, wish="buy")
    capped(town, 1)
    Response.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert cap.is_full(town)

    Response.objects.filter(pk=row.pk).update(status=Status.SPAM)
    later(cap.RECOUNT)
    assert not cap.is_full(town)

    build.respond(town, wish="benches")
    assert cap.is_full(town)


def test_a_changed_cap_holds_at_the_next_look(town: Survey) -> None:
    """Counts up to the old one say nothing about a higher one."""
    for wish in ("one", "two", "three"):
        build.respond(town, wish=wish)
    Response.objects.update(received_at=timezone.now() - timedelta(hours=1))
    town.cap = 2
    assert cap.is_full(town)
    town.cap = 4
    assert not cap.is_full(town)
    town.cap = 3
    assert cap.is_full(town)


def test_responses_of_long_ago_are_counted_once_a_minute_and_up_to_the_cap_only(
    town: Survey, later: Callable[[float], None]
) -> None:
    """A survey of a million must not count them all every two seconds."""
    for _ in range(5):
        build.respond(town, wish="long ago")
    Response.objects.update(received_at=timezone.now() - timedelta(hours=1))
    town.cap = 3

    def counts() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert cap.is_full(town)
        return [query["sql"] for query in caught]

    first = counts()
    assert any("LIMIT 3" in sql for sql in first)
    assert all("feedback_response" in sql for sql in first)
    assert counts() == []  # it is full, whatever came since
    later(cap.RECOUNT)
    assert counts()


def test_in_between_only_new_ones_are_counted(town: Survey) -> None:
    """The look every two seconds costs what arrived since the last count, and no more."""
    town.cap = 10
    assert not cap.is_full(town)
    with CaptureQueriesContext(connection) as caught:
        assert not cap.is_full(town)

    assert len(caught) == 2  # all of them, and the spam among them
    assert all('"received_at" >= ' in query["sql"] for query in caught)


def test_a_cap_ends_the_grace_period(town: Survey) -> None:
    """There is no place left, however early the form was delivered."""
    closed = timezone.now() - timedelta(minutes=1)
    early = int(closed.timestamp()) - 60
    row = Survey(slug="s", live_id=1, closes_at=closed)

    assert InField(row, 1).takes(issued_at=early)
    assert not InField(row, 1, full=True).takes(issued_at=early)


def test_a_full_survey_that_would_close_later_takes_nothing(town: Survey) -> None:
    """A time of closing that is still to come is no grace."""
    row = Survey(slug="s", live_id=1, closes_at=timezone.now() + timedelta(days=1))

    assert not InField(row, 1, full=True).takes(issued_at=int(timezone.now().timestamp()) - 60)
