"""Names in answers: counted by people, decided on once for all."""

import re
from typing import Any

import pytest
from django.test import Client

from feedback.models import AuditEntry, NameDecision, NamedIn, OpenQuestion, Response, Survey
from feedback.refresh import refresh
from feedback.responses.receipts import hash_of
from feedback.responses.withdrawal import withdraw
from tests import build
from tests.pages import Page

PAGE = "/staff/town/text/wish/names/"


@pytest.fixture
def asked(town: Survey, desk: Client) -> list[Response]:
    """Four answers to a question that asks for names, which are looked for."""
    texts = ("Llama 3.1 and Mistral", "llama, Zorblax", "zorblax", "None")
    rows = [build.respond(town, wish=text) for text in texts]
    desk.post(f"{PAGE}set/", {"catalogue": "open_models", "asks": "1"})
    return rows


def families(row: Response) -> set[str]:
    return set(NamedIn.objects.filter(response=row).values_list("family", flat=True))


def decide(desk: Client, **fields: str) -> Page:
    return Page.read(desk.post(f"{PAGE}decide/", fields, follow=True).content)


def test_nothing_is_looked_for_until_somebody_asks(town: Survey, desk: Client) -> None:
    """A survey about benches has no use for it."""
    build.respond(town, wish="Llama 3.1")
    refresh()

    assert not NamedIn.objects.exists()
    assert "Names are not looked for" in Page.read(desk.get(PAGE).content).text


def test_people_are_counted_by_family_and_version(desk: Client, asked: list[Response]) -> None:
    """With the interval, and with the way to those responses."""
    page = Page.read(desk.get(PAGE).content)

    assert "2 of 4 who answered name something." in page.text
    assert "Llama 2 50.0 % 15.0 % … 85.0 % 3.1: 1" in page.text
    assert "Llama + Mistral: 1" in page.text
    assert "zorblax 2 people" in page.text.lower()
    assert page.links(r"name\.wish=llama")


def test_one_decision_holds_for_what_came_and_for_what_comes(
    town: Survey, desk: Client, asked: list[Response]
) -> None:
    """And a later one on the same spelling takes its place, everywhere."""
    decide(desk, spelling="Zorblax", name="Zorblax", kind="model")
    assert families(asked[1]) == {"llama", "own-zorblax"}
    assert families(asked[2]) == {"own-zorblax"}

    later = build.respond(town, wish="ZORBLAX of course")
    refresh()
    assert families(later) == {"own-zorblax"}

    decide(desk, spelling="zorblax", entity="mistral")
    assert [families(row) for row in (*asked[1:3], later)] == [
        {"llama", "mistral"},
        {"mistral"},
        {"mistral"},
    ]

    page = decide(desk, spelling="zorblax", refuse="1")
    assert families(asked[2]) == families(later) == set()
    assert "zorblax" not in page.text.lower()
    assert NameDecision.objects.count() == 3
    entries = AuditEntry.objects.filter(action="name_decided")
    assert [set(entry.details) for entry in entries] == [{"part", "decision"}] * 3


def test_edits_and_withdrawals_take_names_along(town: Survey, asked: list[Response]) -> None:
    """A count names nobody who took it back."""
    code = "withdraw-this-one"
    Response.objects.filter(pk=asked[0].pk).update(receipt=hash_of(code))
    Response.objects.filter(pk=asked[1].pk).update(answers={"wish": "Qwen"}, edits=1)

    withdraw(code)
    refresh()

    assert [row.entity for row in NamedIn.objects.all()] == ["qwen"]


def test_what_is_written_stands_where_it_says(asked: list[Response]) -> None:
    """A span of an answer is of the answer as typed."""
    for row in NamedIn.objects.select_related("response"):
        assert row.response.answers["wish"][row.start : row.end] == row.written


@pytest.mark.parametrize(
    "fields",
    [
        {"spelling": "zorblax"},
        {"spelling": "?", "entity": "llama"},
        {"spelling": "zorblax", "entity": "nothing-known"},
        {"spelling": "zorblax", "name": "Z", "kind": "dragon"},
    ],
)
def test_what_cannot_be_decided_is_told(
    desk: Client, asked: list[Response], fields: dict[str, str]
) -> None:
    """And nothing is."""
    desk.post(f"{PAGE}decide/", fields)
    assert not NameDecision.objects.exists()


def test_switched_off_nothing_is_kept(desk: Client, asked: list[Response]) -> None:
    """What nobody looks at is not kept."""
    desk.post(f"{PAGE}set/", {"catalogue": ""})

    assert not NamedIn.objects.exists()
    assert OpenQuestion.objects.get().catalogue == ""


def test_an_unknown_catalogue_is_refused(town: Survey, desk: Client) -> None:
    """It would be a file of the server's that somebody names."""
    desk.post(f"{PAGE}set/", {"catalogue": "../open_models"})
    assert OpenQuestion.objects.filter(catalogue="").count() == OpenQuestion.objects.count()


def test_names_are_filters_of_lists_parts_of_reports_and_columns_of_exports(
    owner: Any, town: Survey, asked: list[Response]
) -> None:
    """By the name itself or by its family."""
    desk = build.signed_in(owner)
    listed = desk.get("/staff/town/responses/?name.wish=mistral").content.decode()
    assert f"responses/{asked[0].pk}/" in listed and f"responses/{asked[1].pk}/" not in listed

    refresh()
    printed = Page.read(desk.get("/staff/town/report/").content).text
    assert re.search(r"Names in the answers .* Llama 2 50.0 % .* Mistral 1 25.0 %", printed)

    head, *lines = build.exported(town).decode().splitlines()
    assert head.endswith(",wish__names")
    assert [line.rpartition(",")[2] for line in lines] == ["llama | mistral", "llama", "", ""]


def test_a_name_that_is_new_is_public_only_once_it_is_approved(
    town: Survey, desk: Client, asked: list[Response]
) -> None:
    """Reviewers write names; editors answer for what everybody reads."""
    about = OpenQuestion.objects.filter(survey=town, part="wish")
    about.update(names_public=True)
    decide(desk, spelling="Zorblax", entity="mistral")
    assert about.get().names_public

    page = decide(desk, spelling="Zorblax", name="The mayor is a thief", kind="model")

    assert not about.get().names_public
    assert "until an editor approves them" in page.text


def test_names_of_another_catalogue_are_to_be_approved_anew(
    town: Survey, desk: Client, asked: list[Response]
) -> None:
    """What was approved were the names of the one before."""
    about = OpenQuestion.objects.filter(survey=town, part="wish")
    about.update(names_public=True)
    desk.post(f"{PAGE}set/", {"catalogue": "open_models"})
    assert about.get().names_public

    desk.post(f"{PAGE}set/", {"catalogue": ""})

    assert not about.get().names_public
