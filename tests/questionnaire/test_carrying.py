"""Options taken over from an earlier item: which, to whom, and what cannot be."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.carrying import written_out
from feedback.questionnaire.definition import check
from tests import build

USED: dict[str, Any] = {
    "key": "used",
    "type": "multiple_choice",
    "text": "Which have you used?",
    "choices": [{"code": "pen", "text": "Pen"}, {"code": "ink", "text": "Ink"}],
}
BEST: dict[str, Any] = {"key": "best", "type": "single_choice", "text": "Which is best?"}
GRID: dict[str, Any] = {
    "key": "good",
    "type": "grid",
    "text": "How good is each?",
    "choices": [{"code": "yes", "text": "Good"}, {"code": "no", "text": "Bad"}],
}


def told(*items: dict[str, Any]) -> list[str]:
    data = {"slug": "town", "title": "The town", "pages": [{"items": [*items]}]}
    return [str(problem) for problem in check(data)[1]]


def answered(carried: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The stored answers to USED and an item that carries from it."""
    data = {"slug": "town", "title": "The town", "pages": [{"items": [USED, carried]}]}
    questionnaire, problems = check(data)
    assert questionnaire is not None, problems
    given = {name: v if isinstance(v, list) else [v] for name, v in fields.items()}
    return dict(clean_answers(questionnaire, MultiValueDict(given)).answers)


def test_only_what_was_chosen_is_offered() -> None:
    """Who never used ink cannot find it best; the option is refused, not silently dropped."""
    best = BEST | {"choices_from": "used"}

    assert answered(best, used=["pen"], best="pen")["best"] == "pen"
    with pytest.raises(ValidationError):
        answered(best, used=["pen"], best="ink")


def test_what_was_not_chosen_is_offered_the_other_way_round() -> None:
    """Asking why something is not used makes sense of the rest alone."""
    why = BEST | {"choices_from": {"item": "used", "which": "not_chosen"}}

    assert answered(why, used=["pen"], best="ink")["best"] == "ink"
    with pytest.raises(ValidationError):
        answered(why, used=["pen"], best="pen")


def test_an_item_that_offers_nothing_is_not_asked() -> None:
    """Nothing was chosen, so there is nothing to choose from."""
    assert "best" not in answered(BEST | {"choices_from": "used"})


def test_own_options_come_after_those_taken_over() -> None:
    """And are offered to everybody."""
    best = BEST | {"choices_from": "used", "choices": [{"code": "none", "text": "None"}]}

    assert answered(best, best="none")["best"] == "none"
    data, _problems = written_out({"pages": [{"items": [USED, best]}]})
    assert [c["code"] for c in data["pages"][0]["items"][1]["choices"]] == ["pen", "ink", "none"]


def test_rows_are_taken_over_as_options_are() -> None:
    """A grid asks only of what its reader knows."""
    grid = GRID | {"rows_from": "used"}

    assert answered(grid, used=["pen"], good__pen="yes") == {
        "used": ["pen"],
        "good": ["pen"],
        "good__pen": "yes",
    }


def test_an_option_keeps_its_own_condition() -> None:
    """Both must hold: it was offered there, and it was chosen there."""
    rare = {"code": "ink", "text": "Ink", "show_if": "pro or beginner"}
    used = USED | {"choices": [USED["choices"][0], rare]}
    data, _problems = written_out({"pages": [{"items": [used, BEST | {"choices_from": "used"}]}]})

    (_pen, ink) = data["pages"][0]["items"][1]["choices"]
    assert ink["show_if"] == '(pro or beginner) and used includes "ink"'


def test_the_authors_data_stay_as_they_were() -> None:
    """Their file is shown back to them with its problems."""
    best = BEST | {"choices_from": "used"}
    written_out({"pages": [{"items": [USED, best]}]})

    assert best["choices_from"] == "used"
    assert "choices" not in best
    assert "show_if" not in USED["choices"][0]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (3, "takes the key of an earlier item, or {item: key, which: not_chosen}"),
        ({"item": "used", "some": 1}, "takes the key of an earlier item"),
        ({"item": "used", "which": "both"}, "which is 'both'; it can be chosen or not_chosen"),
        ({"item": "used", "which": ["x"]}, "which is ['x']; it can be chosen or not_chosen"),
        ("later", "'later' is no earlier item; check its spelling, or move that item up"),
        ("best", "'best' is no earlier item"),
        ({"item": 3}, "3 is no earlier item"),
        ({}, "None is no earlier item"),
        ("said", "'said' has no choices to take over"),
    ],
)
@pytest.mark.parametrize("name", ["choices_from", "rows_from"])
def test_what_cannot_be_carried_is_told_at_its_place(name: str, setting: Any, message: str) -> None:
    """An author reads which setting is wrong and what it can be."""
    said = {"key": "said", "type": "long_text", "text": "Anything?"}
    later = {**USED, "key": "later"}

    problems = told(USED, said, BEST | {name: setting}, later)

    assert any(p.startswith(f"pages[0].items[2].{name}: ") and message in p for p in problems)


def test_choices_that_are_wrong_themselves_are_no_fault_of_the_program() -> None:
    """The item that has them is told of; the other cannot take them over."""
    broken = {**USED, "choices": ["pen"]}

    problems = told(broken, BEST | {"choices_from": "used"})

    assert any("has no choices to take over" in problem for problem in problems)
    assert build.questionnaire([USED]).items  # control: sound ones are sound


@pytest.mark.parametrize("own", [None, 3, "pen", {"code": "pen"}])
def test_own_options_that_are_no_list_are_told_of_where_they_stand(own: Any) -> None:
    """They are wrong whatever is taken over besides."""
    problems = told(USED, BEST | {"choices_from": "used", "choices": own})

    assert problems == ["pages[0].items[1].choices: must be a list"]
