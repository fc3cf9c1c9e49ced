"""Shuffled options: one order for each attempt, all places fair, and known afterwards."""

import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from feedback.models import Response, Survey
from feedback.questionnaire.definition import TURNS
from feedback.responses import tickets
from feedback.responses.in_field import revision
from tests import build

CODES = ["ash", "box", "elm", "fir", "oak"]
TREES: list[dict[str, Any]] = [
    {
        "key": "tree",
        "type": "single_choice",
        "text": {"en": "Which tree?", "de": "Welcher Baum?"},
        "shuffle": True,
        "choices": [
            {"code": "none", "text": "None", "fixed": True},
            *({"code": code, "text": code.title()} for code in CODES),
        ],
        "other": "Another",
    },
    {"key": "wish", "type": "short_text", "text": "Your wish?", "required": True},
]


@pytest.fixture
def wood(db: None) -> Survey:
    return build.survey(TREES, languages=["de"])


def seen(content: bytes) -> list[str]:
    """The options of the page, as they stand in it."""
    return re.findall(r'name="tree"[^>]* value="(\w+)"', content.decode())


def sent(client: Client, **fields: Any) -> Any:
    return build.post(client, "town", fields)


def test_one_attempt_sees_one_order_through_mending_and_translating(
    client: Client, wood: Survey
) -> None:
    """Options that jump about while one reads are worse than any order."""
    for _attempt in range(5):
        page = client.get("/s/town/").content
        ticket = build.ticket_in(page)
        own = tickets.read(ticket, survey=wood.pk)
        orders = revision(own.revision).questionnaire.orders(own.turn(TURNS))
        assert seen(page) == orders["tree"]

        mended = sent(client, ticket=ticket, tree="oak", wish="")
        german = sent(client, ticket=build.ticket_in(mended.content), _to="de", tree="oak")

        assert (mended.status_code, german.status_code) == (422, 200)
        assert seen(mended.content) == seen(german.content) == seen(page)


def test_the_order_is_kept_with_the_answers(client: Client, wood: Survey) -> None:
    """Analysts ask whether what stands first is chosen more often."""
    page = client.get("/s/town/").content
    sent(client, ticket=build.ticket_in(page), tree="oak", wish="Shade")

    assert Response.objects.get().paradata == {"orders": {"tree": seen(page)}}


def test_without_shuffling_nothing_is_kept(client: Client, town: Survey) -> None:
    """Everybody saw the order of the questionnaire."""
    assert build.respond(town, wish="Shade").paradata is None


def test_attempts_see_different_orders(client: Client, wood: Survey) -> None:
    """Control: the order does depend on the ticket, and pages kept ready are of all orders."""
    assert len({tuple(seen(client.get("/s/town/").content)) for _ in range(60)}) > 4


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 8, 11, 12, 24])
def test_over_all_turns_each_option_is_about_as_often_in_each_place(number: int) -> None:
    """Whatever the first place is worth, no option has it much oftener than another."""
    codes = [f"c{n}" for n in range(number)]
    choices = [{"code": code, "text": code} for code in codes]
    item = {**TREES[0], "text": "Which?", "other": "", "choices": choices}
    questionnaire = build.questionnaire([item])

    orders = [questionnaire.orders(turn)["tree"] for turn in range(TURNS)]

    assert all(sorted(order) == sorted(codes) for order in orders)
    for places in zip(*orders, strict=True):
        times = Counter(dict.fromkeys(codes, 0))
        times.update(places)
        assert max(times.values()) - min(times.values()) <= 2, times


def test_what_is_fixed_stays_last_whatever_the_turn() -> None:
    """“None of these” and “another” are read after the rest, in the order of their author."""
    item = {**TREES[0], "text": "Which?"}
    questionnaire = build.questionnaire([item])

    ends = {tuple(questionnaire.orders(turn)["tree"][-2:]) for turn in range(TURNS)}

    assert ends == {("none", "other")}


def test_orders_are_the_same_tomorrow() -> None:
    """Of chance there is only the key: what another process dealt is known by its turn."""
    questionnaire = build.questionnaire([{**TREES[0], "text": "Which?"}])

    first = [questionnaire.orders(turn)["tree"][0] for turn in range(6)]

    assert first == ["fir", "oak", "ash", "elm", "box", "box"]
