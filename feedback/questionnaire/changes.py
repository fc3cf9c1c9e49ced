"""What is the same across revisions: items pooled by key, so that answers add up.

A key keeps its type for good (``authoring/publish.py`` sees to it); its wording, its
options and its range may change. The newest wording stands for all.
"""

from collections.abc import Iterable, Mapping

from feedback.question_types.base import Item, operands
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.recall import filled, keys_in, words_for


def pooled(newest_first: Iterable[Questionnaire]) -> list[Item]:
    """Every question ever asked, in the newest order, the dropped ones last.

    Each takes along the options of earlier revisions, so that no stored code is unknown.
    """
    items: dict[str, Item] = {}
    for questionnaire in newest_first:
        for item in questionnaire.questions:
            newer = items.get(item.key)
            items[item.key] = newer.pool(item) if newer else item
    known = operands(items.values())
    return [named(item, known) for item in items.values()]


def named(item: Item, known: Mapping[str, Item]) -> Item:
    """The item with its question as it reads for all: where an answer is recalled, by name."""
    if not keys_in(item.text):
        return item
    text = filled(item.text, words_for(known, {}))
    return type(item).model_construct(**(dict(item) | {"text": text}))
