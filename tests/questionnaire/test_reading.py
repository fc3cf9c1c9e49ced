"""Stored answers read by people: what changed from one version to the next, in words."""

from typing import Any

import pytest

from feedback.question_types.columns import State
from feedback.questionnaire.reading import Whole, differences, orders_read
from tests import build

TOWN = build.questionnaire()
BEFORE = {"name": True, "visit": "often", "uses": None, "stars": 3, "wish": "Benches"}


def changes(after: dict[str, Any], *, was: str = "Ada", now: str = "Ada") -> dict[str, list[str]]:
    """The lines before and after of each changed item, by key, with personal ones shown."""
    before = Whole(BEFORE, {"name": was})
    found = differences(TOWN, before, Whole(BEFORE | after, {"name": now}))
    return {
        d.item.key: [", ".join(map(str, r.lines)) or r.state.name for r in (d.before, d.after)]
        for d in found
    }


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({}, {}),
        ({"wish": "Trees"}, {"wish": ["Benches", "Trees"]}),
        ({"visit": "never"}, {"visit": ["Often", "Never"]}),
        ({"visit": None}, {"visit": ["Often", "BLANK"]}),
        ({"uses": ["walk"]}, {"uses": ["BLANK", "To walk"]}),
        ({"stars": {"state": "declined"}}, {"stars": ["3", "DECLINED"]}),
        ({"visit": "other", "visit__other": "Mondays"}, {"visit": ["Often", "Otherwise, Mondays"]}),
    ],
)
def test_a_change_is_told_in_words(after: dict[str, Any], told: dict[str, list[str]]) -> None:
    """By question, before and after; what is the same is left out."""
    assert changes(after) == told


def test_changes_come_in_the_order_of_the_questionnaire() -> None:
    """As the page above them has it."""
    assert list(changes({"wish": "Trees", "visit": "never", "stars": 1})) == [
        "visit",
        "stars",
        "wish",
    ]


def test_what_was_not_asked_before_is_told_as_such() -> None:
    """A change may lead to further questions."""
    without = Whole({k: v for k, v in BEFORE.items() if k != "stars"}, {})

    (change,) = differences(TOWN, without, Whole(BEFORE, {}))

    assert (change.before.state, change.after.state) == (State.NOT_SHOWN, State.ANSWERED)


def test_of_covered_answers_only_coming_and_going_is_told() -> None:
    """Without the personal answers nobody can know more; with them it is told."""
    covered, gone = Whole(BEFORE, {}), Whole(BEFORE | {"name": None}, {})

    assert differences(TOWN, covered, covered) == []
    (change,) = differences(TOWN, covered, gone)
    assert change.before.kept_apart and change.after.blank
    assert changes({}, was="Ada", now="Eva") == {"name": ["Ada", "Eva"]}


def test_orders_are_read_by_the_words_of_the_options() -> None:
    """An option of which nothing is known any more by its code."""
    ((item, words),) = orders_read(TOWN, {"visit": ["never", "often", "gone"], "lost": ["a"]})

    assert (item.key, words) == ("visit", ["Never", "Often", "gone"])
