"""The columns of one's own list of responses."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Membership, Survey
from feedback.responses.listed import moved
from tests import build
from tests.pages import Page

LIST, COLUMNS = "/staff/town/responses/", "/staff/town/responses/columns/"


def heads(client: Client) -> list[str]:
    """The heads of the list, left to right, without that of the number."""
    page = Page.read(client.get(LIST).content)
    labels = [a["data-label"] for tag, a in page.tags if tag == "td"]
    return list(dict.fromkeys(labels))


def test_the_usual_list_shows_when_how_far_and_what_was_written(desk: Client, town: Survey) -> None:
    """Who comes for the first time sees something worth reading."""
    build.respond(town, wish="Benches")

    assert heads(desk) == ["Received", "Status", "What do you wish for?", "Tags"]


def test_columns_are_added_moved_and_taken_away(desk: Client, town: Survey) -> None:
    """Each by one button, with scripts or without."""
    build.respond(town, wish="Benches", visit="often", source="poster")

    for act in (
        {"add": "answer.visit"},
        {"add": "source"},
        {"remove": "tags"},
        {"earlier": "source"},
        {"later": "received"},
    ):
        assert desk.post(COLUMNS, act).status_code == 302

    assert heads(desk) == [
        "Status",
        "Received",
        "What do you wish for?",
        "Source",
        "How often do you visit?",
    ]
    text = Page.read(desk.get(LIST).content).text
    assert "Often" in text and "poster" in text


def test_my_columns_are_not_my_colleagues(desk: Client, owner: Any, town: Survey) -> None:
    """A list is arranged for one's own work."""
    build.respond(town, wish="Benches")
    desk.post(COLUMNS, {"add": "source"})

    assert "Source" not in heads(build.signed_in(owner))
    assert "Source" in heads(desk)


def test_the_usual_columns_come_back(desk: Client, town: Survey) -> None:
    """Whatever was tried out, there is a way home."""
    build.respond(town, wish="Benches")
    desk.post(COLUMNS, {"add": "source"})

    desk.post(COLUMNS, {"usual": "1"})

    assert heads(desk) == ["Received", "Status", "What do you wish for?", "Tags"]


@pytest.mark.parametrize(
    ("asked", "kept"), [("100", 100), ("7", 25), ("", 25), ("٥٠", 25), ("9" * 30, 25)]
)
def test_lines_on_a_page_are_one_of_the_numbers_offered(
    desk: Client, town: Survey, reviewer: Any, asked: str, kept: int
) -> None:
    """A page of a million lines would be asked for once, and by everybody waited for."""
    Membership.objects.filter(user=reviewer).update(columns=["status"])

    desk.post(COLUMNS, {"lines": asked})

    own = Membership.objects.get(user=reviewer)
    assert (own.lines, own.columns) == (kept, ["status"])
    assert f"<option selected>{kept}</option>" in desk.get(COLUMNS).content.decode()


@pytest.mark.parametrize("name", ["answer.name", "answer.none", "identity", "", "x" * 300])
def test_no_column_can_be_added_that_is_not_offered(
    desk: Client, town: Survey, reviewer: Any, name: str
) -> None:
    """Least of all one of personal answers."""
    build.respond(town, wish="Benches", name="Ada Canary")

    desk.post(COLUMNS, {"add": name})

    assert name not in Membership.objects.get(user=reviewer).columns
    assert b"Canary" not in desk.get(LIST).content


def test_a_column_whose_question_is_gone_is_left_out(
    desk: Client, town: Survey, reviewer: Any
) -> None:
    """Columns outlive the questionnaire they were chosen for."""
    build.respond(town, wish="Benches")
    Membership.objects.filter(user=reviewer).update(columns=["answer.former", "status"])

    assert heads(desk) == ["Status"]


def test_at_either_end_a_column_stays() -> None:
    """One push too many is no mistake."""
    assert moved(["a", "b", "c"], "a", by=-1) == ["a", "b", "c"]
    assert moved(["a", "b", "c"], "c", by=1) == ["a", "b", "c"]
    assert moved(["a", "b", "c"], "a", by=1) == ["b", "a", "c"]


def test_an_answer_of_many_words_is_folded_and_whole(desk: Client, town: Survey) -> None:
    """A list is to be skimmed, and nothing that was written may be out of reach."""
    text = "bench " * 60 + "and a last word"
    build.respond(town, wish=text)

    page = Page.read(desk.get(LIST).content)

    assert "details" in [tag for tag, _attributes in page.tags]
    assert "and a last word" in page.text
