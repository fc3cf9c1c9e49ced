"""The codebook: what each column of an export holds, as rows of a table."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from feedback.question_types.base import Column, Item, State
from feedback.questionnaire.definition import Questionnaire

# What an export writes instead of an answer. A text that reads the same gets a guard.
MISSING_CODES = {
    State.BLANK: "",
    State.NOT_SHOWN: "[not_shown]",
    State.DECLINED: "[declined]",
}
HEADER = ("column", "item", "type", "question", "holds", "code", "label", "personal", "required")


def rows(questionnaire: Questionnaire) -> Iterator[Sequence[str]]:
    """A header, then a row for each column, each of its codes, and each missing code."""
    yield HEADER
    for item in questionnaire.questions:
        for column in item.columns():
            yield from rows_of(column, item)


def rows_of(column: Column, item: Item) -> Iterator[Sequence[str]]:
    about = (column.name, item.key, item.type, column.label, str(column.dtype))
    flags = (yes_no(item.personal), yes_no(item.required))
    codes = {"": "", **{code: str(label) for code, label in column.labels.items()}}
    words = {
        MISSING_CODES[State.NOT_SHOWN]: _("not shown to this respondent"),
        MISSING_CODES[State.DECLINED]: _("declined to answer"),
    }
    for code, label in (codes | words).items():
        yield (*about, code, label, *flags)


def yes_no(flag: bool) -> str:
    return "yes" if flag else "no"
