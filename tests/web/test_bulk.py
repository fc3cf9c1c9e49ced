"""Acts on many from the list: asked for, confirmed, watched, stopped, undone."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.models import Bulk, BulkState, Response, Status, Survey, Tag
from feedback.responses import bulk
from feedback.web import bulk as door
from tests import build
from tests.pages import Page
from tests.responses.acts import statuses

ALL = "/staff/town/responses/all/"
LIST = "/staff/town/responses/"


@pytest.fixture
def rows(town: Survey) -> list[Response]:
    return [build.respond(town, wish=f"wish {n}") for n in range(4)]


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few they are, a worker sees to them."""
    monkeypatch.setattr(bulk, "AT_ONCE", -1)


def test_what_is_ticked_changes_at_once_and_says_so(desk: Client, rows: list[Response]) -> None:
    """Back on the list, with the way to undo it."""
    fields = {"act": "status", "status": "spam", "on": "ticked", "id": [rows[0].pk, rows[2].pk]}

    page = desk.post(ALL + "?status=new", fields, follow=True)

    assert page.redirect_chain == [(LIST + "?status=new", 302)]
    assert statuses() == [Status.SPAM, 0, Status.SPAM, 0]
    assert "2 responses changed, status: Spam." in Page.read(page.content).text
    assert f'/staff/town/bulk/{Bulk.objects.get().pk}/"' in page.content.decode()


def test_all_of_the_selection_is_the_one_in_the_address(desk: Client, rows: list[Response]) -> None:
    """Also those on other pages, whatever is ticked."""
    Response.objects.filter(pk=rows[0].pk).update(status=Status.FLAGGED)
    fields = {"act": "tag", "tag": " new   tag ", "on": "all", "id": rows[1].pk}

    desk.post(ALL + "?status=flagged", fields)

    tag = Tag.objects.get(name="new tag")
    assert list(tag.responses.all()) == [rows[0]]
    desk.post(ALL, {"act": "untag", "tag": "new tag", "on": "all"})
    assert not tag.responses.exists()
    desk.post(ALL, {"act": "assign", "assign": "reviewer", "on": "all"})
    assert Response.objects.filter(assignee__username="reviewer").count() == 4


BAD = [
    {"act": "status", "status": "spam", "on": "ticked"},
    {"act": "status", "status": "spam"},
    {"act": "status", "status": "wonderful", "on": "all"},
    {"act": "status", "on": "all"},
    {"act": "tag", "tag": "  ", "on": "all"},
    {"act": "tag", "tag": "x" * 61, "on": "all"},
    {"act": "untag", "tag": "never used", "on": "all"},
    {"act": "assign", "assign": "viewer", "on": "all"},
    {"act": "burn", "on": "all"},
    {"on": "all"},
    {"act": "status", "status": "spam", "on": "ticked", "id": "x"},
]


@pytest.mark.parametrize("fields", BAD)
def test_what_cannot_be_done_is_told_on_the_list(
    desk: Client, rows: list[Response], viewer: Any, fields: dict[str, str]
) -> None:
    """And nothing begins: least of all with everything, as nothing was ticked."""
    page = desk.post(ALL + "?status=new", fields, follow=True)

    assert page.redirect_chain == [(LIST + "?status=new", 302)]
    assert b'role="alert"' in page.content
    assert not Bulk.objects.exists()
    assert statuses() == [0] * 4


def test_a_filter_that_cannot_apply_is_refused(desk: Client, rows: list[Response]) -> None:
    """Left out without a word it would be an act on everything."""
    fields = {"act": "status", "status": "spam", "on": "all"}

    assert desk.post(ALL + "?status=spammy", fields).status_code == 400
    assert not Bulk.objects.exists()


def test_for_many_one_is_asked_again_with_their_number(
    desk: Client, rows: list[Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter forgotten is seen by the number, before it happens."""
    monkeypatch.setattr(door, "ASKED_AGAIN", 3)
    fields = {"act": "status", "status": "spam", "on": "all"}

    asked = desk.post(ALL, fields)

    page = Page.read(asked.content)
    assert asked.status_code == 200 and not Bulk.objects.exists()
    assert "4 responses would get this: status: Spam" in page.text
    again = {a["name"]: a["value"] for _t, a in page.tags if a.get("type") == "hidden"}
    assert desk.post(ALL, again | {"sure": "1"}).status_code == 302
    assert statuses() == [Status.SPAM] * 4


@pytest.mark.usefixtures("in_background")
def test_the_page_of_a_long_act_looks_again_until_it_has_ended(
    desk: Client, rows: list[Response]
) -> None:
    """Without a script, and no longer than needed."""
    sent = desk.post(ALL, {"act": "status", "status": "spam", "on": "all"})
    assert sent.url == f"/staff/town/bulk/{Bulk.objects.get().pk}/"

    begun = desk.get(sent.url)
    assert b'http-equiv="refresh"' in begun.content
    bar = next(a for tag, a in Page.read(begun.content).tags if tag == "progress")
    assert (bar["value"], bar["max"]) == ("0", "4")

    bulk.work_off(seconds=60)
    ended = Page.read(desk.get(sent.url).content)
    assert ("meta", "refresh") not in [(t, a.get("http-equiv")) for t, a in ended.tags]
    assert "Changed 4" in ended.text and "Undo all of it" in ended.text


@pytest.mark.usefixtures("in_background")
def test_an_act_is_stopped_and_undone_from_its_page(desk: Client, rows: list[Response]) -> None:
    """With the number of those left alone."""
    at = desk.post(ALL, {"act": "status", "status": "spam", "on": "all"}).url
    desk.post(at + "change/", {"act": "cancel"})
    assert Bulk.objects.get().state == BulkState.CANCELLED

    at = desk.post(ALL, {"act": "status", "status": "spam", "on": "all"}).url
    bulk.work_off(seconds=60)
    Response.objects.filter(pk=rows[0].pk).update(status=Status.DONE)
    desk.post(at + "change/", {"act": "undo"})
    bulk.work_off(seconds=60)

    text = Page.read(desk.get(at).content).text
    assert "as somebody changed them since 1" in text
    assert statuses() == [Status.DONE, 0, 0, 0]
    assert "Undo all of it" not in text
    assert b"alert" in desk.post(at + "change/", {"act": "undo"}, follow=True).content


def test_others_acts_are_stopped_by_editors_only(
    town: Survey, desk: Client, owner: Any, rows: list[Response]
) -> None:
    """A reviewer does not undo what a colleague meant."""
    done = bulk.start(town, "status", Status.SPAM.value, "", actor=owner)
    mine = bulk.start(town, "status", Status.DONE.value, "", actor=build.member(town, 30, name="b"))
    at = f"/staff/town/bulk/{done.pk}/"

    assert b"Undo all" not in desk.get(at).content
    assert desk.post(at + "change/", {"act": "undo"}).status_code == 404
    assert statuses() == [Status.DONE] * 4
    answer = build.signed_in(owner).post(f"/staff/town/bulk/{mine.pk}/change/", {"act": "undo"})
    assert answer.status_code == 302
    assert statuses() == [Status.SPAM] * 4


def test_the_list_of_acts_asks_as_few_queries_for_many_as_for_one(
    town: Survey, desk: Client, reviewer: Any, rows: list[Response]
) -> None:
    """Each with what it did, to how many, and by whom."""
    desk.get("/staff/town/bulk/")  # the first page of a process asks what it keeps of the survey
    counts = []
    for _n in range(2):
        for value in (Status.SPAM, Status.DONE, Status.NEW):
            bulk.start(town, "status", value.value, "", actor=reviewer)
        bulk.start(town, "assign", reviewer.pk, "", actor=build.member(town, 30, name=f"m{_n}"))
        with CaptureQueriesContext(connection) as queries:
            page = desk.get("/staff/town/bulk/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
    text = Page.read(page.content).text
    assert "status: Spam Done 4 responses changed" in text
    assert "assigned to: reviewer Done" in text


def test_a_viewer_is_offered_no_act_on_many(viewer: Any, rows: list[Response]) -> None:
    """Neither the boxes to tick."""
    page = build.signed_in(viewer).get(LIST).content

    assert b'name="id"' not in page and b"Do something with many" not in page
