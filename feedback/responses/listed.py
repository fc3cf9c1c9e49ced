"""The columns a list of responses can show: those of the response, and one a question."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import Answers, Item
from feedback.question_types.columns import Message
from feedback.questionnaire.reading import Reading, read

# No key of an item holds a dot, so no question is ever named like an own column.
ANSWER = "answer."
OWN: Mapping[str, Message] = {
    "received": _("Received"),
    "status": _("Status"),
    "tags": _("Tags"),
    "assignee": _("Assigned to"),
    "screening": _("Screening"),
    "edited": _("Changed"),
    "notes": _("Notes"),
    "language": _("Language"),
    "revision": _("Revision"),
    "source": _("Source"),
    "seconds": _("Seconds"),
}
USUAL = ("received", "status")
USUAL_LAST = ("tags",)
TEXTS = 2  # questions that are shown unless one chose otherwise


def offered(items: Sequence[Item]) -> dict[str, Message]:
    """Every column there is, by name; personal answers are none, as lists never show them."""
    shown = (item for item in items if item.asks and not item.personal)
    return dict(OWN) | {ANSWER + item.key: item.text for item in shown}


def usual(items: Sequence[Item]) -> list[str]:
    """What is shown until somebody chooses: when, how far, and what was written."""
    readable = [item for item in items if item.asks and not item.personal]
    written = [item for item in readable if item.in_sentences]
    shown = (written or readable)[:TEXTS]
    return [*USUAL, *(ANSWER + item.key for item in shown), *USUAL_LAST]


def chosen(names: Sequence[str], items: Sequence[Item]) -> dict[str, Message]:
    """The columns of these names in their order, without those that are no more.

    The usual ones where none is left.
    """
    there = offered(items)
    kept = [name for name in dict.fromkeys(names) if name in there]
    return {name: there[name] for name in kept or usual(items)}


def parts_shown(names: Container[str], items: Sequence[Item]) -> set[str]:
    """The parts of answers with text in them that stand in these columns."""
    return {part for item in items if ANSWER + item.key in names for part in item.text_parts}


def moved(names: Sequence[str], name: str, *, by: int) -> list[str]:
    """The names with one of them moved; at either end it stays."""
    order = [other for other in names if other != name]
    place = min(max(list(names).index(name) + by, 0), len(order))
    return [*order[:place], name, *order[place:]]


def asked(names: Iterable[str], items: Sequence[Item]) -> list[Item]:
    """The questions among the columns of these names, in their order."""
    there = {ANSWER + item.key: item for item in items}
    return [there[name] for name in names if name in there]


def readings(answers: Answers, questions: Iterable[Item]) -> Iterator[Reading]:
    """What the answers of one response say to each of these."""
    return (read(item, answers, {}) for item in questions)
