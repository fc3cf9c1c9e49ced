"""Options taken over from an earlier item: written out when a questionnaire is read.

::

    - {key: used, type: multiple_choice, text: Which have you used?, choices: [ … ]}
    - {key: best, type: single_choice, text: Which is best?, choices_from: used}
    - {key: why_not, …, choices_from: {item: used, which: not_chosen}}

``best`` gets the options of ``used``, each offered to whoever chose it there, before
those that it has itself; ``rows_from`` does the same for rows. What is stored has only
options and conditions, so nothing after this knows that options can be carried.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from feedback.questionnaire.problems import Place, Problem

Raw: TypeAlias = dict[str, Any]

TAKES = {"choices_from": "choices", "rows_from": "rows"}
CONDITIONS = {"chosen": '{key} includes "{code}"', "not_chosen": 'not ({key} includes "{code}")'}


class CannotCarry(Exception):
    """There is nothing to take over; the message says why and what to do."""


def written_out(data: Any) -> tuple[Any, list[Problem]]:
    """The data with every ``choices_from`` as options, and what cannot be carried."""
    data, problems = deepcopy(data), []
    earlier: dict[str, Raw] = {}
    for place, item in raw_items(data):
        for setting in TAKES.keys() & item.keys():
            try:
                take_over(item, setting, earlier)
            except CannotCarry as error:
                problems.append(Problem((*place, setting), str(error)))
        if isinstance(item.get("key"), str):
            earlier[item["key"]] = item
    return data, problems


def raw_items(data: Any) -> Iterator[tuple[Place, Raw]]:
    """Each item with its place, of data that may be wrong everywhere else."""
    pages = data.get("pages") if isinstance(data, dict) else None
    for p, page in enumerate(pages if isinstance(pages, list) else []):
        items = page.get("items") if isinstance(page, dict) else None
        for i, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield ("pages", p, "items", i), item


def take_over(item: Raw, setting: str, earlier: dict[str, Raw]) -> None:
    """Put the options in place of the setting.

    Raises:
        CannotCarry: the setting names nothing that has options.
    """
    told = item.pop(setting)
    told = {"item": told} if isinstance(told, str) else told
    if not isinstance(told, dict) or set(told) - {"item", "which"}:
        raise CannotCarry("takes the key of an earlier item, or {item: key, which: not_chosen}")
    key, which = told.get("item"), told.get("which", "chosen")
    if not isinstance(which, str) or which not in CONDITIONS:
        raise CannotCarry(f"which is {which!r}; it can be chosen or not_chosen")
    if not isinstance(key, str) or key not in earlier:
        raise CannotCarry(f"{key!r} is no earlier item; check its spelling, or move that item up")
    options = earlier[key].get("choices")
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        raise CannotCarry(f"'{key}' has no choices to take over")
    own = item.get(TAKES[setting], [])
    if isinstance(own, list):  # else it is told of where it stands
        taken = [conditional(option, key, CONDITIONS[which]) for option in options]
        item[TAKES[setting]] = [*taken, *own]


def conditional(option: Raw, key: str, pattern: str) -> Raw:
    condition = pattern.format(key=key, code=option.get("code", ""))
    own = option.get("show_if")
    return option | {"show_if": f"({own}) and {condition}" if own else condition}
