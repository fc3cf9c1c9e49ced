"""What is the same across revisions: items pooled by key, so that answers add up.

A key keeps its type for good (``authoring/publish.py`` sees to it); its wording, its
options and its range may change. The newest wording stands for all.
"""

from collections.abc import Iterable

from feedback.question_types.base import Item
from feedback.questionnaire.definition import Questionnaire


def pooled(newest_first: Iterable[Questionnaire]) -> list[Item]:
    """Every question ever asked, in the newest order, the dropped ones last.

    Each takes along the options of earlier revisions, so that no stored code is unknown.
    """
    items: dict[str, Item] = {}
    for questionnaire in newest_first:
        for item in questionnaire.questions:
            newer = items.get(item.key)
            items[item.key] = newer.pool(item) if newer else item
    return list(items.values())
