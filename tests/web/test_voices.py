"""Near-copies: marked as they come, counted beside all, with nothing dropped."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Response, Survey, VoiceMark
from feedback.refresh import refresh
from feedback.responses.receipts import hash_of
from feedback.responses.withdrawal import withdraw
from tests import build
from tests.pages import Page

PAGE = "/staff/town/text/wish/voices/"
CALL = "Please keep the old lime trees by the river, they give us shade and a home to birds."
OWN = "I would rather have a playground with swings where the parking lot is now, thank you."


@pytest.fixture
def campaign(town: Survey, desk: Client) -> list[Response]:
    """Six near-copies from one source, then one voice of its own."""
    rows = [build.respond(town, "call", wish=f"{CALL} {n}", visit="often") for n in range(6)]
    rows.append(build.respond(town, wish=OWN, visit="never"))
    rows.append(build.respond(town, wish="More trees", visit="never"))
    refresh()
    desk.post(f"{PAGE}set/", {"on": "1"})
    return rows


def leaders() -> dict[int, int | None]:
    return dict(VoiceMark.objects.values_list("response_id", "group"))


def test_both_counts_stand_side_by_side(desk: Client, campaign: list[Response]) -> None:
    """Six alike are one voice beside two others; the source speaks for a campaign."""
    page = Page.read(desk.get(PAGE).content).text

    assert "Submissions 8" in page and "counted once 3" in page
    assert "6 answers alike" in page and "6 of 6 came by the source “call”" in page
    assert Response.objects.count() == 8


def test_what_comes_later_joins_its_group(town: Survey, campaign: list[Response]) -> None:
    """As if all had come at once."""
    later = build.respond(town, wish=f"{CALL} Yours, a neighbour")
    refresh()

    assert leaders()[later.pk] == campaign[0].pk


def test_where_the_leader_withdraws_the_next_leads(town: Survey, campaign: list[Response]) -> None:
    """The others are as alike as before, and of the first nothing is left."""
    code = "withdraw-this-one"
    Response.objects.filter(pk=campaign[0].pk).update(receipt=hash_of(code))

    withdraw(code)
    refresh()

    assert campaign[0].pk not in leaders()
    assert {leaders()[row.pk] for row in campaign[1:6]} == {campaign[1].pk}


def test_what_was_edited_leaves_its_group(campaign: list[Response]) -> None:
    """It is another text now."""
    Response.objects.filter(pk=campaign[0].pk).update(answers={"wish": OWN + " Really"}, edits=1)
    refresh()

    assert leaders()[campaign[0].pk] == campaign[6].pk
    assert {leaders()[row.pk] for row in campaign[1:6]} == {campaign[1].pk}


def test_what_looks_personal_is_masked_for_those_who_may_not_see_it(
    town: Survey, desk: Client, owner: Any
) -> None:
    """A near-copy is signed by somebody."""
    for n in range(2):
        build.respond(town, wish=f"{CALL} Write to ada@example.org, number {n}")
    desk.post(f"{PAGE}set/", {"on": "1"})

    assert b"ada@example.org" not in desk.get(PAGE).content
    assert b"[e-mail]" in desk.get(PAGE).content
    assert b"ada@example.org" in build.signed_in(owner).get(PAGE).content


def test_a_leaders_own_name_is_covered_as_in_the_list(town: Survey, desk: Client) -> None:
    """What is covered on one page and plain on the next is not covered."""
    for n in range(2):
        build.respond(town, wish=f"{CALL} Signed: Ada Berg, number {n}", name="Ada Berg")
    desk.post(f"{PAGE}set/", {"on": "1"})

    page = desk.get(PAGE).content

    assert b"Signed: [name], number 0" in page and b"Berg" not in page


def test_switched_off_no_mark_is_kept(desk: Client, campaign: list[Response]) -> None:
    """What nobody looks at is not kept."""
    desk.post(f"{PAGE}set/", {})

    assert not VoiceMark.objects.exists()
    assert "not looked for" in Page.read(desk.get(PAGE).content).text
