"""The tables of a summary: everything typed in them is text, and each number leads somewhere."""

from typing import Any

import pytest

from feedback.analysis.charts import Bar, Standing, posts
from feedback.models import Survey
from feedback.refresh import refresh
from feedback.web import tables
from feedback.web.tables import Links
from tests import build
from tests.pages import Page

EVIL = "<script>alert(1)</script>\"'&amp;"
LINKS = Links("/staff/town/responses/", "q=a+b&tag=c%26d")
BAR = Bar('e"><vil', EVIL, 1234, 12.34, 10.0, 15.0, weighted=(20.0, 18.0, 22.0), of_seen=50.0)


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(lambda: tables.tally([BAR], LINKS.of("answer.x")), id="tally"),
        pytest.param(lambda: tables.bins([(EVIL, 3)], EVIL), id="bins"),
        pytest.param(lambda: tables.standings([Standing(EVIL, None, 1.5)]), id="standings"),
        pytest.param(
            lambda: tables.ways(EVIL, [(EVIL, EVIL, 3, 50.0)], LINKS.of("source")), id="ways"
        ),
        pytest.param(lambda: tables.posts(posts({EVIL: 3}), EVIL), id="posts"),
        pytest.param(lambda: tables.columns(posts({EVIL: 3})), id="columns"),
    ],
)
def test_nothing_that_was_typed_becomes_markup(drawn: Any) -> None:
    """These are strings put together by hand, so each of them is tried."""
    markup = str(drawn())

    assert "<script" not in markup and "<vil" not in markup
    assert EVIL in Page.read(markup.encode()).text


@pytest.mark.usefixtures("db")
def test_markup_of_ours_is_escaped_nowhere(town: Survey, viewer: Any) -> None:
    """What stands in a summary is tables and links, and no reader sees how they are written."""
    build.respond(town, wish="Benches", visit="often", stars="4", uses=["walk"])
    build.respond(town, wish="Benches")
    refresh()

    page = build.signed_in(viewer).get("/staff/town/summary/")
    text = Page.read(page.content).text
    assert "1 left it blank" in text and "95 % interval" in text
    assert not [sign for sign in ("<a ", "</small>", "&lt;", "<p") if sign in text]


def test_a_number_leads_to_its_responses_with_the_filters_that_were_on() -> None:
    """The code is written for an address, whatever is in it."""
    markup = str(tables.tally([BAR], LINKS.of("answer.x")))

    (link,) = Page.read(markup.encode()).links("answer")
    assert link == "/staff/town/responses/?q=a+b&tag=c%26d&answer.x=e%22%3E%3Cvil"


def test_the_columns_fit_what_there_is() -> None:
    """Without weights and without a choice of several there are no empty columns."""
    plain = Bar("a", "A", 3, 50.0, 20.0, 80.0)

    assert "Weighted" not in tables.tally([plain], "")
    assert "Weighted" in tables.tally([BAR], "") and "Of those asked" in tables.tally([BAR], "")
    assert tables.tally([], "") == ""
