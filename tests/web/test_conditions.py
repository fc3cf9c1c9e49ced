"""Items asked of some only, as the server sees it: it has the last word."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Response, Survey
from feedback.refresh import refresh
from tests import build
from tests.web.sent import FormPage

DOGS: list[dict[str, Any]] = [
    {"key": "own", "type": "yes_no", "text": "Do you own a dog?"},
    {
        "key": "name",
        "type": "short_text",
        "text": "What is it called?",
        "required": True,
        "show_if": "own",
    },
    {
        "key": "rex",
        "type": "rating",
        "text": "How good is Rex?",
        "show_if": 'name = "Rex"',
    },
]


@pytest.fixture
def dogs(db: None) -> Survey:
    return build.survey(DOGS, slug="dogs")


def send(client: Client, **answers: str) -> Any:
    ticket = build.ticket_in(client.get("/s/dogs/").content)
    return build.post(client, "dogs", {"ticket": ticket, **answers})


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"own": "no"}, {"own": False}),
        ({}, {"own": None}),
        ({"own": "no", "name": "Rex", "rex": "5"}, {"own": False}),
        ({"own": "yes", "name": "Bello", "rex": "5"}, {"own": True, "name": "Bello"}),
        ({"own": "yes", "name": "Rex"}, {"own": True, "name": "Rex", "rex": None}),
        ({"own": "yes", "name": "Rex", "rex": "5"}, {"own": True, "name": "Rex", "rex": 5}),
    ],
)
def test_only_what_is_asked_is_stored(
    client: Client, dogs: Survey, sent: dict[str, str], stored: dict[str, Any]
) -> None:
    """What was not asked is told from what was left blank, whatever the browser sent."""
    assert send(client, **sent).status_code == 303

    assert Response.objects.get().answers == stored


def test_an_answer_is_needed_only_where_it_is_asked_for(client: Client, dogs: Survey) -> None:
    """Nobody is stopped by a question that is not theirs."""
    refused = send(client, own="yes")

    assert refused.status_code == 422
    assert FormPage(refused.content).summary == ["id_name"]
    assert send(client, own="no").status_code == 303


def test_the_page_says_when_a_question_is_asked(client: Client, dogs: Survey) -> None:
    """Without scripts all of it is there to read, with the condition in words."""
    text = FormPage(client.get("/s/dogs/").content).page.text

    assert "Only if you said yes to “Do you own a dog?”:" in text
    assert "Only if “What is it called?” is “Rex”:" in text


def test_reports_tell_not_shown_from_blank(client: Client, dogs: Survey) -> None:
    """A share is of those who were asked."""
    for answers in ({"own": "no"}, {"own": "yes", "name": "Rex"}, {"own": "yes", "name": "Ole"}):
        send(client, **answers)
    refresh()

    items = dogs.summary.figures["items"]
    assert [items["name"][state] for state in ("answered", "not_shown")] == [2, 1]
    assert [items["rex"][state] for state in ("answered", "blank", "not_shown")] == [0, 1, 2]
