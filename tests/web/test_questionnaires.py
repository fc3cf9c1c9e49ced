"""Questionnaires in the browser: a survey made, the next revision of one, and what is refused."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from feedback.authoring.starter import STARTER
from feedback.models import AuditEntry, Membership, Response, Role, Survey
from feedback.questionnaire.readers import document
from feedback.responses.in_field import forget
from tests import build
from tests.pages import Page

NEW, CHANGE = "/staff/new/", "/staff/town/questionnaire/"


@pytest.fixture
def root(db: None) -> Client:
    person = get_user_model().objects.create_superuser("root", password="secret")
    return build.signed_in(person)


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def text_in(page: Any) -> str:
    return str(page.context["form"]["text"].value())


def sent(client: Client, at: str, text: str, **more: str) -> Any:
    seen = client.get(at).context["form"]["seen"].value() or ""
    return client.post(at, {"text": text, "seen": seen, **more})


def test_what_one_begins_with_can_be_published() -> None:
    """An example that is refused would be a poor beginning."""
    questionnaire, problems = document.read(STARTER)

    assert questionnaire is not None and not problems


def test_a_survey_is_made_in_the_browser_and_answered(root: Client, client: Client) -> None:
    """From nothing to the first answer, without a shell on the server."""
    assert "Make a new survey" in Page.read(root.get("/staff/").content).text
    text = text_in(root.get(NEW)).replace("my-survey", "our-park")

    looked = sent(root, NEW, text)
    assert "asks 4 questions" in Page.read(looked.content).text
    assert not Survey.objects.exists()
    made = sent(root, NEW, text, publish="1")

    assert made.url == "/staff/our-park/"
    membership = Membership.objects.get()
    assert (membership.user.username, membership.role) == ("root", Role.OWNER)
    assert {e.action for e in AuditEntry.objects.all()} >= {"publish", "member_added"}
    ticket = build.ticket_in(client.get("/s/our-park/").content)
    fields = {"ticket": ticket, "how_often": "often", "wishes": "Benches"}
    assert build.post(client, "our-park", fields).status_code == 303
    assert Response.objects.get().answers["wishes"] == "Benches"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("slug: a\ntitle: [", "in quotes"),
        ("slug: a\ntitle: A\npages: []", "pages"),
        (STARTER.replace("my-survey", "town"), "a survey at this address already"),
        (STARTER.replace("my-survey", "login"), "address of another page"),
        (STARTER.replace("how_often !=", "how_oft !="), "how_oft"),
    ],
)
def test_what_cannot_be_published_comes_back_with_the_reason(
    root: Client, town: Survey, text: str, told: str
) -> None:
    """And with every letter that was typed."""
    answer = sent(root, NEW, text, publish="1")

    assert answer.status_code == 422
    assert told in Page.read(answer.content).text
    assert text_in(answer) == text
    assert Survey.objects.count() == 1


def test_the_next_revision_is_published_and_the_form_follows(
    editor: Client, client: Client, town: Survey
) -> None:
    """Answers given before keep their wording; the same again makes no revision."""
    old = build.respond(town, wish="Benches")
    text = text_in(editor.get(CHANGE))
    assert sent(editor, CHANGE, text, publish="1").url == "/staff/town/"
    assert town.revisions.count() == 1

    changed = text.replace(town.live.questionnaire.title, "A town, better asked")
    assert sent(editor, CHANGE, changed).status_code == 200 and town.revisions.count() == 1
    assert sent(editor, CHANGE, changed, publish="1").url == "/staff/town/"
    forget()

    assert town.revisions.count() == 2
    assert "A town, better asked" in client.get("/s/town/").content.decode()
    assert Response.objects.get(pk=old.pk).revision.number == 1


def test_a_key_that_would_mean_something_else_is_refused(editor: Client, town: Survey) -> None:
    """As on the command line: what is stored must not change its meaning."""
    build.respond(town, wish="Benches")
    text = document.written(town.live.questionnaire).replace("type: long_text", "type: number", 1)

    answer = sent(editor, CHANGE, text, publish="1")

    assert answer.status_code == 422 and town.revisions.count() == 1
    assert text_in(answer) == text


def test_neither_another_address_nor_an_older_page_overwrites_anything(
    editor: Client, town: Survey
) -> None:
    """Of two who change one questionnaire the second brings both together."""
    page = editor.get(CHANGE)
    text, seen = text_in(page), page.context["form"]["seen"].value()
    moved = sent(editor, CHANGE, text.replace("slug: town", "slug: city"), publish="1")
    assert moved.status_code == 422 and "is “town” for good" in Page.read(moved.content).text
    first = text.replace(town.live.questionnaire.title, "Changed first")
    assert sent(editor, CHANGE, first, publish="1").status_code == 302

    later = {"text": text.replace(town.live.questionnaire.title, "Changed second"), "seen": seen}
    answer = editor.post(CHANGE, {**later, "publish": "1"})

    assert answer.status_code == 422
    assert "published a revision meanwhile" in Page.read(answer.content).text
    assert text_in(answer) == later["text"]
    town.refresh_from_db()
    assert town.title == "Changed first"
