"""What a page does as one types: for scripts, the same trees that the server goes by.

One entry for each item that conditions speak of or that depends on some, in the order of
the page, so that one pass decides all: ``static/js/logic.js`` takes it.
"""

from typing import Any

from feedback.question_types.base import Item
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.expressions import Tree, keys_in
from feedback.questionnaire.recall import keys_in as recalled_in
from feedback.questionnaire.translations import readable


def logic_of(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """The entries; none where everybody is asked everything.

    Keys of each: ``item``; ``reads``, the kind of each answer that something depends on;
    ``show``, ``need``, ``offer`` (by code) and ``formula``, each a tree, where it has one;
    ``codes``, all that can be offered.
    """
    wanted = names_asked_for(questionnaire)
    found = (entry(item, questionnaire, wanted) for item in questionnaire.items)
    return [own for own in found if len(own) > 1]


def names_asked_for(questionnaire: Questionnaire) -> set[str]:
    """The answers that some condition or text asks for."""
    by_item = questionnaire.conditions, questionnaire.demands, questionnaire.formulas
    trees = [tree for trees in by_item for tree in trees.values()]
    trees += [tree for offers in questionnaire.offers.values() for tree in offers.values()]
    recalled = (key for _, text in readable(questionnaire.plain()) for key in recalled_in(text))
    return {key for tree in trees for key in keys_in(tree)} | set(recalled)


def entry(item: Item, questionnaire: Questionnaire, wanted: set[str]) -> dict[str, Any]:
    key = item.key
    trees: dict[str, Tree | None] = {
        "show": questionnaire.conditions.get(key),
        "need": questionnaire.demands.get(key),
        "formula": questionnaire.formulas.get(key),
    }
    found: dict[str, Any] = {"item": key}
    found |= {name: tree for name, tree in trees.items() if tree is not None}
    if reads := {name: part.kind for name, part in item.operands().items() if name in wanted}:
        found["reads"] = reads
    if key in questionnaire.offers:
        found |= {"offer": questionnaire.offers[key], "codes": list(item.codes())}
    return found
