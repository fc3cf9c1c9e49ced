"""The pages of groups beside each other and of what differs."""

from typing import Any

import pytest

from feedback.models import Response, Role, Survey
from feedback.refresh import refresh
from tests import build
from tests.pages import Page

COMPARE, DIFFERS = "/staff/town/compare/", "/staff/town/differs/"


@pytest.fixture
def answered(town: Survey) -> Survey:
    for visit, stars in (("often", "5"), ("often", "4"), ("never", "1"), ("never", "2")):
        build.respond(town, wish="Benches", visit=visit, stars=stars, name="Ada")
    refresh()
    return town


@pytest.mark.usefixtures("answered")
def test_each_cell_links_to_the_responses_behind_it(reviewer: Any) -> None:
    """As every figure of the report does."""
    client = build.signed_in(reviewer)
    page = Page.read(client.get(COMPARE, {"by": "visit", "item": "stars"}).content)

    assert "How good is it?" in page.text and "Cramér’s V" in page.text
    (link,) = page.links(r"answer\.stars=5&answer\.visit=often")
    assert "1 response" in Page.read(client.get(link).content).text


@pytest.mark.usefixtures("answered")
def test_a_filter_keeps_what_is_compared(viewer: Any) -> None:
    """Whoever narrows a comparison does not want to begin again."""
    client = build.signed_in(viewer)
    asked = {"by": "visit", "item": "stars", "answer.visit": "often"}
    content = client.get(COMPARE, asked).content.decode()

    assert '<input type="hidden" name="by" value="visit">' in content
    page = Page.read(content.encode())
    assert [link for link in page.links(r"by=visit&item=stars") if "answer.visit" not in link]


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("name", ["nothing", "name", "_status"])
def test_there_is_no_comparing_by_what_is_none(viewer: Any, name: str) -> None:
    """A personal answer is no group, nor is a column that the page does not offer."""
    answer = build.signed_in(viewer).get(COMPARE, {"by": name})

    assert answer.status_code == 400
    assert "nothing to compare by" in Page.read(answer.content).text


def test_without_responses_both_pages_say_what_to_do(town: Survey, viewer: Any) -> None:
    """They are opened on the first day, too."""
    client = build.signed_in(viewer)

    assert "Nothing to compare yet" in Page.read(client.get(COMPARE).content).text
    assert "too few responses" in Page.read(client.get(DIFFERS).content).text


@pytest.fixture
def crowded(town: Survey) -> Survey:
    """Of 30 who come often, 27 like it and 3 do not; of 21 who never come, 1 and 20."""
    for visit, stars, n in (("often", 5, 27), ("often", 1, 3), ("never", 5, 1), ("never", 1, 20)):
        for _one in range(n):
            build.respond(town, wish="Benches", visit=visit, stars=stars)
    refresh()
    return town


@pytest.mark.usefixtures("crowded")
def test_viewers_see_no_cell_of_few(viewer: Any, reviewer: Any) -> None:
    """What viewers pass on would tell of single people; whoever works on answers sees all."""
    asked = {"by": "visit", "item": "stars"}
    shown = Page.read(build.signed_in(viewer).get(COMPARE, asked).content)
    whole = Page.read(build.signed_in(reviewer).get(COMPARE, asked).content)

    assert whole.links(r"answer\.stars=1&answer\.visit=often") and "few" not in whole.text
    assert not shown.links(r"answer\.stars=1&answer\.visit=often")
    assert shown.links(r"answer\.stars=5&answer\.visit=often")
    assert "no groups of fewer than 5" in shown.text
    # 30 answers with a mean of 4.60, 27 of them 5: the three others would be 1.
    assert "4.60" in whole.text and "4.60" not in shown.text


@pytest.mark.usefixtures("crowded")
def test_viewers_see_no_difference_that_rests_on_few(viewer: Any, reviewer: Any) -> None:
    """Its two shares are made of four counts, one of which is 1."""
    shown = Page.read(build.signed_in(viewer).get(DIFFERS).content)
    whole = Page.read(build.signed_in(reviewer).get(DIFFERS).content)

    assert "How good is it?" in whole.text.partition("pairs were looked at")[2]
    assert "No sure differences" in shown.text


def received(survey: Survey, *days: str) -> None:
    """Responses of these days, each with a star more."""
    for stars, day in enumerate(days, 1):
        row = build.respond(survey, wish="Benches", stars=str(stars))
        Response.objects.filter(pk=row.pk).update(received_at=f"{day}T12:00Z")
    refresh()


def test_waves_of_a_survey_stand_side_by_side(town: Survey, reviewer: Any) -> None:
    """The first of a month is seldom when a wave begins."""
    received(town, "2026-01-14", "2026-01-15", "2026-02-28", "2026-03-01")
    asked = {"by": "_waves", "waves": "2026-03-01, 2026-01-15", "item": "stars"}

    client = build.signed_in(reviewer)
    page = Page.read(client.get(COMPARE, asked).content)

    assert "until 2026-01-14" in page.text and "2026-01-15 – 2026-02-28" in page.text
    (link,) = page.links(r"answer\.stars=3&since=2026-01-15&until=2026-02-28")
    assert "1 response" in Page.read(client.get(link).content).text
    assert page.links(r"answer\.stars=1&until=2026-01-14")
    assert page.links(r"answer\.stars=4&since=2026-03-01")


@pytest.mark.parametrize("waves", ["", "soon", "2026-02-30", "0001-01-01", "2026-01-01,x"])
def test_waves_that_begin_on_no_day_are_told_how_to_write_them(
    town: Survey, viewer: Any, waves: str
) -> None:
    """The remedy stands in the message."""
    answer = build.signed_in(viewer).get(COMPARE, {"by": "_waves", "waves": waves})

    assert answer.status_code == 400
    assert "such as 2026-01-15, 2026-03-01" in Page.read(answer.content).text


def test_months_link_to_their_responses(town: Survey, reviewer: Any) -> None:
    """By their first and last day."""
    received(town, "2026-01-31", "2026-02-01")
    asked = {"by": "_month", "item": "stars"}

    page = Page.read(build.signed_in(reviewer).get(COMPARE, asked).content)

    assert page.links(r"answer\.stars=1&since=2026-01-01&until=2026-01-31")


def test_who_was_not_asked_is_no_share_of_nothing(town: Survey, reviewer: Any) -> None:
    """0.0 % would say that all of them said no."""
    for _time in range(3):
        build.respond(town, wish="x", visit="often", uses=["walk"])
        build.respond(town, wish="x", visit="never")
    Response.objects.filter(answers__visit="never").update(answers={"visit": "never"})
    refresh()

    page = Page.read(
        build.signed_in(reviewer).get("/staff/town/compare/?by=visit&item=uses").content
    )

    assert "100.0 % 3" in page.text and "– " in page.text and "0.0 % 0" in page.text
    assert "0 0" in page.text


def test_rarer_answers_that_have_no_line_are_told(db: None) -> None:
    """Of two hundred countries twelve are shown; the others are in the totals."""
    survey = build.survey(
        [
            {"key": "home", "type": "country", "text": "Where do you live?"},
            {"key": "own", "type": "yes_no", "text": "Do you own a bicycle?"},
        ]
    )
    reviewer = build.member(survey, Role.REVIEWER)
    codes = "AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU"
    for country in codes.split():
        build.respond(survey, home=country, own="yes")
    build.respond(survey, own="yes")  # who did not answer is no group
    refresh()
    desk = build.signed_in(reviewer)
    at = f"/staff/{survey.slug}/compare/"

    assert "2 answers that are rarer" in Page.read(desk.get(f"{at}?by=own").content).text
    assert "2 groups that are smaller" in Page.read(desk.get(f"{at}?by=home").content).text
