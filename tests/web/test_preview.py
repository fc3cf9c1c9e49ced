"""The preview: the live form for staff, checked as it will be and never stored."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.models import AuditEntry, Change, Response, Role, Survey
from feedback.questionnaire import answers
from tests import build
from tests.pages import Page, csrf_token
from tests.web.sent import FormPage

PREVIEW = "/staff/town/preview/"
ANSWERS = {"name": "Ada Berg", "visit": "other", "visit__other": "At night", "wish": "Benches"}


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def send(client: Client, **changed: Any) -> Any:
    page = FormPage(client.get(PREVIEW).content)
    return client.post(PREVIEW, page.changed(**changed))


def style_in(answer: Any) -> str:
    found = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
    return found[1] if found else ""


def test_the_preview_is_the_live_form_under_a_ribbon(
    editor: Client, client: Client, town: Survey
) -> None:
    """What staff look at must be what everybody gets."""
    public, shown = (
        FormPage(c.get(a).content) for c, a in ((client, "/s/town/"), (editor, PREVIEW))
    )

    assert public.fields.keys() == shown.fields.keys() - {"csrfmiddlewaretoken"}
    assert "Preview: nothing is stored." in shown.page.text
    assert "Preview" not in public.page.text
    assert shown.fields["ticket"] == [""]
    assert style_in(editor.get(PREVIEW)) == style_in(client.get("/s/town/")) != ""


def test_what_would_have_been_stored_is_shown_and_nothing_is(editor: Client, town: Survey) -> None:
    """Neither a response nor a change, an entry of the log, or anything else."""
    with CaptureQueriesContext(connection) as caught:
        answer = send(editor, **ANSWERS)

    assert answer.status_code == 200
    text = Page.read(answer.content).text
    assert "This would have been stored" in text and "Preview: nothing is stored." in text
    for given in ("Ada Berg", "At night", "Benches"):
        assert given in text
    assert not Response.objects.exists() and not Change.objects.exists()
    assert not AuditEntry.objects.exclude(action="publish").exists()
    assert {query["sql"].split()[0] for query in caught} == {"SELECT"}


def test_what_is_wrong_is_told_as_on_the_public_form(
    editor: Client, client: Client, town: Survey
) -> None:
    """By the same code, so the same words at the same fields."""
    bad = {"wish": "", "stars": "17", "visit": "daily", "strange": "x"}
    ticket = build.ticket_in(client.get("/s/town/").content)
    public = build.post(client, "town", {"ticket": ticket, **bad})

    shown = send(editor, **bad)

    assert shown.status_code == public.status_code == 422
    ours, theirs = FormPage(shown.content), FormPage(public.content)
    assert ours.summary == theirs.summary != []
    assert "strange" in ours.page.text and "strange" in theirs.page.text
    assert "Preview: nothing is stored." in ours.page.text


def test_there_is_no_second_way_of_checking(
    editor: Client, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule added to the one that the public form uses holds here as well."""
    told = {"wish": ["by the one rule"]}
    monkeypatch.setattr(answers, "broken_rules", lambda *_given, **_named: told)

    answer = send(editor, **ANSWERS)

    assert answer.status_code == 422
    assert "by the one rule" in Page.read(answer.content).text


def test_what_the_preview_sends_the_public_form_does_not_take(
    editor: Client, client: Client, town: Survey
) -> None:
    """Its page has no ticket, so a preview cannot end up among the responses."""
    fields = FormPage(editor.get(PREVIEW).content).changed(**ANSWERS)

    assert build.post(client, "town", fields).status_code == 422
    assert not Response.objects.exists()


def test_the_preview_needs_the_token_of_its_own_page(town: Survey) -> None:
    """It is a page of staff, with a session, so forms of other sites are refused."""
    person = build.member(town, Role.EDITOR)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    assert strict.post(PREVIEW, ANSWERS).status_code == 403
    token = csrf_token(strict.get(PREVIEW).content)
    assert strict.post(PREVIEW, ANSWERS | {"csrfmiddlewaretoken": token}).status_code == 200


def test_the_preview_is_for_editors_and_linked_for_them(
    editor: Client, reviewer: Any, town: Survey
) -> None:
    """From the overview and from the settings; reviewers have neither link nor page."""
    desk = build.signed_in(reviewer)
    assert desk.get(PREVIEW).status_code == desk.post(PREVIEW, ANSWERS).status_code == 404
    assert not Page.read(desk.get("/staff/town/").content).links("preview/")
    for page in ("/staff/town/", "/staff/town/settings/"):
        assert Page.read(editor.get(page).content).links("preview/") == [PREVIEW]


def test_a_survey_without_a_live_revision_has_no_preview(editor: Client, town: Survey) -> None:
    """There is no form to show, and nothing links to it."""
    Survey.objects.update(live=None)

    assert editor.get(PREVIEW).status_code == 404
    assert not Page.read(editor.get("/staff/town/").content).links("preview/")


def test_a_closed_survey_can_be_previewed(editor: Client, town: Survey) -> None:
    """Before it opens is just when one wants to look."""
    editor.post("/staff/town/settings/", {"close": "now"})

    assert send(editor, **ANSWERS).status_code == 200
