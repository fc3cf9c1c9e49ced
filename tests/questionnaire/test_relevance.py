"""Conditions where they stand: what they may ask for, and how they read in words."""

from typing import Any

import pytest

from feedback.authoring.publish import UnsafeChange, publish
from feedback.questionnaire.definition import check
from feedback.questionnaire.relevance import in_words
from tests import build

ITEMS: list[dict[str, Any]] = [
    {"key": "intro", "type": "statement", "text": "Hello"},
    *build.TOWN,
    {"key": "own", "type": "yes_no", "text": "Do you own a dog?"},
    {"key": "day", "type": "date", "text": "Since when?"},
    {"key": "hour", "type": "time", "text": "At what time?"},
    {"key": "home", "type": "country", "text": "Where do you live?"},
]


def problems_of(condition: str, *, later: str = "late") -> list[str]:
    last = [
        {"key": "asked", "type": "short_text", "text": "?", "show_if": condition},
        {"key": later, "type": "rating", "text": "?"},
    ]
    data = {"slug": "town", "title": "T", "pages": [{"items": [*ITEMS, *last]}]}
    return [str(problem) for problem in check(data)[1]]


@pytest.mark.parametrize(
    ("condition", "piece"),
    [
        ("nothing = 1", "'nothing', which is no item"),
        ("late = 1", "'late', which comes later"),
        ("asked = 1", "'asked', which comes later"),
        ("answered(intro)", "asks nothing itself"),
        ('visit = "sometimes"', "it can be often, never, other"),
        ('uses = "walk"', "use includes"),
        ('stars includes "often"', "use = instead"),
        ('uses includes "swim"', "it can be walk, rest"),
        ('stars = "4"', "compares a number with a text"),
        ("visit > 4", "compares a code with a number"),
        ('visit < "often"', "use = or !="),
        ("own = 1", "compares a truth with a number"),
        ('own = "yes"', "use true or false"),
        ('day > "31.5.2026"', "write it 2026-05-31"),
        ('hour > "7"', "write it 14:05"),
        ("stars", "gives no yes or no"),
        ("stars + 1", "gives no yes or no"),
        ("own and stars", "joins with and, or, not"),
        ("wish + 1 > 2", "not both numbers"),
        ("count(visit) > 1", "use answered(visit)"),
        ('home = "Norway"', "it can be"),
        ("stars >", "no condition at the end"),
    ],
)
def test_a_condition_that_means_nothing_is_refused_with_its_path(
    condition: str, piece: str
) -> None:
    """Found when the questionnaire is read, not by the first respondent."""
    (problem,) = problems_of(condition)

    assert piece in problem
    assert "pages[0].items[10].show_if: the condition" in problem


@pytest.mark.parametrize(
    "condition",
    [
        'visit = "often" or visit in ("never", "other")',
        'uses includes "walk" and count(uses) < 2',
        "stars * 2 > 4 and own",
        'day >= "2026-01-01" and hour < "12:00" and home != "NO"',
        'wish = "More trees" or not answered(name)',
        '"often" = visit',
        "visit = visit",
    ],
)
def test_a_condition_that_means_something_is_taken(condition: str) -> None:
    """The control: not everything is refused."""
    assert problems_of(condition) == []


def test_a_page_and_its_item_must_both_be_asked() -> None:
    """A condition of a page stands before each of its items' own."""
    pages = [
        {"items": ITEMS},
        {
            "show_if": "own",
            "items": [
                {"key": "dog", "type": "short_text", "text": "?"},
                {"key": "cat", "type": "short_text", "text": "?", "show_if": "stars > 1"},
            ],
        },
    ]
    questionnaire, problems = check({"slug": "town", "title": "T", "pages": pages})

    assert problems == [] and questionnaire is not None
    assert set(questionnaire.conditions) == {"dog", "cat"}
    assert questionnaire.conditions["dog"] == ["item", "own"]
    assert questionnaire.conditions["cat"][0] == "and"


@pytest.mark.django_db
def test_publishing_refuses_it_as_well() -> None:
    """Not every questionnaire comes from a file."""
    with pytest.raises(UnsafeChange, match="'nothing', which is no item"):
        publish(build.questionnaire([{**build.TOWN[0], "show_if": "nothing = 1"}]))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('visit = "often"', "“How often do you visit?” is “Often”"),
        ("own", "you said yes to “Do you own a dog?”"),
        ("not answered(wish)", "not: you answered “What do you wish for?”"),
        ("stars >= 3 and (own or stars = 1)", "“How good is it?” is at least 3 and (you said"),
        ('uses includes "walk"', "your answers to “What for?” include “To walk”"),
        ('visit in ("often", "never")', "“How often do you visit?” is “Often” or “Never”"),
        ("count(uses) > 1", "the number of your answers to “What for?” is more than 1"),
        ("stars + 1 < 4", "“How good is it?” + 1 is less than 4"),
        ("own = false", "“Do you own a dog?” is no"),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: str, words: str) -> None:
    """Whoever has no scripts judges by eye whether a question is theirs."""
    asked = {"key": "asked", "type": "short_text", "text": "?", "show_if": condition}
    questionnaire = build.questionnaire([*ITEMS, asked])

    assert words in in_words(questionnaire.conditions["asked"], questionnaire.by_key)
