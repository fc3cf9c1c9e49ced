"""Moving in by the staff pages: looked at first, all or nothing, and nothing left lying about."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.models import AuditEntry, Membership, Response, Role, Survey
from feedback.models.survey import Stage
from feedback.web import uploads
from tests import build
from tests.pages import Page

pytestmark = pytest.mark.django_db
MOVE, IMPORT = "/staff/move-in/", "/staff/town/import/"
ROWS = [
    ["Timestamp", "Your e-mail", "How clean is it?", "IP Address"],
    ["2024-01-31 10:00:00", "ada@example.org", "4", "203.0.113.9"],
    ["2024-02-01 10:00:00", "", "5", "203.0.113.9"],
]


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def upload(content: bytes, name: str = "export.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def table(rows: list[list[str]]) -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def send(client: Client, do: str, content: bytes = table(ROWS), **more: Any) -> Any:
    fields = {"do": do, "file": upload(content), "address": "old", "title": "Our old survey"}
    return client.post(MOVE, fields | more)


def digest_in(answer: Any) -> str:
    tags = Page.read(answer.content).tags
    return next(a["value"] for _tag, a in tags if a.get("name") == "digest")


def test_a_file_is_looked_at_before_anything_is_stored(editor: Client) -> None:
    """What becomes of each column, with why; the addresses of people's machines stay out."""
    answer = send(editor, "look")

    page = Page.read(answer.content).text
    assert answer.status_code == 200
    for words in ("How clean is it?", "rating", "whole numbers from 1 to 5", "e-mail addresses"):
        assert words in page
    assert "left out" in page
    assert Survey.objects.count() == 1


def test_the_survey_is_made_with_its_rows_closed_and_owned(editor: Client) -> None:
    """An old survey that suddenly took answers again would surprise everybody."""
    digest = digest_in(send(editor, "look"))

    answer = send(editor, "take", digest=digest)

    survey = Survey.objects.get(slug="old")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/old/responses/")
    assert survey.stage() is Stage.CLOSED
    assert Membership.objects.get(survey=survey).role == Role.OWNER
    first = Response.objects.filter(survey=survey).order_by("id")[0]
    assert first.answers == {"e_mail": True, "clean": 4}
    assert first.received_at.isoformat() == "2024-01-31T10:00:00+00:00"
    acts = AuditEntry.objects.filter(survey=survey).values_list("action", "details")
    assert ("import", {"responses": 2}) in list(acts)


def test_it_is_open_where_that_is_asked_for(editor: Client) -> None:
    """Whoever moves while the survey runs wants it to go on."""
    send(editor, "take", digest=digest_in(send(editor, "look")), opened="on")

    assert Survey.objects.get(slug="old").stage() is Stage.OPEN


def test_another_file_than_the_one_looked_at_is_not_taken(editor: Client) -> None:
    """Between the two pages nothing is kept here, so the file itself tells that it is the same."""
    digest = digest_in(send(editor, "look"))

    answer = send(
        editor, "take", table([*ROWS, ["2024-02-02 10:00:00", "", "1", ""]]), digest=digest
    )

    assert answer.status_code == 422
    assert "another file" in Page.read(answer.content).text
    assert Survey.objects.count() == 1


def test_the_draft_can_be_taken_away_changed_and_sent_back(editor: Client) -> None:
    """A guess is a guess; people know better."""
    draft = send(editor, "draft")
    assert draft.headers["Content-Disposition"] == 'attachment; filename="old.yaml"'
    changed = draft.content.replace(b'How clean is it?"\n', b'How tidy is it?"\n')
    digest = digest_in(send(editor, "look"))

    send(editor, "take", digest=digest, draft=upload(changed, "old.yaml"))

    survey = Survey.objects.get(slug="old")
    assert survey.live is not None
    assert "How tidy is it?" in [item.text for item in survey.live.questionnaire.items]
    assert Response.objects.filter(survey=survey).count() == 2


def test_a_changed_draft_that_is_wrong_is_told_with_its_line(editor: Client) -> None:
    """As on the command line."""
    wrong = send(editor, "draft").content.replace(b"type: rating", b"type: stars")
    digest = digest_in(send(editor, "look"))

    answer = send(editor, "take", digest=digest, draft=upload(wrong, "old.yaml"))

    assert answer.status_code == 422
    assert "is not a type" in Page.read(answer.content).text


def test_rows_that_the_changed_draft_refuses_leave_no_survey_behind(editor: Client) -> None:
    """Half a survey would have to be cleared away by hand."""
    changed = send(editor, "draft").content.replace(b"highest: 5", b"highest: 4")
    digest = digest_in(send(editor, "look"))

    answer = send(editor, "take", digest=digest, draft=upload(changed, "old.yaml"))

    assert answer.status_code == 422
    assert "1 row cannot be taken" in Page.read(answer.content).text
    assert Survey.objects.count() == 1
    assert not AuditEntry.objects.filter(action__in=("publish", "import"), survey__slug="old")


def test_an_address_that_is_taken_is_refused(editor: Client) -> None:
    """Nobody takes over a survey by its address, nor a page of ours."""
    for address in ("town", "move-in", "Not An Address"):
        assert send(editor, "look", address=address).status_code == 422


def test_a_page_of_ours_is_no_address() -> None:
    """Else the survey's pages would be hidden by it."""
    page = build.signed_in(build.member(build.survey(slug="mine"), Role.EDITOR)).get(MOVE)

    assert page.status_code == 200


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b'a,b\n"x'])
def test_what_is_no_table_is_told(editor: Client, content: bytes) -> None:
    """An upload may be anything."""
    assert send(editor, "look", content).status_code == 422


def test_more_than_is_said_is_not_taken(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's memory and disk are everybody's; the command takes files of any length."""
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)

    answer = send(editor, "look")

    assert answer.status_code == 422
    assert "import_responses" in Page.read(answer.content).text


def test_only_editors_and_owners_move_in(town: Survey) -> None:
    """Whoever only reads answers has no business publishing forms."""
    for role in (Role.VIEWER, Role.ANALYST, Role.REVIEWER):
        client = build.signed_in(build.member(town, role, name=role.name.lower()))
        assert client.get(MOVE).status_code == 404
        assert send(client, "look").status_code == 404
        assert b"move-in" not in client.get("/staff/").content


# -- into a survey ---------------------------------------------------------------------


def test_responses_are_looked_at_and_then_imported(editor: Client, town: Survey) -> None:
    """With what would be stored, and what the file does not tell of."""
    content = b"wish\nMore trees\nFewer cars\n"
    look = editor.post(IMPORT, {"do": "look", "file": upload(content)})
    assert "2 new responses" in Page.read(look.content).text
    assert not Response.objects.exists()

    taken = editor.post(IMPORT, {"do": "take", "file": upload(content), "digest": digest_in(look)})

    assert taken.headers["Location"] == "/staff/town/responses/"
    assert Response.objects.filter(survey=town).count() == 2
    entry = AuditEntry.objects.get(action="import")
    assert entry.details == {"responses": 2}


def test_refused_rows_are_told_with_their_reasons(editor: Client) -> None:
    """All or nothing, and each reason with its line."""
    answer = editor.post(IMPORT, {"do": "look", "file": upload(b"received_at,wish\nsoon,Trees\n")})

    page = Page.read(answer.content).text
    assert answer.status_code == 422
    assert "line 2, received_at" in page
    assert "1 row cannot be taken" in page


def test_an_import_is_only_taken_after_a_look(editor: Client) -> None:
    """A digest that nobody was given is none."""
    answer = editor.post(IMPORT, {"do": "take", "file": upload(b"wish\nTrees\n"), "digest": ""})

    assert answer.status_code == 422
    assert not Response.objects.exists()
