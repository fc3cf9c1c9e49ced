"""The report's doors: the same figures for people and for machines."""

from typing import Any

import pytest

from feedback.models import Summary, Survey
from feedback.refresh import refresh
from feedback.web import reports
from tests import build
from tests.pages import Page

JSON = "/staff/town/summary.json"


@pytest.fixture
def three(town: Survey) -> None:
    for visit in ("often", "often", "never"):
        build.respond(town, wish="Benches", visit=visit, stars="4")
    refresh()


@pytest.mark.usefixtures("three")
def test_without_a_filter_machines_get_the_stored_summary(viewer: Any) -> None:
    """``as_of`` included, and without reading a million numbers from the table."""
    found = build.signed_in(viewer).get(JSON).json()

    assert found.items() >= Summary.objects.get().figures.items()
    assert (found["partials"], found["starts"]) == (0, 3)


@pytest.mark.usefixtures("three")
def test_a_filter_counts_only_what_it_keeps(viewer: Any) -> None:
    """The same Selection as the list's and the export's."""
    found = build.signed_in(viewer).get(JSON, {"answer.visit": "often"}).json()

    assert found["responses"] == 2
    assert found["items"]["visit"]["counts"] == {"often": 2, "never": 0, "other": 0}


@pytest.mark.usefixtures("three")
def test_a_selection_of_nothing_has_a_summary(viewer: Any) -> None:
    """Nobody came from there, so no hour of the day is the highest; that is no fault."""
    page = build.signed_in(viewer).get("/staff/town/summary/?source=nowhere")

    assert page.status_code == 200


@pytest.mark.usefixtures("three")
def test_each_figure_links_to_the_responses_behind_it(viewer: Any) -> None:
    """A number that nobody can look behind is a number that nobody trusts."""
    client = build.signed_in(viewer)
    page = Page.read(client.get("/staff/town/summary/").content)
    (often,) = page.links(r"answer\.visit=often")

    listed = Page.read(client.get(often).content)
    assert "2 responses" in listed.text


def test_the_report_stands_before_any_worker_ran(viewer: Any, town: Survey) -> None:
    """It is opened right after publishing."""
    page = build.signed_in(viewer).get("/staff/town/summary/")

    assert page.status_code == 200
    assert "Nothing to sum up yet" in Page.read(page.content).text


@pytest.mark.usefixtures("three")
def test_what_is_kept_of_a_summary_is_of_its_last_compiling(viewer: Any, town: Survey) -> None:
    """Figures are drawn once for each compiling; what was drawn before is never shown after it."""
    client, page = build.signed_in(viewer), "/staff/town/summary/"
    before = client.get(page).content.decode()

    build.respond(town, wish="Shade", visit="often")
    refresh()
    after = client.get(page).content.decode()

    assert "3 of 3 who were asked answered" in before
    assert "4 of 4 who were asked answered" in after and "3 of 3 who" not in after


@pytest.mark.usefixtures("three")
def test_a_summary_dropped_while_somebody_asks_for_it_is_made_anew(town: Survey) -> None:
    """``rebuild`` drops all that is derived, between two queries of a page perhaps."""
    as_of = reports.compiled_at(town)
    Summary.objects.all().delete()

    assert reports.figures_as_of(town.pk, as_of)["responses"] == 3
