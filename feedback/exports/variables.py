"""The variables of an export: the response's own, then those of every question.

One list for all formats and the codebook. Each has its cell for text files, and its
typed value beside its state for programs that know types.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    Case,
    CharField,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _

from feedback.exports import cells
from feedback.exports.choices import CODES, LABELS, OPEN_TEXT, PARADATA, REVIEW, WITHDRAWN, Choices
from feedback.exports.from_texts import beside
from feedback.models import Note, Reason, Status, Survey, Tag, ThemeOf, ThemeSet
from feedback.question_types.base import Item
from feedback.question_types.columns import Column, Dtype, Message
from feedback.questionnaire.codebook import RESPONSE_COLUMNS, guarded

LABEL = "__label"  # ends the name of a column that has the texts beside one of codes
# The cell of a personal answer, before it is decrypted.
APART = Value("answered", output_field=TextField())


@dataclass(frozen=True)
class Variable:
    """One column of a file.

    Attributes:
        cell: what a text file has there: the guarded value or a missing code.
        value: typed, NULL unless answered. Of a personal variable both say only ``APART``.
        state: one of ``cells.ALL_STATES``; None for what always has a value.
        labels: of the codes in it, in the language of the file; empty for others.
        part: the entry of ``answers`` or ``identity`` that it reads; "" for the response's own.
        item: the question that it belongs to; None for the response's own.
        worded: whether a personal code is to be told by its label, once it is opened.
        several: whether a cell may hold several codes.
    """

    name: str
    label: str
    dtype: Dtype
    cell: Expression | F
    value: Expression | F
    state: Expression | None = None
    labels: Mapping[str, Message] = field(default_factory=dict)
    part: str = ""
    item: Item | None = None
    worded: bool = False
    several: bool = False

    @property
    def personal(self) -> bool:
        return self.item is not None and self.item.personal


def variables(survey: Survey, items: Sequence[Item], choices: Choices) -> list[Variable]:
    """All that the file is to have, in order."""
    own = [one for one in own_variables(survey, choices) if wanted(one.name, choices)]
    asked = [item for item in items if wanted(item.key, choices)]
    found = [*own, *(one for item in asked for one in of_item(item, choices))]
    found += themes(survey, asked, choices)
    return found if REVIEW in choices.left_out else [*found, *given_to(survey, asked)]


def wanted(name: str, choices: Choices) -> bool:
    """Without its time a withdrawn response would look like one with everything left blank."""
    always = {"response", "withdrawn_at"} if WITHDRAWN in choices.added else {"response"}
    return not choices.only or name in choices.only or name in always


# -- of the response itself ------------------------------------------------------------


def own_variables(survey: Survey, choices: Choices) -> Iterator[Variable]:
    values: Mapping[str, Expression | F] = {
        "response": F("id"),
        "received_at": cells.plain_moment("received_at"),
        "withdrawn_at": Value(None, output_field=CharField()),
        "revision": F("revision__number"),
        "language": F("language"),
        "source": F("source"),
        "seconds": F("seconds"),
        "status": status(),
        "tags": tags_of(survey),
        "reasons": cells.joined("reasons"),
        "assignee": F("assignee__username"),
        "notes": notes_of(survey),
        "edits": F("edits"),
        "edited_at": cells.plain_moment("edited_at"),
        "paradata": Cast(F("paradata"), TextField()),
    }
    for name, value in values.items():
        if not left_out(name, choices):
            kind, label = RESPONSE_COLUMNS[name]
            cell = own_cell(name, value, Dtype(kind), choices)
            labels = OWN_LABELS.get(name, {})
            many = name == "reasons"
            yield Variable(name, str(label), Dtype(kind), cell, value, labels=labels, several=many)


def own_cell(name: str, value: Expression | F, dtype: Dtype, choices: Choices) -> Expression | F:
    if dtype is Dtype.MOMENT and isinstance(value, Func):
        return cells.moment(name, choices.zone)
    return cells.text_cell(value, dtype) if dtype is Dtype.TEXT else value


OWN_LABELS: Mapping[str, Mapping[str, Message]] = {
    "status": {status.name.lower(): status.label for status in Status},
    "reasons": dict(Reason.choices),
}
REVIEWED = ("status", "tags", "reasons", "assignee", "notes")
TOLD_OF = ("edits", "edited_at", "paradata")


def left_out(name: str, choices: Choices) -> bool:
    if name == "withdrawn_at":
        return WITHDRAWN not in choices.added
    if name in REVIEWED:
        return REVIEW in choices.left_out
    return name in TOLD_OF and PARADATA not in choices.added


def status() -> Expression:
    return Case(
        *(When(status=status, then=Value(status.name.lower())) for status in Status),
        output_field=CharField(),
    )


def tags_of(survey: Survey) -> Expression:
    """The tags of a response in one cell; not looked up where the survey has none."""
    if not Tag.objects.filter(survey=survey).exists():
        return Value("", output_field=CharField())
    names = (
        Tag.objects.filter(responses=OuterRef("pk"))
        .order_by()
        .values("responses__pk")
        .annotate(names=StringAgg("name", cells.BETWEEN, order_by="name"))
        .values("names")
    )
    return Coalesce(Subquery(names), Value(""), output_field=TextField())


def notes_of(survey: Survey) -> Expression:
    """The notes on a response in one cell, each with its author; likewise."""
    if not Note.objects.filter(response__survey=survey).exists():
        return Value("", output_field=CharField())
    author = Coalesce("author__username", Value("–"), output_field=TextField())
    told = Concat(author, Value(": "), "text", output_field=TextField())
    texts = (
        Note.objects.filter(response=OuterRef("pk"))
        .order_by()
        .values("response")
        .annotate(texts=StringAgg(told, "\n\n", order_by="pk", output_field=TextField()))
        .values("texts")
    )
    return Coalesce(Subquery(texts), Value(""), output_field=TextField())


def given_to(survey: Survey, items: Sequence[Item]) -> Iterator[Variable]:
    """What staff made of open answers: it is theirs, so it is one of the response's own."""
    for name, label, value, labels in beside(survey, items):
        kind = Dtype.CODE if labels else Dtype.TEXT
        cell = cells.text_cell(value, kind)
        yield Variable(name, label, kind, cell, value, labels=labels, several=bool(labels))


def themes(survey: Survey, asked: Sequence[Item], choices: Choices) -> Iterator[Variable]:
    """The theme of each open answer, by number and by name; those merged under their last."""
    if OPEN_TEXT in choices.left_out:
        return
    texts = {item.key: item.text for item in asked if not item.personal}
    sets = ThemeSet.objects.filter(survey=survey, item__in=texts, fitted_at__isnull=False)
    for kept in sets.defer("model").order_by("item"):
        of = ThemeOf.objects.filter(set=kept, response=OuterRef("pk"))
        # Nothing is merged into what was merged itself, so one step leads to the last.
        numbers = of.values(n=Coalesce("theme__merged_into__number", "theme__number"))
        names = of.values(n=Coalesce("theme__merged_into__name", "theme__name"))
        number: Expression = Cast(Subquery(numbers), IntegerField())
        name: Expression = Cast(Subquery(names), TextField())
        question = {"question": texts[kept.item]}
        label = _("Theme, by number: %(question)s") % question
        yield Variable(f"{kept.item}__theme", label, Dtype.INTEGER, number, number)
        label, cell = _("Theme: %(question)s") % question, cells.guarded_in_sql(name)
        yield Variable(f"{kept.item}__theme_name", label, Dtype.TEXT, cell, name)


# -- of questions ----------------------------------------------------------------------


def of_item(item: Item, choices: Choices) -> Iterator[Variable]:
    columns = [column for column in item.columns() if kept(column, choices)]
    if choices.joined:
        columns = list(with_ticks_joined(item, columns, choices))
    for column in columns:
        yield from in_texts(column, item, choices)


def kept(column: Column, choices: Choices) -> bool:
    if column.personal:
        return choices.personal
    return column.dtype is not Dtype.TEXT or OPEN_TEXT not in choices.left_out


def with_ticks_joined(item: Item, columns: Sequence[Column], choices: Choices) -> Iterator[Column]:
    """The columns with one for all ticks of a part in the place of the first."""
    done: set[str] = set()
    for column in columns:
        if not column.tick:
            yield column
        elif column.part not in done:
            done.add(column.part)
            ticks = [other for other in columns if other.tick and other.part == column.part]
            yield of_ticks(item, ticks, choices)


# Ends the name of such a column where one of the response itself is called so.
TICKED = "__ticked"


def of_ticks(item: Item, ticks: Sequence[Column], choices: Choices) -> Column:
    named = {tick.tick: tick.value for tick in ticks if tick.value is not None}
    if choices.texts == LABELS:
        words = item.filters()
        named = {str(words.get(code, code)): value for code, value in named.items()}
    first = ticks[0]
    name = first.part + TICKED if first.part in RESPONSE_COLUMNS else first.part
    return Column(name, item.text, first.part, Dtype.TEXT, cells.ticked(named), first.state)


def in_texts(column: Column, item: Item, choices: Choices) -> Iterator[Variable]:
    """The variable with its codes, its options' texts, or both, as asked."""
    if not column.labels or choices.texts == CODES:
        yield variable(column, item)
    elif choices.texts == LABELS:
        yield worded(column, item, name=column.name)
    else:
        yield variable(column, item)
        yield worded(column, item, name=column.name + LABEL)


def variable(column: Column, item: Item) -> Variable:
    value = APART if column.value is None else column.value
    text = APART if column.value is None else cells.text_cell(column.value, column.dtype)
    return Variable(
        column.name,
        column.label,
        column.dtype,
        cells.or_missing(column.state, column.part, text),
        cells.if_answered(column.state, value),
        cells.state_in_words(column.state, column.part),
        column.labels,
        column.part,
        item,
    )


def worded(column: Column, item: Item, *, name: str) -> Variable:
    """A coded column with the options' texts in place of the codes."""
    of_codes = replace(column, name=name, dtype=Dtype.TEXT)
    if column.value is None:  # worded once it is opened
        return replace(variable(of_codes, item), worded=True)
    texts = {code: str(label) for code, label in column.labels.items()}
    text = cells.labelled(column.value, texts)
    # A code without a text may be a negative number, so only the texts are guarded.
    cell = cells.labelled(column.value, {code: guarded(text) for code, text in texts.items()})
    plain = variable(replace(of_codes, value=text, labels={}), item)
    return replace(plain, cell=cells.or_missing(column.state, column.part, cell))
