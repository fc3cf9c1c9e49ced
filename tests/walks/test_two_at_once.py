"""Two colleagues before the same response, each with a browser of their own."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from feedback.models import Response, Role, Status, Survey
from tests import build
from tests.walks.staff import signed_in
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def colleague(browser: Browser, site: str, person: Any) -> Visitor:
    return signed_in(Visitor.in_context(browser.new_context(base_url=site), site=site), person)


def test_whoever_comes_second_is_told_who_was_first_and_decides(
    browser: Browser, live_site: str, town: Survey
) -> None:
    """Neither loses what they did without knowing, and notes and tags of both stay."""
    row = build.respond(town, wish="Benches")
    ann, bob = (
        colleague(browser, live_site, build.member(town, Role.REVIEWER, name=name))
        for name in ("ann", "bob")
    )
    for one in (ann, bob):
        one.page.goto(f"/staff/town/responses/{row.pk}/")

    ann.page.get_by_role("button", name="Done", exact=True).click()
    expect(ann.page.locator("h1")).to_contain_text("Done")
    bob.page.get_by_role("button", name="Flagged", exact=True).click()

    expect(bob.page.locator("main")).to_contain_text("Somebody was quicker")
    expect(bob.page.locator("main")).to_contain_text("ann changed the status from New to Done")
    assert Response.objects.get(pk=row.pk).status == Status.DONE

    bob.page.get_by_role("button", name="Set it anyway").click()
    expect(bob.page.locator("h1")).to_contain_text("Flagged")
    for one, words in ((ann, "of ann"), (bob, "of bob")):
        one.page.get_by_label("Tag", exact=True).fill(words)
        one.page.get_by_role("button", name="Add", exact=True).click()
        expect(one.page.locator(".history")).to_contain_text(words)

    stands = Response.objects.get(pk=row.pk)
    assert stands.status == Status.FLAGGED
    assert [tag.name for tag in stands.tags.all()] == ["of ann", "of bob"]
    for one in (ann, bob):
        assert one.errors == [] and one.elsewhere == []
        one.context.close()
