"""What the forms of one response send, and what is told where somebody was quicker."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Mention, Note, Response, Status, Survey
from feedback.responses import bulk, coding, notes
from tests import build
from tests.pages import Page


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, wish="Benches")


def at(row: Response) -> str:
    return f"/staff/town/responses/{row.pk}/"


def fields_of(page: Page, button: str) -> dict[str, str]:
    """What the form with this button sends: its hidden fields and the button itself."""
    forms: list[dict[str, str]] = []
    for tag, attributes in page.tags:
        if tag == "form":
            forms.append({})
        elif forms and attributes.get("type") == "hidden":
            forms[-1][attributes["name"]] = attributes["value"]
        elif forms and tag == "button" and attributes.get("name") == button:
            return forms[-1] | {button: attributes["value"]}
    raise AssertionError(f"no button {button}")


def test_of_two_who_have_a_page_open_the_second_is_asked(
    desk: Client, row: Response, owner: Any
) -> None:
    """The page carries what it showed; nothing is overwritten before they know."""
    shown = Page.read(desk.get(at(row)).content)
    sent = fields_of(shown, "status") | {"status": "spam"}
    coding.set_status(row, Status.DONE, actor=owner)

    answer = desk.post(at(row) + "act/?status=new", sent)

    assert answer.status_code == 409
    page = Page.read(answer.content)
    assert "owner changed the status from New to Done" in page.text
    assert "It is now Done You wanted Spam" in page.text
    assert at(row) + "?status=new" in page.links("/responses/")
    row.refresh_from_db()
    assert row.status == Status.DONE

    anyway = desk.post(at(row) + "act/?status=new", fields_of(page, "status"))
    assert (anyway.status_code, anyway.url) == (302, at(row) + "?status=new")
    row.refresh_from_db()
    assert row.status == Status.SPAM


def test_set_it_anyway_asks_again_where_it_moved_on_once_more(
    desk: Client, row: Response, owner: Any
) -> None:
    """They agreed to overwrite what they were shown, and nothing else."""
    coding.set_status(row, Status.DONE, actor=owner)
    page = Page.read(desk.post(at(row) + "act/", {"status": "spam", "seen": "new"}).content)
    coding.set_status(row, Status.FLAGGED, actor=owner)

    answer = desk.post(at(row) + "act/", fields_of(page, "status"))

    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.status == Status.FLAGGED


def test_an_assignment_made_meanwhile_is_told(
    town: Survey, desk: Client, row: Response, reviewer: Any, owner: Any
) -> None:
    """By name, and nobody by a word."""
    answer = desk.post(at(row) + "act/", {"assign": "reviewer", "seen": ""})
    assert answer.status_code == 302
    build.signed_in(owner).post(at(row) + "act/", {"assign": "owner", "seen": "reviewer"})

    answer = desk.post(at(row) + "act/", {"assign": "", "seen": "reviewer"})

    assert answer.status_code == 409
    page = Page.read(answer.content)
    assert "owner assigned it to owner" in page.text
    assert "It is now owner You wanted nobody" in page.text
    desk.post(at(row) + "act/", fields_of(page, "assign"))
    row.refresh_from_db()
    assert row.assignee is None
    text = Page.read(desk.get(at(row)).content).text
    assert "reviewer assigned it to nobody" in text


@pytest.mark.parametrize("fields", [{"assign": "viewer"}, {"assign": "nobody-here"}])
def test_only_reviewers_are_given_responses(
    desk: Client, row: Response, viewer: Any, fields: dict[str, str]
) -> None:
    """Whatever is sent: the list on the page offers no others."""
    assert (
        "Choose somebody"
        in Page.read(desk.post(at(row) + "act/", fields, follow=True).content).text
    )
    row.refresh_from_db()
    assert row.assignee is None


@pytest.mark.parametrize("fields", [{"status": "done", "seen": "x"}, {"assign": "", "seen": "x"}])
def test_a_seen_value_that_never_was_is_no_error_of_ours(
    desk: Client, row: Response, fields: dict[str, str]
) -> None:
    """Old pages and hand-made forms."""
    assert desk.post(at(row) + "act/", fields).status_code == 302


def test_the_last_act_is_undone_from_the_page(desk: Client, row: Response) -> None:
    """A slip of the mouse costs one click."""
    desk.post(at(row) + "act/", {"status": "spam", "seen": "new"})

    answer = desk.post(at(row) + "act/", fields_of(Page.read(desk.get(at(row)).content), "undo"))

    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.status == Status.NEW
    page = Page.read(desk.get(at(row)).content)
    assert "reviewer undid that: the status is New again" in page.text
    assert "Undo this" not in page.text


def test_undoing_what_was_changed_since_is_asked_about(
    desk: Client, row: Response, owner: Any
) -> None:
    """The button was shown before the colleague acted."""
    desk.post(at(row) + "act/", {"status": "spam", "seen": "new"})
    undo = fields_of(Page.read(desk.get(at(row)).content), "undo")
    coding.set_status(row, Status.DONE, actor=owner)

    page = Page.read(desk.post(at(row) + "act/", undo).content)

    assert "It is now Done You wanted New" in page.text
    desk.post(at(row) + "act/", fields_of(page, "status"))
    row.refresh_from_db()
    assert row.status == Status.NEW


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, ""])
def test_an_entry_that_is_none_cannot_be_undone(desk: Client, row: Response, number: str) -> None:
    """Nor one of another response."""
    assert desk.post(at(row) + "act/", {"undo": number}).status_code == 404


def test_acts_on_many_stand_in_the_history_of_each(
    town: Survey, desk: Client, row: Response, reviewer: Any
) -> None:
    """Who wonders why a response is spam must find who said so."""
    done = bulk.start(town, "status", Status.SPAM.value, "", actor=reviewer)
    bulk.undo(done, actor=reviewer)

    text = Page.read(desk.get(at(row)).content).text

    assert "reviewer did this with many at once: status: Spam" in text
    assert "reviewer undid what was done with many at once" in text


def test_a_note_shows_whom_it_speaks_to_and_they_have_seen_it(
    desk: Client, row: Response, reviewer: Any, owner: Any
) -> None:
    """Opening the response is seeing it; markup in a note stays text."""
    desk.post(at(row) + "act/", {"note": "<b>@owner</b> & @nobody"})
    assert notes.unseen(owner).count() == 1

    page = build.signed_in(owner).get(at(row)).content

    assert b"&lt;b&gt;<strong>@owner</strong>&lt;/b&gt; &amp; @nobody" in page
    assert not notes.unseen(owner).exists()
    assert Mention.objects.get().seen_at and Note.objects.count() == 1
