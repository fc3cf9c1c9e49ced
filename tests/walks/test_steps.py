"""One page at a time where there are scripts: nothing lost on the way, errors where they are."""

from typing import Any

import pytest
from playwright.sync_api import expect

from feedback.models import Response
from tests.walks import filler
from tests.walks.paged import PAGES, TYPED, a_survey, opened, typed
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
HERE = ".page:visible"
MORE: list[dict[str, Any]] = [
    {"items": [{"key": "more", "type": "yes_no", "text": "More questions?"}]},
    *({**page, "show_if": "more"} for page in PAGES[1:]),
    {"items": [{"key": "end", "type": "short_text", "text": "Anything else?"}]},
]


def at(visitor: Visitor, number: int) -> None:
    """Just that page is there to see."""
    expect(visitor.page.locator(HERE)).to_have_count(1)
    expect(visitor.page.locator(f"#page-{number}")).to_be_visible()


def test_going_back_and_on_loses_nothing(scripted: Visitor) -> None:
    """By the form's buttons and by the browser's, which people use as well."""
    survey = a_survey()
    opened(scripted, survey)
    page = scripted.page
    typed(scripted, TYPED)
    page.click("[data-back]")
    at(scripted, 2)
    expect(page.locator("[name=visit]")).to_have_value("Every day")
    page.go_back()
    at(scripted, 3)
    page.go_back()
    page.go_back()
    at(scripted, 1)
    expect(page.locator("[name=name]")).to_have_value("Ada Canary")
    page.go_forward()
    at(scripted, 2)
    while filler.goes_on(page):
        pass
    page.click(filler.SEND)
    page.wait_for_url(filler.RECEIPT)

    assert Response.objects.get(survey=survey).answers["wish"] == "More trees"


def test_a_reload_stays_on_the_page(scripted: Visitor) -> None:
    """Who pulls a page down by mistake is not sent back to the start."""
    survey = a_survey()
    opened(scripted, survey)
    typed(scripted, {"visit": TYPED["visit"]})
    at(scripted, 2)

    scripted.page.reload()
    filler.wait_for_scripts(scripted.page)

    at(scripted, 2)


def test_enter_in_a_field_goes_on_and_does_not_send(scripted: Visitor) -> None:
    """On a phone the keyboard's own key is the one at hand."""
    survey = a_survey()
    opened(scripted, survey)
    scripted.page.fill("[name=name]", "Ada")
    scripted.page.press("[name=name]", "Enter")
    at(scripted, 2)
    scripted.page.fill("[name=visit]", "Daily")
    scripted.page.press("[name=visit]", "Enter")
    at(scripted, 3)

    assert not Response.objects.filter(survey=survey).exists()


def test_progress_is_told_and_never_goes_back(scripted: Visitor) -> None:
    """Answers may add pages; a bar that shrinks reads as work taken away."""
    survey = a_survey(MORE)
    opened(scripted, survey)
    words = scripted.page.locator("[data-words]").first
    bar = scripted.page.locator("[data-progress] progress")
    expect(words).to_have_text("1 of 2")
    before = bar.evaluate("bar => bar.value")

    scripted.page.check("[name=more][value=yes]")

    expect(words).to_have_text("1 of 4")
    assert bar.evaluate("bar => bar.value") == before == 0.5
    shown = [before]
    for number, answers in ((2, {"visit": ["Daily"]}), (3, {"wish": ["Trees"]}), (4, {})):
        scripted.page.click("[data-next]")
        expect(words).to_have_text(f"{number} of 4")
        filler.at_once(scripted.page, answers)
        shown.append(bar.evaluate("bar => bar.value"))
    assert shown == sorted(shown)
    assert shown[-1] == 1


def test_a_page_with_a_mistake_is_not_left(scripted: Visitor) -> None:
    """Told at once, not ten pages later; the keyboard stands where the problems are told."""
    survey = a_survey()
    opened(scripted, survey)
    page = scripted.page
    page.fill("[name=name]", "Ada")
    page.click("[data-next]")
    at(scripted, 2)
    page.click("[data-next]")

    expect(page.locator("#problems")).to_be_focused()
    at(scripted, 2)
    expect(page.locator("[name=visit]")).to_have_attribute("aria-invalid", "true")
    page.click("#problems a")
    expect(page.locator("[name=visit]")).to_be_focused()
    page.keyboard.type("Daily")
    page.click("[data-next]")
    at(scripted, 3)
    expect(page.locator("#problems")).to_have_count(0)
    page.click("[data-back]")
    page.click("[data-back]")
    expect(page.locator("[name=name]")).to_have_value("Ada")
