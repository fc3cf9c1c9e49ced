"""Themes over time: weeks as they were, and what rises or falls beyond chance."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from feedback.analysis.themes import counted
from feedback.models import Response, Survey, Theme, ThemeOf, ThemeSet
from feedback.theming.reading import courses
from tests import build
from tests.open_text.answers import labelled
from tests.pages import Page
from tests.theming.made import answered, found

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
DAYS = 36  # more than the thirty that a trend needs


@pytest.fixture
def kept(town: Survey) -> ThemeSet:
    answered(town, labelled()[0] * 3)  # enough of each for a course of time
    return found(town)


def spread(kept: ThemeSet, *, late: Theme | None = None, days: int = DAYS) -> None:
    """Answers over so many days in turn; those of one theme on the later ones."""
    rows = list(ThemeOf.objects.filter(set=kept).order_by("response_id"))
    for at, row in enumerate(rows):
        day = at % days
        if late is not None:
            half = days // 2
            day = half + at % half if row.theme_id == late.pk else at % (days - 6)
        Response.objects.filter(pk=row.response_id).update(
            received_at=FIRST + timedelta(days=day, minutes=at)
        )


def whole(kept: ThemeSet) -> list[Theme]:
    return [one.theme for one in counted(kept).counted]


def test_what_is_said_more_and_more_rises_and_the_others_fall(kept: ThemeSet) -> None:
    """Their shares add up, so what one gains the others lose."""
    late = whole(kept)[0]
    spread(kept, late=late)

    found_courses = courses(counted(kept), None)

    assert found_courses[late.pk].rises is True
    assert found_courses[late.pk].p < 0.001
    assert False in [found_courses[theme.pk].rises for theme in whole(kept)[1:]]


def test_what_stays_alike_is_no_trend(kept: ThemeSet) -> None:
    """The control: the same answers, one after another."""
    spread(kept)

    assert {one.rises for one in courses(counted(kept), None).values()} == {None}


def test_thirty_days_are_needed(kept: ThemeSet) -> None:
    """A line through the days of a week is somebody's imagination."""
    late = whole(kept)[0]
    spread(kept, late=late, days=20)

    assert {one.rises for one in courses(counted(kept), None).values()} == {None}


def test_weeks_are_those_of_the_days(kept: ThemeSet) -> None:
    """Each answer is in the week of its Monday, and a week's base is all that was said in it."""
    spread(kept)
    themes = counted(kept)

    told = courses(themes, None)

    weeks = next(one.weeks for one in told.values() if one.weeks)
    assert [week.monday for week in weeks] == [
        (FIRST + timedelta(days=7 * n)).date() for n in range(6)
    ]
    assert sum(week.point.base for week in weeks) == themes.base


def test_the_page_says_what_rises_and_how_sure_that_is(kept: ThemeSet, viewer: Any) -> None:
    """In words, with the test that it rests on."""
    spread(kept, late=whole(kept)[0])
    page = build.signed_in(viewer).get(reverse("text_item", args=["town", "wish"]))

    text = Page.read(page.content).text
    assert "Its share rises." in text and "Its share falls." in text
    assert "p < 0.001" in text
