"""What another tool's columns are: checked as the rest of a questionnaire, and seen by nobody."""

from typing import Any

import pytest
from django.test import Client

from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.readers.document import read
from tests import build

PLAIN = """\
slug: town
title: The town
pages:
  - items:
      - {key: clean, type: rating, text: "How clean?"}
      - key: tools
        type: multiple_choice
        text: "Tools?"
        other: "Another"
        choices: [{code: saw, text: Saw}, {code: axe, text: Axe}]
"""


def with_columns(*columns: str, **more: str) -> str:
    said = "".join(f"  {name}: {value}\n" for name, value in more.items())
    lines = "".join(f"    - {column}\n" for column in columns)
    return f"{PLAIN}imported_from:\n{said}  columns:\n{lines}"


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("{header: a, item: dirty}", "'dirty' is no item here"),
        ("{header: a}", "tell one of `item`, `column` and `ignored: true`"),
        ("{header: a, item: clean, ignored: true}", "tell one of"),
        ("{header: a, column: received_at, separator: x}", "`separator` goes with `item`"),
        ("{header: a, item: tools, option: spade}", "tools has no such part"),
        ("{header: a, item: clean, row: day}", "clean has no such part"),
        ("{header: a, item: clean, other: true}", "clean has no such part"),
        ("{header: a, item: tools, option: saw, other: true}", "`other` is a text of the whole"),
        ("{header: a, column: status}", "should be"),
        ("{header: a, colour: red}", "is not a setting here"),
        ("{header: a, nth: 0, ignored: true}", "greater than or equal to 1"),
    ],
)
def test_a_column_that_makes_no_sense_is_told_with_its_line(column: str, told: str) -> None:
    """It is written by hand as often as by us."""
    questionnaire, problems = read(with_columns("{header: z, ignored: true}", column))

    assert questionnaire is None
    (problem,) = problems
    assert told in str(problem)
    assert problem.line == 14


def test_two_columns_are_not_one_thing() -> None:
    """The second would overwrite the first without a word."""
    twice = "{header: a, item: tools}", "{header: b, item: tools, option: saw}"

    _questionnaire, problems = read(with_columns(*twice))

    assert "an earlier column is tools__saw already" in str(problems[0])


def test_a_zone_that_is_none_is_told() -> None:
    """Times would be hours off."""
    _questionnaire, problems = read(with_columns("{header: a, ignored: true}", time_zone="Mars"))

    assert "“Mars” is no time zone" in str(problems[0])


def test_a_questionnaire_without_it_is_the_same_as_ever() -> None:
    """Digests of what is published must not change by what it does not have."""
    questionnaire = read(PLAIN)[0]

    assert questionnaire is not None
    assert "imported_from" not in questionnaire.definition()
    again = Questionnaire.parse(questionnaire.definition() | {"imported_from": None})
    assert again.digest == questionnaire.digest


def test_it_is_kept_in_the_definition() -> None:
    """It comes back from the database as it was written."""
    questionnaire = read(with_columns("{header: Some, nth: 2, item: clean}"))[0]

    assert questionnaire is not None
    told: dict[str, Any] = questionnaire.definition()["imported_from"]
    assert told == {"columns": [{"header": "Some", "nth": 2, "item": "clean"}]}
    assert Questionnaire.parse(questionnaire.definition()).digest == questionnaire.digest


@pytest.mark.django_db
def test_respondents_never_see_it(client: Client) -> None:
    """Headers of another tool may name what nobody was asked here."""
    items = [{"key": "clean", "type": "rating", "text": "How clean?"}]
    told = {"columns": [{"header": "Secret header", "ignored": True}]}
    build.survey(items, imported_from=told)

    assert b"Secret header" not in client.get("/s/town/").content
