"""The walks of ``docs/house.md`` in a real browser, with scripts and without."""

import csv
import io
import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from feedback.models import AuditEntry, Response, Role, Survey
from feedback.refresh import refresh
from tests import build
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "button[type=submit]"
# Straight from their folders, uncompressed: granian's own answers are smaller by two thirds.
MOST_BYTES = 60_000
numbers = count(1)


@pytest.fixture
def town() -> Survey:
    """Under a name of its own: the server keeps what it knows of a name for two seconds."""
    return build.survey(slug=f"walk-{next(numbers)}")


# -- the stranger ----------------------------------------------------------------------


def test_a_stranger_answers_by_keyboard_alone(visitor: Visitor, town: Survey) -> None:
    """Mistakes first: who cannot use a mouse must find, mend and send them, too."""
    page = visitor.page
    page.goto(f"/s/{town.slug}/")
    visitor.tab_to("[name=name]")
    page.keyboard.type("Ada Berg")
    visitor.tab_to("[name=visit]")
    page.keyboard.press("Space")
    visitor.tab_to("[name=uses][value=rest]")
    page.keyboard.press("Space")
    visitor.tab_to("[name=stars]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")

    refused = visitor.press_button(SEND)

    assert refused.status == 422
    assert not Response.objects.filter(survey=town).exists()
    assert "Your answers are not stored yet" in visitor.text()
    expect(page.locator("[name=name]")).to_have_value("Ada Berg")
    expect(page.locator("[name=visit][value=often]")).to_be_checked()
    visitor.tab_to("#problems a")
    page.keyboard.press("Enter")
    expect(page.locator("[name=wish]")).to_be_focused()
    page.keyboard.type("More trees, please")

    sent = visitor.press_button(SEND)

    assert sent.status == 303
    page.wait_for_url("**/r/**")  # the link to the field mended stays in the address
    assert "Your answers are stored" in visitor.text()
    assert "More trees, please" in visitor.text()
    assert "To rest" in visitor.text()
    assert "Ada Berg" not in visitor.text()
    row = Response.objects.get(survey=town)
    assert row.answers == {
        "name": True,
        "visit": "often",
        "uses": ["rest"],
        "stars": 2,
        "wish": "More trees, please",
    }
    assert visitor.context.cookies() == []


def test_a_double_click_leaves_one_response(visitor: Visitor, town: Survey) -> None:
    """Impatient people and shaky hands click twice."""
    visitor.page.goto(f"/s/{town.slug}/")
    visitor.page.fill("[name=wish]", "Once is enough")
    visitor.page.locator(SEND).dblclick(no_wait_after=True)
    # The second click cancels the first's navigation, which waiting for one would take ill.
    expect(visitor.page).to_have_url(re.compile("/r/[a-z2-7]{26}/$"), timeout=30_000)
    expect(visitor.page.locator("h1")).to_have_text("Your answers are stored")

    assert Response.objects.filter(survey=town).count() == 1
    assert "Once is enough" in visitor.text()


def test_going_back_and_sending_again_leaves_one_response(visitor: Visitor, town: Survey) -> None:
    """People go back to see whether it worked, and send once more to be sure."""
    visitor.page.goto(f"/s/{town.slug}/")
    visitor.page.fill("[name=wish]", "Once is enough")
    visitor.page.click(SEND)
    visitor.page.wait_for_url("**/r/*/")
    receipt = visitor.page.url

    visitor.page.go_back(wait_until="commit")
    expect(visitor.page.locator("[name=wish]")).to_have_value("Once is enough")
    visitor.page.click(SEND)
    visitor.page.wait_for_url("**/r/*/")

    assert visitor.page.url == receipt
    assert Response.objects.filter(survey=town).count() == 1


def test_going_back_on_a_small_phone_leaves_one_response(forgetful: Visitor, town: Survey) -> None:
    """The fields are filled in again by the browser, but the hidden ticket is another."""
    page = forgetful.page
    page.goto(f"/s/{town.slug}/")
    page.fill("[name=wish]", "Once is enough")
    page.click(SEND)
    page.wait_for_url("**/r/*/")
    page.go_back()
    expect(page.locator("[name=wish]")).to_have_value("Once is enough")
    page.click(SEND)
    page.wait_for_url("**/r/*/")

    assert Response.objects.filter(survey=town).count() == 1


def test_going_back_to_change_ones_mind_loses_neither(visitor: Visitor, town: Survey) -> None:
    """Other answers under a used ticket are asked about, not dropped and not doubled."""
    visitor.page.goto(f"/s/{town.slug}/")
    visitor.page.fill("[name=wish]", "First thought")
    visitor.page.click(SEND)
    visitor.page.wait_for_url("**/r/*/")
    visitor.page.go_back(wait_until="commit")
    visitor.page.fill("[name=wish]", "Second thought")
    with visitor.page.expect_response(is_post) as answer:
        visitor.page.click(SEND)

    assert answer.value.status == 409
    expect(visitor.page.locator("[name=wish]")).to_have_value("Second thought")
    assert Response.objects.get(survey=town).answers["wish"] == "First thought"
    visitor.page.click(SEND)
    visitor.page.wait_for_url("**/r/*/")
    assert Response.objects.filter(survey=town).count() == 2


def test_public_pages_set_no_cookie_and_weigh_little(
    visitor: Visitor, town: Survey, record_property: Any
) -> None:
    """They promise so at their foot; and phones pay by the kilobyte."""
    visitor.page.goto(f"/s/{town.slug}/", wait_until="networkidle")
    asked = [r for r in visitor.requests if not r.url.startswith("data:")]
    sizes = {r.url: r.sizes() for r in asked}
    total = sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes.values())
    record_property("form_page_bytes", total)
    record_property("form_page_requests", len(asked))
    print(f"\nform page: {total:,} bytes in {len(asked)} requests")  # noqa: T201
    assert total <= MOST_BYTES
    assert visitor.context.cookies() == []
    visitor.page.goto("/")
    assert visitor.context.cookies() == []
    assert {r.resource_type for r in asked} <= {"document", "stylesheet", "script", "font"}


# -- the staff -------------------------------------------------------------------------


def test_staff_find_tag_read_export_and_sum_up(
    visitor: Visitor, town: Survey, tmp_path: Path
) -> None:
    """The whole of a morning's work, from sign-in to the report."""
    person = build.member(
        town, Role.OWNER, name=f"o-{town.slug}", sees_personal=True, may_export=True
    )
    build.respond(town, wish="More benches", visit="never")
    sought = build.respond(town, wish="More trees", visit="often", name="Ada Berg")
    refresh()
    page = visitor.page

    page.goto(f"/staff/{town.slug}/responses/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", "secret")
    page.click("main button")
    page.wait_for_url(f"**/staff/{town.slug}/responses/")
    page.fill("#q", "trees")
    page.click("form[role=search] button")
    assert "1 response" in visitor.text()
    page.click(f"#r{sought.pk} [data-line]")
    assert "Ada Berg" not in visitor.text()

    page.fill("#tag", "greenery")
    page.click("button:text-is('Add')")
    page.wait_for_load_state()
    assert "tagged it greenery" in visitor.text()
    assert sought.tags.get().name == "greenery"

    page.click("text=Show personal answers")
    page.wait_for_url("**/personal/**")
    assert "Ada Berg" in visitor.text()
    assert AuditEntry.objects.filter(action="personal", response_id=sought.pk).count() == 1

    page.click("text=Back to the list")
    page.click("text=Export these")
    page.click("summary:has-text('What is in it')")
    page.check("#texts-labels")
    with page.expect_download() as download:
        page.click("button:text-is('Download')")
    file = tmp_path / "town.csv"
    download.value.save_as(file)
    (row,) = csv.DictReader(io.StringIO(file.read_bytes().decode(), newline=""))
    assert (row["wish"], row["visit"], row["tags"]) == ("More trees", "Often", "greenery")
    assert "name" not in row

    page.click("nav.tabs >> text=Summary")
    assert "2 responses" in visitor.text()
    build.respond(town, wish="More water")
    refresh()
    page.reload()
    assert "3 responses" in visitor.text()

    page.click("text=Sign out")
    page.wait_for_url("**/staff/login/")
    page.goto(f"/staff/{town.slug}/summary/")
    assert "/staff/login/" in page.url
