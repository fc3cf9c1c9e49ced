"""Deleting responses for good: who may, what is asked first, what goes, and what stays."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse_lazy

from feedback.models import (
    AuditEntry,
    Bulk,
    BulkState,
    DeletedAs,
    Membership,
    Response,
    Role,
    Summary,
    Survey,
    Tombstone,
)
from feedback.refresh import refresh
from feedback.responses import bulk, coding, tags
from feedback.responses.acts import NotPossible
from feedback.responses.receipts import code_for
from tests import build
from tests.pages import Page
from tests.responses.acts import waiting

LIST = "/staff/town/responses/"
DELETE = "/staff/town/responses/delete/"
CONFIRM = reverse_lazy("account_reauthenticate")
TRIAL = DeletedAs.TRIAL.value
SURE = {"why": str(TRIAL), "name": "town"}


@pytest.fixture
def rows(town: Survey) -> list[Response]:
    return [build.respond(town, wish=f"canary {n}", name="Ada Canary") for n in range(3)]


@pytest.fixture
def sure(owner: Any) -> Client:
    """The owner, who has given the password just now."""
    return build.confirmed(owner)


def sent(client: Client, door: str, follow: bool = True, **fields: Any) -> Any:
    """The form of the page as a browser sends it."""
    hidden = re.search(r'name="newest" value="(\d+)"', client.get(door).content.decode())
    newest = {"newest": hidden[1]} if hidden else {}
    return client.post(door, {**fields, **newest}, follow=follow)


def text(answer: Any) -> str:
    return Page.read(answer.content).text


def test_one_response_is_deleted_from_its_page(sure: Client, rows: list[Response]) -> None:
    """As somebody writes who lost the receipt; why is asked, as it is kept."""
    door = f"{DELETE}?id={rows[1].pk}"
    assert f'href="{door}"' in sure.get(f"{LIST}{rows[1].pk}/").content.decode()
    assert "To be deleted: 1 response" in text(sure.get(door))
    assert sent(sure, door).status_code == 422 and Response.objects.count() == 3

    answer = sent(sure, door, why=DeletedAs.ASKED)

    assert answer.redirect_chain == [(LIST, 302)] and "1 response deleted." in text(answer)
    assert set(Response.objects.all()) == {rows[0], rows[2]}
    stone = Tombstone.objects.get()
    assert (stone.response_id, stone.by_staff) == (rows[1].pk, True)
    entry = AuditEntry.objects.get(action="bulk")
    assert entry.details["act"] == "delete" and entry.details["value"] == DeletedAs.ASKED
    log = text(sure.get("/staff/town/audit/"))
    assert "did this with many at once: deleted: The respondent asked for it" in log


def test_nothing_of_what_was_deleted_is_left_in_any_table(
    sure: Client, town: Survey, rows: list[Response], owner: Any
) -> None:
    """Nor in figures; what is forgotten in a table of its own is found there one day."""
    coding.add_tag(rows[0], "seats", actor=owner)
    coding.add_note(rows[0], "canary note", actor=owner)
    rows[1].versions.create(number=1, answers={"wish": "canary before"}, language="en")
    refresh()
    assert Summary.objects.get().figures["responses"] == 3  # control

    sent(sure, DELETE, **SURE)
    refresh()

    assert Summary.objects.get().figures["responses"] == 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%canary%"])
            assert cursor.fetchone() == (0,), table


def test_several_need_the_name_of_the_survey(sure: Client, rows: list[Response]) -> None:
    """Which nobody types by mistake; all of them are said to be all."""
    page = text(sure.get(DELETE))
    assert "3 responses" in page and "That is every response of this survey." in page
    assert "every response" not in text(sure.get(DELETE + "?q=canary"))

    for name in ("", "Town", "city"):
        refused = sent(sure, DELETE, why=TRIAL, name=name)
        assert refused.status_code == 422 and Response.objects.count() == 3

    sent(sure, DELETE + "?status=spam", **SURE)
    assert Response.objects.count() == 3  # none is spam
    sent(sure, DELETE + f"?id={rows[0].pk}&id={rows[2].pk}", **SURE)
    assert list(Response.objects.all()) == [rows[1]]


@pytest.mark.parametrize("query", ["id=", "id=all", "id=0", "id=-1", "id=%00", "id=99999999999999"])
def test_a_number_that_is_none_selects_nothing(
    sure: Client, rows: list[Response], query: str
) -> None:
    """And never everything."""
    answer = sure.post(f"{DELETE}?{query}", SURE | {"newest": "99"}, follow=True)

    assert answer.redirect_chain[0] == (LIST, 302)
    assert Response.objects.count() == len(rows)


def test_the_list_leads_owners_there_with_what_they_chose(
    sure: Client, desk: Client, rows: list[Response]
) -> None:
    """With those ticked, or the selection; reviewers see no such button, and no such page."""
    ticked = {"act": "delete", "on": "ticked", "id": [rows[0].pk, rows[2].pk]}
    to = "/staff/town/responses/all/"
    assert 'value="delete"' in sure.get(LIST).content.decode()
    assert sure.post(to, ticked).url == f"{DELETE}?id={rows[0].pk}&id={rows[2].pk}"
    assert sure.post(to + "?q=canary", {"act": "delete", "on": "all"}).url == DELETE + "?q=canary"
    both = f"{DELETE}?id={rows[0].pk}&id={rows[2].pk}&q=canary"
    assert sure.post(to + "?q=canary", ticked).url == both
    page = sure.get(both).content.decode()
    assert "2 responses" in page and f'href="{LIST}?q=canary"' in page
    assert sure.post(to, {"act": "delete", "on": "ticked"}).url == LIST

    assert 'value="delete"' not in desk.get(LIST).content.decode()
    assert "delete/?id" not in desk.get(f"{LIST}{rows[0].pk}/").content.decode()
    assert desk.post(to, ticked, follow=True).status_code == 404
    assert Response.objects.count() == 3


def test_one_shows_again_who_one_is_before_anything_is_deleted(
    owners_desk: Client, rows: list[Response]
) -> None:
    """And comes back to what was chosen."""
    door = f"{DELETE}?id={rows[0].pk}"
    assert owners_desk.post(door, {"why": TRIAL}).url.startswith(str(CONFIRM))
    assert Response.objects.count() == 3

    asked = owners_desk.get(door)
    assert asked.url.startswith(str(CONFIRM))
    page = owners_desk.post(asked.url, {"password": "secret", "next": door}, follow=True)

    assert page.redirect_chain == [(door, 302)]
    assert "To be deleted: 1 response" in text(page)


def test_whoever_has_the_receipt_is_told(client: Client, sure: Client, town: Survey) -> None:
    """That it is gone, when, and that it was not they who did so; so is the staff."""
    first, second = (build.respond(town, wish=f"wish {n}") for n in range(2))
    receipts = [f"/r/{code_for(row.nonce)}/" for row in (first, second)]
    sent(sure, f"{DELETE}?id={first.pk}", **SURE)
    client.post(receipts[1] + "withdraw/")

    deleted, withdrawn = (client.get(receipt) for receipt in receipts)
    assert deleted.status_code == withdrawn.status_code == 410
    assert "Your answers were deleted" in text(deleted)
    assert "Those responsible for the survey deleted them." in text(deleted)
    assert "were withdrawn" in text(withdrawn) and "responsible" not in text(withdrawn)
    listed = text(sure.get("/staff/town/withdrawn/"))
    assert "an owner of the survey" in listed and "the respondent" in listed


def test_a_deletion_in_the_background_can_be_stopped_and_not_undone(
    sure: Client, town: Survey, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps; what is gone is gone, and its page promises nothing else."""
    build.many(town, 8)
    monkeypatch.setattr(bulk, "STEP", 3)
    monkeypatch.setattr(bulk, "AT_ONCE", -1)
    page = sent(sure, DELETE, **SURE)
    act = Bulk.objects.get()
    assert page.redirect_chain == [(f"/staff/town/bulk/{act.pk}/", 302)]
    assert bulk.step(act.pk)
    sure.post(f"/staff/town/bulk/{act.pk}/change/", {"act": "cancel"})

    act.refresh_from_db()
    assert (act.state, Response.objects.count()) == (BulkState.CANCELLED, 5)
    told = text(sure.get(f"/staff/town/bulk/{act.pk}/"))
    assert "Deleted 3" in told and "Undo" not in told
    assert "3 responses deleted" in text(sure.get("/staff/town/bulk/"))
    with pytest.raises(NotPossible, match="brought back"):
        bulk.undo(act, actor=owner)


def test_a_deletion_ends_with_the_ownership_of_whoever_asked_for_it(
    town: Survey, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To be a reviewer is not enough to go on with it."""
    build.member(town, Role.OWNER, name="another")
    build.many(town, 8)
    monkeypatch.setattr(bulk, "STEP", 3)
    act = waiting(town, "delete", TRIAL, actor=owner)
    assert bulk.step(act.pk)
    Membership.objects.filter(survey=town, user=owner).update(role=Role.REVIEWER)

    bulk.run(act.pk)

    act.refresh_from_db()
    assert (act.state, Response.objects.count()) == (BulkState.FAILED, 5)


def test_what_came_in_after_the_page_was_shown_stays(sure: Client, town: Survey) -> None:
    """Somebody deletes what they tried the form with, and the first citizen has just answered."""
    build.many(town, 3)
    page = sure.get(DELETE).content.decode()
    shown = re.search(r'name="newest" value="(\d+)"', page)
    late = build.respond(town, wish="late")
    assert shown

    sure.post(DELETE, SURE | {"newest": shown[1]})

    assert list(Response.objects.all()) == [late]
    assert sure.post(DELETE, SURE | {"newest": ""}).status_code == 422


def test_what_comes_in_meanwhile_and_what_others_undo_is_left_alone(
    town: Survey, owner: Any, rows: list[Response]
) -> None:
    """A deletion takes what there was when it was asked for; an undo of tags brings none back."""
    seats = tags.create(town, "seats", "red", actor=owner)
    tagged = bulk.start(town, "tag", seats.pk, "", actor=owner)
    act = waiting(town, "delete", TRIAL, actor=owner)
    late = build.respond(town, wish="late")

    bulk.run(act.pk)
    bulk.undo(tagged, actor=owner)

    assert list(Response.objects.all()) == [late]
    tagged.refresh_from_db()
    assert (tagged.state, tagged.kept) == (BulkState.UNDONE, 0)


def test_why_is_one_of_few(town: Survey, owner: Any, rows: list[Response]) -> None:
    """What is typed may tell of a person, and the log keeps it for good."""
    for why in (None, 0, 99):
        with pytest.raises(NotPossible, match="why"):
            bulk.start(town, "delete", why, "", actor=owner)
    assert Response.objects.count() == 3
