"""The ten minutes of docs/review-desk.md, walked by somebody who is here for the first time."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from feedback import members
from feedback.models import AuditEntry, Bulk, Mention, Response, Role, SavedView, Status, Survey
from feedback.refresh import refresh
from tests import build
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
WISHES = ("More benches", "Benches in the shade", "A meadow for dogs", "Lamps at night")


@pytest.fixture
def answered(town: Survey) -> list[int]:
    """Numbers of four responses, oldest first; screening flagged the last."""
    pks = [build.respond(town, wish=wish, visit="often").pk for wish in WISHES]
    Response.objects.update(reasons=[])
    Response.objects.filter(pk=pks[-1]).update(reasons=["network"])
    refresh()
    return pks


def test_ten_minutes_with_the_review_desk(
    visitor: Visitor, town: Survey, owner: Any, answered: list[int]
) -> None:
    """What the page promises to whoever was sent a link, with scripts and without."""
    may = members.May(Role.REVIEWER)
    _invite, code = members.invite("town", email="ada@example.org", may=may, actor=owner)
    page = visitor.page
    page.set_viewport_size({"width": 1300, "height": 900})

    # 1. Come in.
    page.goto(reverse("join", args=[code]))
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("benches in the shade")
    page.locator("main button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The town")

    # 2. Look around.
    page.get_by_role("link", name="Responses", exact=True).click()
    expect(page.locator("table.lines tbody tr")).to_have_count(4)
    expect(page.locator("main")).to_contain_text("4 responses")

    # 3. Find something.
    page.locator("#q").fill("benches")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("table.lines tbody tr")).to_have_count(2)
    expect(page.locator("table.lines mark")).to_have_count(2)
    found = page.url

    # 4. Read one.
    page.locator("[data-line]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Response {answered[1]}")
    expect(page.locator(".beside li")).to_have_count(2)
    page.get_by_role("link", name="Older", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Response {answered[0]}")

    # 5. Sort it.
    page.get_by_role("button", name="Acknowledged", exact=True).click()
    page.get_by_label("Tag", exact=True).fill("seats")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Add a note for your colleagues").fill("Shall we, @owner?")
    page.get_by_role("button", name="Add the note").click()
    assert Mention.objects.get().user == owner
    row = Response.objects.get(pk=answered[0])
    assert row.status == Status.ACKNOWLEDGED and row.tags.get().name == "seats"

    # 6. Undo it.
    page.get_by_role("button", name="Undo this: tagged it seats").click()
    assert not row.tags.exists()

    # 7. Sort many.
    page.goto(found)
    page.get_by_text("Do something with many").click()
    page.get_by_label("with all of this selection").check()
    page.locator("#many-tag").fill("seats")
    page.get_by_role("button", name="Put it on").click()
    expect(page.locator("[role=alert]")).to_contain_text("2 responses changed")
    page.get_by_role("link", name="See what was done, or undo").click()
    page.get_by_role("button", name="Undo").click()
    assert Bulk.objects.get().state == "undone" and not row.tags.exists()

    # 8. Decide on what was flagged.
    page.get_by_role("link", name="Responses", exact=True).click()
    page.get_by_role("link", name="Flagged by screening").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("100 %")
    assert Response.objects.get(pk=answered[3]).status == Status.ACKNOWLEDGED

    # 9. Keep your view.
    page.goto(found)
    page.get_by_text("Save this view").click()
    page.get_by_label("Name", exact=True).fill("about benches")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="about benches").click()
    expect(page.locator("table.lines tbody tr")).to_have_count(2)
    assert SavedView.objects.get().query == "q=benches"

    # 10. See what was done.
    page.goto(reverse("response", args=["town", answered[0]]))
    told = page.locator(".history")
    for words in ("from New to Acknowledged", "wrote a note", "undid that"):
        expect(told).to_contain_text(words)
    assert AuditEntry.objects.filter(actor__username="ada").count() >= 8
