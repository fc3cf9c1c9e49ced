"""What screening flagged: decided one by one, and what the decisions say of each rule."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import AuditEntry, Response, Status, Survey
from feedback.responses.quarantine import rules
from tests import build
from tests.pages import Page

PAGE, DECIDE = "/staff/town/screened/", "/staff/town/screened/decide/"


def flagged(town: Survey, *reasons: str, status: Status = Status.NEW, wish: str = "Trees") -> int:
    row = build.respond(town, wish=wish)
    Response.objects.filter(pk=row.pk).update(reasons=list(reasons), status=status)
    return row.pk


def test_one_press_decides_and_the_next_comes_up(desk: Client, town: Survey) -> None:
    """Hundreds are decided on in a sitting; each costs one key."""
    first, second = flagged(town, "network"), flagged(town, "network")

    page = Page.read(desk.get(PAGE, {"reason": "network"}).content)
    shown = [a["value"] for _tag, a in page.tags if a.get("name") == "response"]
    assert shown == [str(second), str(first)]

    answer = desk.post(DECIDE, {"response": second, "decision": "spam", "reason": "network"})
    assert answer.url == f"{PAGE}?reason=network#waiting"
    page = Page.read(desk.get(answer.url).content)
    shown = [a["value"] for _tag, a in page.tags if a.get("name") == "response"]
    assert shown == [str(first)]
    desk.post(DECIDE, {"response": first, "decision": "accept", "reason": "network"})

    assert Response.objects.get(pk=second).status == Status.SPAM
    assert Response.objects.get(pk=first).status == Status.ACKNOWLEDGED
    assert AuditEntry.objects.filter(action="status").count() == 2


def test_the_decisions_say_how_often_a_rule_was_wrong(desk: Client, town: Survey) -> None:
    """Three of four were no spam: a rule like that deserves little trust."""
    for status in (Status.SPAM, Status.DONE, Status.ACKNOWLEDGED, Status.ACKNOWLEDGED):
        flagged(town, "held_key", status=status)
    flagged(town, "held_key", "honeypot")
    flagged(town, "held_key", status=Status.FLAGGED)

    by_reason = {rule.reason.value: rule for rule in rules(town)}
    held = by_reason["held_key"]
    assert (held.waiting, held.accepted, held.spam) == (2, 3, 1)
    assert by_reason["honeypot"].waiting == 1

    # Wilson's interval of 3 in 4, as statsmodels gives it: 0.3006 to 0.9544.
    assert "75 % (95 % interval 30 to 95 %)" in Page.read(desk.get(PAGE).content).text


def test_what_nobody_flagged_is_not_in_it(desk: Client, town: Survey) -> None:
    """Nothing waits here that screening found nothing against."""
    build.respond(town, wish="Trees")
    Response.objects.update(reasons=[])

    text = Page.read(desk.get(PAGE).content).text

    assert "Nothing flagged" in text and "Trees" not in text


def test_a_viewer_sees_what_waits_and_decides_nothing(viewer: Any, town: Survey) -> None:
    """Deciding is work on responses, which is for reviewers."""
    pk = flagged(town, "network")
    client = build.signed_in(viewer)

    assert b"Trees" in client.get(PAGE, {"reason": "network"}).content
    assert b'name="decision"' not in client.get(PAGE, {"reason": "network"}).content
    assert client.post(DECIDE, {"response": pk, "decision": "spam"}).status_code == 404
    assert Response.objects.get(pk=pk).status == Status.NEW


@pytest.mark.parametrize("number", ["", "x", "9" * 40, "٣", "-1"])
def test_a_number_that_is_no_response_is_not_found(desk: Client, town: Survey, number: str) -> None:
    """Whatever is sent never becomes a server error."""
    assert desk.post(DECIDE, {"response": number, "decision": "spam"}).status_code == 404


def test_a_decision_that_is_none_changes_nothing_and_says_so(desk: Client, town: Survey) -> None:
    """A page of an older release may send what is known no more."""
    pk = flagged(town, "network")

    answer = desk.post(DECIDE, {"response": pk, "decision": "maybe"}, follow=True)

    assert "Choose “Accept” or “Spam”" in answer.content.decode()
    assert Response.objects.get(pk=pk).status == Status.NEW


def test_what_a_colleague_decided_meanwhile_stays(desk: Client, town: Survey) -> None:
    """Two sit before the same list, and the second does not know of the first."""
    pk = flagged(town, "network")
    fields = {"response": pk, "decision": "spam", "seen": "new", "reason": "network"}
    Response.objects.filter(pk=pk).update(status=Status.DONE)

    answer = desk.post(DECIDE, fields, follow=True)

    assert "is “Done” by now. It stays so." in answer.content.decode()
    assert Response.objects.get(pk=pk).status == Status.DONE
