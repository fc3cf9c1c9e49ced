"""Columns as cells of a text file, made by the database: codes, labels, states, guards.

Which cells are text, and so guarded, is the column's to say, never the value's: numbers
stay numbers. The guard itself is told in ``questionnaire/codebook.py``.
"""

import json
from collections.abc import Mapping

from django.db.models import (
    Case,
    CharField,
    Expression,
    F,
    Func,
    IntegerField,
    JSONField,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from feedback.question_types.columns import Column, Dtype, Message, Repeated, State
from feedback.questionnaire.codebook import (
    FORMULA_STARTS,
    GUARD,
    MISSING_CODES,
    NOT_SHOWN,
    guarded,
)


def guarded_in_sql(text: Expression | F) -> Expression:
    """The guard as an expression of the database."""
    starts = FORMULA_STARTS.replace(GUARD, GUARD * 2)
    missing = ", ".join(f"'{code}'" for code in MISSING_CODES if code)
    return Repeated(
        text,
        template=(
            f"CASE WHEN strpos('{starts}', left(%(expressions)s, 1)) > 0"
            f" AND %(expressions)s <> '' OR %(expressions)s IN ({missing})"
            " THEN '''' || %(expressions)s ELSE %(expressions)s END"
        ),
        output_field=TextField(),
    )


def cell_of(column: Column, *, labels: bool) -> Expression:
    """A column's cell: its value, or the missing code of its state."""
    if column.value is None:
        raise ValueError(f"{column.name} is personal; only its owner's file may read it")
    return or_missing(column, answered(column, labels=labels))


def or_missing(column: Column, answer: Expression) -> Expression:
    """A cell for an answer, or the code of why there is none."""
    return Case(
        When(Exact(column.state, State.ANSWERED.value), then=answer),
        When(Exact(column.state, State.NOT_SHOWN.value), then=Value(NOT_SHOWN)),
        When(Exact(column.state, State.DECLINED.value), then=way_declined(column.part)),
        default=Value(None),
        output_field=TextField(),
    )


def way_declined(part: str) -> Expression:
    """Whoever declines, declines the item with all its parts."""
    return Func(
        KeyTransform(part.partition("__")[0], "answers"),
        template="('[' || (%(expressions)s ->> 'state') || ']')",
        output_field=TextField(),
    )


def answered(column: Column, *, labels: bool) -> Expression:
    value = column.value
    assert value is not None
    if column.dtype is Dtype.TEXT:
        return guarded_in_sql(value)
    if labels and column.labels:
        return labelled(Cast(value, TextField()), column.labels)
    return Cast(value, TextField())


def labelled(code: Expression | F, labels: Mapping[str, Message]) -> Expression:
    """A code's label by one look-up in a constant, however many codes there are."""
    words = {code: guarded(str(label)) for code, label in labels.items()}
    table = Cast(Value(json.dumps(words, ensure_ascii=False)), JSONField())
    found = Func(table, code, template="(%(expressions)s)", arg_joiner=" ->> ")
    found.output_field = TextField()
    return Coalesce(found, code, output_field=TextField())


def moment(name: str) -> Expression:
    """A time in UTC as ISO 8601, to the microsecond."""
    return Func(
        F(name),
        template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
        output_field=CharField(),
    )


def joined(name: str) -> Expression:
    """An array of codes, joined by " | " as tags are."""
    return Func(F(name), Value(" | "), function="array_to_string", output_field=CharField())


def number(name: str) -> Expression:
    return Cast(F(name), IntegerField())
