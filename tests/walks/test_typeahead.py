"""A long list in a browser: typing shortens it, and it stays a list that can be opened."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from feedback.models import Response, Survey
from tests import build
from tests.walks.test_access_for_all import check
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count(1)
TOWNS = ["Ålesund", "Old Åsgard", "Bålsta", "Łódź", "Zürich", "Sankt Gallen"]
TOWNS += [f"Village {n}" for n in range(5_000 - len(TOWNS))]


def a_survey(towns: list[str], **settings: Any) -> Survey:
    choices = [{"code": f"t{n}", "text": town} for n, town in enumerate(towns)]
    item = {"key": "town", "type": "single_choice", "text": "Where do you live?", "look": "list"}
    return build.survey([{**item, "choices": choices, **settings}], slug=f"towns-{next(numbers)}")


def typed_into(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Where do you live? Type to shorten the list")


def options(page: Page) -> list[str]:
    return page.locator("[name=town] option").all_inner_texts()


def test_five_thousand_towns_are_found_by_a_few_letters(scripted: Visitor) -> None:
    """Without marks and case; what begins so before words that do, and these before the rest."""
    survey = a_survey(TOWNS)
    page = scripted.page
    page.goto(f"/s/{survey.slug}/")
    expect(page.locator("[name=town] option")).to_have_count(5_001)

    typed_into(page).press_sequentially("AL")
    assert options(page) == ["Choose one", "Ålesund", "Bålsta", "Sankt Gallen"]
    expect(page.locator(".shorten [role=status]")).to_have_text(
        "Matches: 3. Enter picks “Ålesund”."
    )
    typed_into(page).fill("as")
    assert options(page) == ["Choose one", "Old Åsgard"]
    typed_into(page).fill("ga")
    assert options(page) == ["Choose one", "Sankt Gallen", "Old Åsgard"]
    typed_into(page).fill("gal sa")
    assert options(page) == ["Choose one", "Sankt Gallen"]
    typed_into(page).fill("lodz")
    assert options(page) == ["Choose one", "Łódź"]
    typed_into(page).fill("v")
    expect(page.locator("[name=town] option")).to_have_count(4_995)
    typed_into(page).press("Escape")
    expect(page.locator("[name=town] option")).to_have_count(5_001)


def test_enter_picks_the_first_match_and_what_is_chosen_stays(scripted: Visitor) -> None:
    """Typing on never loses an answer, and Enter does not send a form half filled in."""
    survey = a_survey(TOWNS)
    page = scripted.page
    page.goto(f"/s/{survey.slug}/")

    typed_into(page).fill("zur")
    typed_into(page).press("Enter")
    expect(page.locator("[name=town]")).to_have_value("t4")
    expect(page.locator(".shorten [role=status]")).to_have_text("“Zürich” is chosen.")
    typed_into(page).fill("gallen")
    assert options(page) == ["Choose one", "Zürich", "Sankt Gallen"]
    typed_into(page).fill("nowhere")
    expect(page.locator(".shorten [role=status]")).to_contain_text("Nothing matches")
    typed_into(page).press("Enter")
    expect(page.locator("[name=town]")).to_have_value("t4")
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")

    assert Response.objects.get(survey=survey).answers == {"town": "t4"}


def test_what_hangs_on_the_answer_hears_of_the_pick(scripted: Visitor) -> None:
    """A pick counts like a choice from the list itself."""
    town = a_survey(TOWNS[:6] + TOWNS[-20:]).live
    assert town is not None
    (item,) = town.questionnaire.definition()["pages"][0]["items"]
    why = {"key": "why", "type": "rating", "text": "How?", "show_if": 'town = "t3"'}
    survey = build.survey([item, why], slug=f"towns-{next(numbers)}")
    page = scripted.page
    page.goto(f"/s/{survey.slug}/")
    expect(page.locator("[name=why] >> nth=0")).to_be_hidden()

    typed_into(page).fill("łó")
    typed_into(page).press("Enter")

    expect(page.locator("[name=why] >> nth=0")).to_be_visible()
    check(scripted)


def test_only_long_lists_have_it(visitor: Visitor) -> None:
    """Fifteen options are seen at a glance; without scripts the list itself is enough."""
    survey = a_survey(TOWNS[:14])
    page = visitor.page
    page.goto(f"/s/{survey.slug}/")

    assert page.locator(".shorten").count() == 0
    assert not [one for one in visitor.requests if "typeahead" in one.url]
    page.get_by_label("Where do you live?").select_option("t3")
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")
    assert Response.objects.get(survey=survey).answers == {"town": "t3"}
