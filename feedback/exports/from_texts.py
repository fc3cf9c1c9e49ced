"""Variables that stand beside open answers: the codes people gave them, the names in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, Expression, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from feedback.exports import cells
from feedback.models import Code, Coded, NamedIn, OpenQuestion, Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import Dtype, Message

CODES, NAMES = "__codes", "__names"  # end the names of such columns
Told = tuple[str, str, Expression, dict[str, Message]]  # name, label, value, labels


def beside(survey: Survey, items: Sequence[Item]) -> Iterator[Told]:
    """One column for each open question that has a code frame, and one where names are found."""
    frames: dict[str, dict[str, Message]] = {}
    for code in Code.objects.filter(survey=survey):
        frames.setdefault(code.part, {})[str(code.number)] = code.name
    questions = OpenQuestion.objects.filter(survey=survey).exclude(catalogue="")
    naming = set(questions.values_list("part", flat=True))
    for column in (column for item in items for column in item.columns()):
        part, personal = column.part, column.personal
        if column.dtype is not Dtype.TEXT or personal:
            continue
        if part in frames:
            label = _("Codes of: %(question)s") % {"question": column.label}
            yield part + CODES, label, codes_of(survey, part), frames[part]
        if part in naming:
            label = _("Names in: %(question)s") % {"question": column.label}
            yield part + NAMES, label, names_of(survey, part), {}


def codes_of(survey: Survey, part: str) -> Expression:
    given = Coded.objects.filter(survey=survey, part=part, read__counts=True)
    number = Cast("code__number", CharField())
    return in_one_cell(given, number, order_by="code__number")


def names_of(survey: Survey, part: str) -> Expression:
    """What is counted: each family once."""
    found = NamedIn.objects.filter(survey=survey, part=part)
    return in_one_cell(found, "family", distinct=True)


def in_one_cell(rows: QuerySet[Any], what: Any, **how: Any) -> Expression:
    """Joined as tags are; empty where there is none."""
    joined = (
        rows.filter(response=OuterRef("pk"))
        .order_by()
        .values("response")
        .annotate(joined=StringAgg(what, cells.BETWEEN, **how))
        .values("joined")
    )
    return Cast(Subquery(joined), TextField())
