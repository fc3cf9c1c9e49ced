"""Conditions: what may be written, and what it means for answers that are there or not."""

from typing import Any

import pytest

from feedback.questionnaire.expressions import (
    DEEPEST,
    BadExpression,
    evaluate,
    holds,
    keys_in,
    parse,
)

ANSWERS: dict[str, Any] = {
    "visit": "often",
    "uses": ["walk", "rest"],
    "stars": 4,
    "day": "2026-05-31",
    "own": True,
    "blank": None,
    "declined": {"state": "refused"},
}


@pytest.mark.parametrize(
    "text",
    [
        'visit = "often"',
        'visit != "never"',
        'visit in ("never", "often")',
        'uses includes "walk"',
        "stars >= 4 and stars < 5",
        "stars * 2 - 1 = 7",
        "stars - 1 - 1 = 2",
        "-1 < stars",
        'day > "2026-01-01"',
        "own",
        "own = true",
        "not own or own",
        "count(uses) = 2",
        "count(blank) = 0",
        "answered(visit) and not answered(blank) and not answered(absent)",
        'not (blank = "x")',
        "own or own and not own",
    ],
)
def test_a_condition_that_holds(text: str) -> None:
    """One line for each thing the language can say."""
    assert holds(parse(text), ANSWERS)


@pytest.mark.parametrize(
    "text",
    [
        'visit = "never"',
        'blank = "x"',
        'blank != "x"',
        'absent != "x"',
        'declined != "x"',
        "absent + 1 > 0",
        "stars / 0 > 0",
        'blank in ("x")',
        'blank includes "x"',
        "(own or own) and not own",
        "blank",
    ],
)
def test_a_condition_that_does_not_hold(text: str) -> None:
    """What is missing makes no comparison true; 'and' binds tighter than 'or'."""
    assert not holds(parse(text), ANSWERS)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("", "at the end"),
        ("visit =", "at the end"),
        ("visit == 1", "at character 8"),
        ("visit = 'often'", "at character 9"),
        ("and", "at character 1"),
        ("Visit = 1", "at character 1"),
        ("__import__(os)", "at character 1"),
        ("visit.pk = 1", "at character 6"),
        ('uses includes "a" "b"', "at character 19"),
        ("a = 1" + " and a = 1" * 300, "at most 2,000"),
        ("not " * (DEEPEST + 1) + "own", "nested more than"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text: str, piece: str) -> None:
    """An author sees where to look; nothing else is ever run."""
    with pytest.raises(BadExpression, match=piece):
        parse(text)


def test_words_that_begin_like_operators_are_names() -> None:
    """ "android" begins with and, "nothing" with not, "order" with or."""
    tree = parse("android = 1 and nothing = 2 or order = 3 and index = 4 and trueness = 5")

    assert list(keys_in(tree)) == ["android", "nothing", "order", "index", "trueness"]


def test_whole_and_decimal_numbers_are_one_kind() -> None:
    """A browser knows no other, so the server does not either."""
    assert evaluate(parse("stars / 3"), ANSWERS) == 4 / 3
    assert holds(parse("stars = 4.0"), ANSWERS)
