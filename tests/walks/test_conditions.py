"""Conditions in the browser: the same verdict as the server's, while one types."""

from random import Random
from typing import Any

import pytest
from django.templatetags.static import static
from playwright.sync_api import expect

from feedback.models import Response
from feedback.questionnaire.expressions import Tree, evaluate
from tests import build
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
TREES = 5_000
KEYS = ("a", "b", "c", "d")
WORDS = ("", "x", "often", "2026-05-31", "ä", "10", "9")
NUMBERS = (-1.0, 0.0, 0.1, 0.2, 0.3, 2.5, 3.0, 1e15)
EVALUATE = """async ([module, pairs]) => {
  const { evaluate } = await import(module);
  return pairs.map(([tree, values]) => evaluate(tree, values));
}"""


def a_tree(chance: Random, depth: int = 4) -> Tree:
    """A tree of any shape that the checks let pass, and of some that they do not."""
    kind = chance.choice(["logic", "not", "sum", "compare", "in", "includes", "ask", "leaf"])
    if depth == 0 or kind == "leaf":
        return chance.choice([["item", chance.choice(KEYS)], ["value", a_value(chance)]])
    if kind == "logic":
        parts = [a_tree(chance, depth - 1) for _ in range(chance.randint(2, 3))]
        return [chance.choice(["and", "or"]), *parts]
    if kind == "not":
        return ["not", a_tree(chance, depth - 1)]
    if kind == "ask":
        return [chance.choice(["answered", "count"]), chance.choice(KEYS)]
    if kind == "sum":
        return [chance.choice("+-*/"), a_number(chance, depth - 1), a_number(chance, depth - 1)]
    if kind == "in":
        some = [["value", chance.choice(WORDS)] for _ in range(chance.randint(1, 3))]
        return ["in", ["item", chance.choice(KEYS)], *some]
    if kind == "includes":
        return ["includes", ["item", chance.choice(KEYS)], ["value", chance.choice(WORDS)]]
    return compared(chance, depth)


def compared(chance: Random, depth: int) -> Tree:
    sign = chance.choice(["=", "!=", "<", "<=", ">", ">="])
    if chance.random() < 0.5:
        return [sign, a_number(chance, depth - 1), a_number(chance, depth - 1)]
    return [sign, ["value", chance.choice(WORDS)], ["value", chance.choice(WORDS)]]


def a_number(chance: Random, depth: int) -> Tree:
    if depth <= 0 or chance.random() < 0.6:
        return chance.choice([["value", chance.choice(NUMBERS)], ["item", "n"], ["item", "m"]])
    return [chance.choice("+-*/"), a_number(chance, depth - 1), a_number(chance, depth - 1)]


def a_value(chance: Random) -> Any:
    return chance.choice([chance.choice(WORDS), chance.choice(NUMBERS), True, False])


def an_answer(chance: Random) -> Any:
    several = [chance.choice(WORDS) for _ in range(chance.randint(1, 3))]
    return chance.choice([None, several, a_value(chance)])


def test_browser_and_server_agree_on_thousands_of_conditions(scripted: Visitor) -> None:
    """Who is spared a question by the browser is spared it by the server, and the reverse."""
    chance = Random(20261122)
    scripted.page.goto("/")
    pairs = []
    for _tree in range(TREES):
        numbers = {key: chance.choice([None, *NUMBERS]) for key in ("n", "m")}
        pairs.append((a_tree(chance), {key: an_answer(chance) for key in KEYS} | numbers))

    in_browser = scripted.page.evaluate(EVALUATE, [static("js/expressions.js"), pairs])

    on_server = [evaluate(tree, values) for tree, values in pairs]
    odd = [
        (pair, mine, theirs)
        for pair, mine, theirs in zip(pairs, on_server, in_browser, strict=True)
        if mine != theirs or isinstance(mine, bool) != isinstance(theirs, bool)
    ]
    assert odd == []
    assert len({str(value) for value in on_server}) > 20  # control: not all of them alike


def test_a_question_appears_when_it_is_asked(scripted: Visitor) -> None:
    """And goes with the answer it hung on, together with what hung on it."""
    build.survey(
        [
            {"key": "own", "type": "yes_no", "text": "Do you own a dog?"},
            {"key": "dog", "type": "short_text", "text": "Its name?", "show_if": "own"},
            {"key": "rex", "type": "rating", "text": "Rex?", "show_if": 'dog = "Rex"'},
            {"key": "n", "type": "number", "text": "How many?", "places": 1},
            {"key": "many", "type": "short_text", "text": "So many?", "show_if": "n >= 2.5"},
        ],
        slug="dogs-walk",
    )
    page = scripted.page
    page.goto("/s/dogs-walk/")
    expect(page.locator("[name=dog]")).to_be_hidden()

    page.check("[name=own][value=yes]")
    expect(page.locator("[name=dog]")).to_be_visible()
    page.fill("[name=dog]", "Rex")
    expect(page.locator("[name=rex] >> nth=0")).to_be_visible()
    page.fill("[name=n]", "2,5")
    expect(page.locator("[name=many]")).to_be_visible()
    page.check("[name=own][value=no]")
    expect(page.locator("[name=dog]")).to_be_hidden()
    expect(page.locator("[name=rex] >> nth=0")).to_be_hidden()
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")

    assert Response.objects.get(survey__slug="dogs-walk").answers == {
        "own": False,
        "n": 2.5,
        "many": None,
    }
    assert scripted.errors == []
