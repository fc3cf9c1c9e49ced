"""Nothing typed is lost: saved and come back to, changed, translated, sent late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Response as Answer

from feedback.models import Partial, Response, Survey
from feedback.responses import partials, tickets
from tests import build
from tests.eventually import eventually
from tests.walks import filler
from tests.walks.paged import PAGES, TYPED, a_survey, opened, typed
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600


def ticket_of(page: Page, survey: Survey) -> tickets.Ticket:
    return tickets.read(page.locator("[name=ticket]").input_value(), survey=survey.pk)


def left_lying(page: Page, survey: Survey, *, seconds: int) -> None:
    """As if the page had been delivered that long ago: another ticket of the same attempt."""
    now = ticket_of(page, survey)
    old = replace(now, begun_at=now.begun_at - seconds, issued_at=now.issued_at - seconds)
    page.locator("[name=ticket]").evaluate("(f, text) => (f.value = text)", tickets.signed(old))


def pressed(visitor: Visitor, selector: str) -> int:
    """Press a button that sends the form; the status of what came back."""
    with visitor.page.expect_response(is_post) as answer:
        visitor.page.click(selector)
    visitor.page.wait_for_load_state()
    return answer.value.status


def holds(page: Page, answers: filler.Answers) -> None:
    for name, (value,) in answers.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)


def only(survey: Survey) -> Response:
    """The one response. Raises: MultipleObjectsReturned, if it was stored twice."""
    return Response.objects.get(survey=survey)


def a_save(*, holding: str) -> Callable[[Answer], bool]:
    """The answer to the script's request that keeps just this."""
    return lambda answer: "/save/" in answer.url and holding in (answer.request.post_data or "")


# -- by buttons, with and without scripts ----------------------------------------------


def test_what_was_saved_is_finished_on_another_device(
    visitor: Visitor, browser: Browser, request: pytest.FixtureRequest
) -> None:
    """Begun on a phone on the way, sent from a desk at home."""
    survey = a_survey()
    opened(visitor, survey)
    typed(visitor, {"name": TYPED["name"], "visit": TYPED["visit"]})
    assert pressed(visitor, "[name=_save]") == 303
    link = visitor.page.locator("a.long").get_attribute("href")
    assert link

    scripts = request.node.callspec.params["visitor"]
    elsewhere = browser.new_context(java_script_enabled=scripts)
    try:
        page = elsewhere.new_page()
        page.goto(link)
        holds(page, {"name": TYPED["name"], "visit": TYPED["visit"]})
        if scripts:
            filler.wait_for_scripts(page)
            page.evaluate("location.hash = '#page-1'")
            expect(page.locator("#page-1")).to_be_visible()
        filler.send(page, TYPED)
        page.goto(link)
        expect(page.locator("h1")).to_have_text("Nothing is kept here any more")
    finally:
        elsewhere.close()

    assert only(survey).answers["wish"] == "More trees"


def test_a_response_is_changed_and_withdrawn_by_its_receipt(visitor: Visitor) -> None:
    """Whoever has the receipt needs no account, and no script."""
    survey = a_survey()
    opened(visitor, survey)
    filler.send(visitor.page, TYPED)
    visitor.page.click("text=Change your answers")
    holds(visitor.page, TYPED)
    filler.send(visitor.page, TYPED | {"wish": ["More benches"]})

    row = only(survey)
    assert (row.edits, row.answers["wish"]) == (1, "More benches")
    assert row.versions.get().answers["wish"] == "More trees"
    assert "More benches" in visitor.text()

    visitor.page.click("text=Withdraw your answers")
    visitor.page.click("text=Delete my answers")
    visitor.page.wait_for_url("**/r/*/")
    assert "More benches" not in visitor.text()
    assert not Response.objects.filter(survey=survey).exists()


def test_another_language_midway_keeps_every_answer(visitor: Visitor) -> None:
    """Who notices the other language late must not begin anew."""
    survey = a_survey()
    opened(visitor, survey)
    typed(visitor, {"name": TYPED["name"], "visit": TYPED["visit"]})
    attempt = ticket_of(visitor.page, survey).nonce

    assert pressed(visitor, "[name=_to][value=de]") == 200

    expect(visitor.page.locator("html")).to_have_attribute("lang", "de")
    filler.wait_for_scripts(visitor.page)
    expect(visitor.page.locator("[name=visit]")).to_be_visible()  # not back at the start
    holds(visitor.page, {"name": TYPED["name"], "visit": TYPED["visit"]})
    assert ticket_of(visitor.page, survey).nonce == attempt
    typed(visitor, {"wish": TYPED["wish"]})
    visitor.page.click(filler.SEND)
    visitor.page.wait_for_url(filler.RECEIPT)
    row = only(survey)
    assert (row.language, row.answers["visit"]) == ("de", "Every day")


def test_two_hours_later_it_is_simply_stored(visitor: Visitor) -> None:
    """Lunch, a long call, a closed lid: sending afterwards is no mistake."""
    survey = a_survey()
    opened(visitor, survey)
    typed(visitor, TYPED)
    left_lying(visitor.page, survey, seconds=2 * HOUR)

    visitor.page.click(filler.SEND)
    visitor.page.wait_for_url(filler.RECEIPT)

    row = only(survey)
    assert row.answers["wish"] == "More trees"
    assert row.seconds is not None and row.seconds >= 2 * HOUR


def test_a_day_later_it_takes_one_more_press(visitor: Visitor) -> None:
    """The page says why, holds the text, and counts once in the end."""
    survey = a_survey()
    opened(visitor, survey)
    typed(visitor, TYPED)
    left_lying(visitor.page, survey, seconds=24 * HOUR + 60)

    assert pressed(visitor, filler.SEND) == 422

    assert "open for more than a day" in visitor.text()
    assert not Response.objects.filter(survey=survey).exists()
    filler.wait_for_scripts(visitor.page)
    holds(visitor.page, TYPED)
    while filler.goes_on(visitor.page):
        pass
    visitor.page.click(filler.SEND)
    visitor.page.wait_for_url(filler.RECEIPT)
    assert only(survey).answers["wish"] == "More trees"


def test_what_was_published_meanwhile_does_not_change_the_question(visitor: Visitor) -> None:
    """An answer belongs to the wording that its writer read."""
    survey = a_survey()
    first = survey.live_id
    opened(visitor, survey)
    typed(visitor, TYPED)
    a_survey([*PAGES, {"title": "Anything else?", "items": [build.TOWN[3]]}], slug=survey.slug)
    address = f"{visitor.site}/s/{survey.slug}/"
    assert eventually(lambda: "Anything else" in visitor.context.request.get(address).text())

    visitor.page.click(filler.SEND)
    visitor.page.wait_for_url(filler.RECEIPT)

    survey.refresh_from_db()
    assert only(survey).revision_id == first != survey.live_id


def test_a_form_open_at_closing_is_still_taken(visitor: Visitor) -> None:
    """Who began in time gets the minutes to finish; who comes now does not."""
    survey = a_survey()
    opened(visitor, survey)
    typed(visitor, TYPED)
    left_lying(visitor.page, survey, seconds=HOUR)
    closed = timezone.now() - timedelta(minutes=1)
    Survey.objects.filter(pk=survey.pk).update(closes_at=closed)
    address = f"{visitor.site}/s/{survey.slug}/"
    asked = visitor.context.request
    assert eventually(lambda: 'name="ticket"' not in asked.get(address).text())

    visitor.page.click(filler.SEND)
    visitor.page.wait_for_url(filler.RECEIPT)

    assert only(survey).answers["wish"] == "More trees"


# -- by themselves, with scripts -------------------------------------------------------


def test_what_is_typed_is_kept_by_itself(scripted: Visitor) -> None:
    """A closed laptop loses nothing; the page says that it was saved."""
    survey = a_survey()
    opened(scripted, survey)
    page = scripted.page
    typed(scripted, {"name": TYPED["name"], "visit": TYPED["visit"]})
    page.click("[data-next]")
    with page.expect_response(a_save(holding="wish=More+trees")) as saved:
        page.fill("[name=wish]", "More trees")

    assert saved.value.json()["saved"]
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")
    kept = partials.fields_of(Partial.objects.get(survey=survey))
    assert (kept.get("visit"), kept.get("wish")) == ("Every day", "More trees")
    page.click(filler.SEND)
    page.wait_for_url(filler.RECEIPT)
    assert only(survey).answers["visit"] == "Every day"


def test_a_reload_brings_back_what_was_kept_by_itself(scripted: Visitor) -> None:
    """So the page promises; a visit by somebody else in the same browser begins anew."""
    survey = a_survey()
    opened(scripted, survey)
    page = scripted.page
    page.click("[data-next]")
    with page.expect_response(a_save(holding="visit=Every+day")):
        page.fill("[name=visit]", "Every day")
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")

    page.reload()
    page.wait_for_url("**/resume/**")
    filler.wait_for_scripts(page)
    holds(page, {"visit": ["Every day"]})
    page.reload()
    holds(page, {"visit": ["Every day"]})
    opened(scripted, survey)
    holds(page, {"visit": [""]})


def test_what_is_about_the_person_stays_in_the_browser_until_they_agree(scripted: Visitor) -> None:
    """It does not even leave the browser; agreeing takes it along from then on."""
    survey = a_survey()
    opened(scripted, survey)
    page = scripted.page
    page.fill("[name=name]", "Ada Canary")
    page.click("[data-next]")
    with page.expect_response(a_save(holding="visit=Every+day")) as before:
        page.fill("[name=visit]", "Every day")
    assert "Canary" not in (before.value.request.post_data or "")
    assert partials.fields_of(Partial.objects.get(survey=survey)).get("name") is None

    page.click("[data-back]")
    with page.expect_response(a_save(holding="name=Ada+Canary")) as after:
        page.check("[name=agree]")

    assert after.value.json()["saved"]
    kept = partials.fields_of(Partial.objects.get(survey=survey))
    assert kept.get("name") == "Ada Canary"
