"""Codes for everyone: approved by hand, once every answer was read, and rounded."""

from typing import Any

import pytest
from django.test import Client

from feedback.analysis import publishing
from feedback.models import Code, OpenQuestion, Publication, Release, Response, Role, Status, Survey
from feedback.open_text import code_frame, coding
from feedback.open_text.questions import column_of, digest_of, question_of
from feedback.refresh import refresh
from feedback.responses.in_field import forget, items_of
from tests import build
from tests.pages import Page

FRAME = "/staff/town/text/wish/codes/"
TITLE = "Sorted by hand, every answer read"


@pytest.fixture
def trees(town: Survey, owner: Any) -> Code:
    """A code for some answers and one for others; nothing is coded yet."""
    code_frame.add(town, "wish", {"name": "Seats"}, actor=owner)
    return code_frame.add(town, "wish", {"name": "Trees"}, actor=owner)


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def coded(survey: Survey, code: Code | None, *, times: int, coder: Any) -> None:
    """So many answers that somebody read and gave this code, or none."""
    column = column_of(items_of(survey), "wish")
    for _time in range(times):
        row = build.respond(survey, wish="Oaks")
        given = {code.number: ""} if code else {}
        seen = digest_of(row.answers["wish"]).hex()
        coding.save(question_of(survey, "wish"), column, row.pk, given, coder=coder, seen=seen)


def release(survey: Survey) -> dict[str, Any]:
    """The tables of the open question, by name."""
    refresh()
    wanted: dict[str, Any] = {"on": True, "items": ["wish"]}
    publication, _new = Publication.objects.update_or_create(survey=survey, defaults=wanted)
    publishing.release(publication, actor=None)
    forget()
    tables: dict[str, Any] = Release.objects.latest("pk").figures["items"]["wish"]["tables"]
    return tables


def public(client: Client) -> str:
    return Page.read(client.get("/s/town/results/").content).text


def test_codes_are_public_when_they_are_approved(
    town: Survey, trees: Code, editor: Client, owner: Any, client: Client
) -> None:
    """Rounded like all counts; a code of few is not there at all, and the rest is told."""
    seats = Code.objects.get(name="Seats")
    for code, times in ((trees, 12), (seats, 3), (None, 6)):
        coded(town, code, times=times, coder=owner)
    assert "wish__codes" not in release(town)

    coded(town, trees, times=5, coder=owner)
    editor.post(f"{FRAME}publish/", {"publish": "1"})
    table = release(town)["wish__codes"]

    assert table["codes"] == {str(trees.number): 15, "other": 5}
    text = public(client)
    assert f"{TITLE} At least 25 answers" in text
    assert "Trees 15" in text and "None of these 5" in text and "Seats" not in text


def test_codes_of_a_part_of_the_answers_are_not_public(
    town: Survey, trees: Code, editor: Client, owner: Any
) -> None:
    """The share of those read so far would be taken for that of all."""
    coded(town, trees, times=12, coder=owner)
    editor.post(f"{FRAME}publish/", {"publish": "1"})
    assert "wish__codes" in release(town)

    for _time in range(5):
        build.respond(town, wish="Not read yet")

    assert "wish__codes" not in release(town)


def test_another_name_of_a_code_has_to_be_approved_anew(
    town: Survey, trees: Code, editor: Client, owner: Any, client: Client
) -> None:
    """Reviewers name codes, and editors answer for what is public; it is gone at once."""
    coded(town, trees, times=12, coder=owner)
    editor.post(f"{FRAME}publish/", {"publish": "1"})
    release(town)
    assert "Trees" in public(client)

    code_frame.change(trees, {"name": "Trees", "definition": "With leaves"}, actor=owner)
    assert "Trees" in public(client)
    code_frame.change(trees, {"name": "Mayor Meier's trees"}, actor=owner)

    assert "Meier" not in public(client) and TITLE not in public(client)
    assert not OpenQuestion.objects.get().codes_public


@pytest.mark.parametrize("change", ["add", "file"])
def test_so_have_codes_that_are_new(
    change: str, town: Survey, trees: Code, editor: Client, owner: Any
) -> None:
    """Whichever way they came."""
    editor.post(f"{FRAME}publish/", {"publish": "1"})
    assert OpenQuestion.objects.get().codes_public

    if change == "add":
        code_frame.add(town, "wish", {"name": "Shade"}, actor=owner)
    else:
        text = code_frame.as_csv(code_frame.codes_of(town, "wish"))
        code_frame.from_csv(town, "wish", text, actor=owner)

    assert not OpenQuestion.objects.get().codes_public


def test_reviewers_do_not_approve_codes(town: Survey, trees: Code, reviewer: Any) -> None:
    """They give them, which is another thing."""
    client = build.signed_in(reviewer)

    assert client.post(f"{FRAME}publish/", {"publish": "1"}).status_code == 404
    assert "Approve the codes" not in client.get(FRAME).content.decode()
    assert not OpenQuestion.objects.filter(codes_public=True).exists()


def test_spam_is_in_no_code_of_the_public(
    town: Survey, trees: Code, editor: Client, owner: Any
) -> None:
    """Nor among the answers that have to be read before anything is told."""
    coded(town, trees, times=15, coder=owner)
    coded(town, None, times=6, coder=owner)
    spam = build.respond(town, wish="Buy!")
    Response.objects.filter(pk=spam.pk).update(status=Status.SPAM)
    editor.post(f"{FRAME}publish/", {"publish": "1"})

    assert release(town)["wish__codes"]["codes"][str(trees.number)] == 15
