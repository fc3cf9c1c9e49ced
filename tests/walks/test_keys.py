"""The review desk by keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from feedback.models import Bulk, Note, Response, Status, Survey
from tests import build
from tests.walks.staff import signed_in
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/staff/town/responses/"


@pytest.fixture
def desk(scripted: Visitor, reviewer: Any) -> Visitor:
    scripted.page.set_viewport_size({"width": 1300, "height": 800})
    return signed_in(scripted, reviewer)


def press(visitor: Visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def test_a_response_is_found_opened_and_worked_on_without_a_mouse(
    desk: Visitor, town: Survey
) -> None:
    """Whoever reads five hundred a day has no hand to spare."""
    first, second, third = (build.respond(town, wish=f"wish {n}").pk for n in range(3))
    page = desk.page
    page.goto(LIST)

    press(desk, "j", "j", "k", "j", "o")
    page.wait_for_url(f"**{LIST}{second}/")
    press(desk, "2")
    expect(page.locator("h1")).to_contain_text("Acknowledged")
    press(desk, "n")
    page.keyboard.type("j k ? are letters here")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("body")).to_contain_text("j k ? are letters here")
    press(desk, "j")
    page.wait_for_url(f"**{LIST}{first}/")
    press(desk, "k")
    page.wait_for_url(f"**{LIST}{second}/")
    press(desk, "t")
    page.keyboard.type("trees")
    press(desk, "Enter")
    expect(page.locator(".chip", has_text="trees")).to_be_visible()
    press(desk, "k")
    page.wait_for_url(f"**{LIST}{third}/")
    press(desk, "u")
    page.wait_for_url(f"**{LIST}*")

    row = Response.objects.get(pk=second)
    assert row.status == Status.ACKNOWLEDGED
    assert [tag.name for tag in row.tags.all()] == ["trees"]
    assert Note.objects.get().text == "j k ? are letters here"
    untouched = Response.objects.exclude(pk=second)
    assert set(untouched.values_list("status", flat=True)) == {Status.NEW}


def test_the_sheet_of_keys_opens_and_single_keys_can_be_turned_off(
    desk: Visitor, town: Survey
) -> None:
    """Who speaks to their computer sets off single keys unawares (WCAG 2.1.4)."""
    build.respond(town, wish="Benches")
    page = desk.page
    page.goto(LIST)

    press(desk, "?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    sheet.get_by_label("Use single keys on this computer").uncheck()
    sheet.get_by_role("button", name="Close").click()
    press(desk, "?")
    expect(sheet).to_be_hidden()
    page.reload()
    press(desk, "j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"

    page.get_by_role("button", name="Keyboard: press ?").click()
    sheet.get_by_label("Use single keys on this computer").check()
    sheet.get_by_role("button", name="Close").click()
    press(desk, "j")
    assert page.evaluate("document.activeElement.tagName") == "A"


def test_a_note_that_is_not_yet_added_stays_whatever_else_is_pressed(
    desk: Visitor, town: Survey
) -> None:
    """A page that comes anew brings it along, in this tab; once it is added it is gone."""
    row = build.respond(town, wish="Benches")
    page = desk.page
    page.goto(f"{LIST}{row.pk}/")
    note = page.get_by_label("Add a note for your colleagues")
    note.fill("Ask the gardeners")
    page.get_by_role("button", name="Flagged", exact=True).click()

    expect(note).to_have_value("Ask the gardeners")
    page.get_by_role("button", name="Add the note").click()
    expect(note).to_have_value("")
    assert Note.objects.get().text == "Ask the gardeners"


def test_enter_in_the_tag_of_many_does_nothing_to_them(desk: Visitor, town: Survey) -> None:
    """It pressed the first button, which set the status of all."""
    build.respond(town, wish="Benches")
    Response.objects.update(status=Status.DONE)
    page = desk.page
    page.goto(LIST)
    page.get_by_text("Do something with many").click()
    page.get_by_label("with all of this selection").check()
    page.locator("#many-tag").fill("seats")
    page.locator("#many-tag").press("Enter")

    expect(page.locator("#many-tag")).to_have_value("seats")
    assert Response.objects.get().status == Status.DONE and not Bulk.objects.exists()


def test_one_tick_is_for_all_of_a_page_and_follows_single_ones(desk: Visitor, town: Survey) -> None:
    """Fifty presses for a page would send people to the whole selection instead."""
    rows = [build.respond(town, wish=f"wish {n}") for n in range(3)]
    page = desk.page
    page.goto(LIST)
    page.get_by_text("Do something with many").click()
    page.get_by_label("with all of this selection").check()
    whole = page.get_by_label("tick all of this page")
    whole.check()
    expect(page.locator("tbody .tick:checked")).to_have_count(3)
    expect(page.get_by_label("with those ticked")).to_be_checked()

    page.get_by_label(f"Tick {rows[1].pk}").uncheck()

    expect(whole).to_be_checked(indeterminate=True)
    page.locator("#many-tag").fill("seats")
    page.get_by_role("button", name="Put it on").click()
    expect(page.get_by_role("alert")).to_contain_text("seats")
    tagged = Response.objects.filter(tags__name="seats").values_list("pk", flat=True)
    assert {*tagged} == {rows[0].pk, rows[2].pk}


def test_what_screening_flagged_is_decided_in_one_key(desk: Visitor, town: Survey) -> None:
    """One for yes, one for spam, and the next is there."""
    pks = [build.respond(town, wish=f"wish {n}").pk for n in range(3)]
    Response.objects.update(reasons=["network"])
    page = desk.page
    page.goto("/staff/town/screened/?reason=network")

    press(desk, "y")
    expect(page.locator(".cards > li")).to_have_count(2)
    press(desk, "s")
    expect(page.locator(".cards > li")).to_have_count(1)

    by_pk = dict(Response.objects.values_list("pk", "status"))
    assert [by_pk[pk] for pk in pks] == [Status.NEW, Status.SPAM, Status.ACKNOWLEDGED]
