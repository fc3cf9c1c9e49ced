"""Cells of a file as expressions of the database: codes, labels, states, guards, moments.

Which cells are text, and so guarded, is the column's to say, never the value's: numbers
stay numbers. The guard itself is told in ``questionnaire/codebook.py``.
"""

import json
from collections.abc import Mapping

from django.db.models import Case, CharField, Expression, F, Func, JSONField, TextField, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from feedback.question_types.base import WAYS
from feedback.question_types.columns import Dtype, Message, Repeated, State
from feedback.questionnaire.codebook import FORMULA_STARTS, GUARD, MISSING_CODES, NOT_SHOWN

BETWEEN = " | "  # codes or tags that stand in one cell
ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US'


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


def text_cell(value: Expression | F, dtype: Dtype) -> Expression:
    """A value as a text file has it; only texts can start a formula."""
    return guarded_in_sql(value) if dtype is Dtype.TEXT else Cast(value, TextField())


def or_missing(state: Expression, part: str, answer: Expression | Value) -> Expression:
    """A cell for an answer, or the code of why there is none."""
    return Case(
        When(Exact(state, State.ANSWERED.value), then=answer),
        When(Exact(state, State.NOT_SHOWN.value), then=Value(NOT_SHOWN)),
        When(Exact(state, State.DECLINED.value), then=way_declined(part)),
        default=Value(None),
        output_field=TextField(),
    )


def if_answered(state: Expression, answer: Expression | Value) -> Expression:
    """The typed answer, or NULL."""
    answered = When(Exact(state, State.ANSWERED.value), then=answer)
    return Case(answered, output_field=answer.output_field)


def state_in_words(state: Expression, part: str) -> Expression:
    """How a respondent stands to an item: ``STATES``, declining told by its way."""
    return Case(
        *(When(Exact(state, known.value), then=Value(name)) for known, name in STATES.items()),
        default=Func(
            KeyTransform(of_item(part), "answers"),
            template="(%(expressions)s ->> 'state')",
            output_field=TextField(),
        ),
        output_field=TextField(),
    )


STATES = {State.ANSWERED: "answered", State.BLANK: "blank", State.NOT_SHOWN: "not_shown"}
ALL_STATES = (*STATES.values(), *WAYS)


def way_declined(part: str) -> Expression:
    """Whoever declines, declines the item with all its parts."""
    return Func(
        KeyTransform(of_item(part), "answers"),
        template="('[' || (%(expressions)s ->> 'state') || ']')",
        output_field=TextField(),
    )


def of_item(part: str) -> str:
    return part.partition("__")[0]


def labelled(code: Expression | F, labels: Mapping[str, Message]) -> Expression:
    """A code's label by one look-up in a constant, however many codes there are."""
    words = {code: str(label) for code, label in labels.items()}
    table = Cast(Value(json.dumps(words, ensure_ascii=False)), JSONField())
    text = Cast(code, TextField())
    found = Func(table, text, template="(%(expressions)s)", arg_joiner=" ->> ")
    found.output_field = TextField()
    return Coalesce(found, text, output_field=TextField())


def joined(name: str) -> Expression:
    """An array of codes in one cell."""
    return Func(F(name), Value(BETWEEN), function="array_to_string", output_field=CharField())


def ticked(ticks: Mapping[str, Expression]) -> Expression:
    """In one cell the names of whatever is 1."""
    named = (Case(When(Exact(tick, 1), then=Value(name))) for name, tick in ticks.items())
    return Func(Value(BETWEEN), *named, function="concat_ws", output_field=TextField())


def moment(name: str, zone: str) -> Expression:
    """A time as ISO 8601 with its offset, to the microsecond.

    Args:
        zone: an IANA name that is known to exist.
    """
    here, utc = f"(%(expressions)s AT TIME ZONE '{zone}')", "(%(expressions)s AT TIME ZONE 'UTC')"
    offset = (
        "'Z'"
        if zone == "UTC"
        else f"CASE WHEN {here} < {utc} THEN '-' ELSE '+' END"
        f" || to_char(greatest({here} - {utc}, {utc} - {here}), 'HH24:MI')"
    )
    return Repeated(
        F(name), template=f"(to_char({here}, '{ISO}') || {offset})", output_field=CharField()
    )


def plain_moment(name: str) -> Expression:
    """The same in UTC without an offset, for programs that are told the zone apart."""
    template = f"to_char(%(expressions)s AT TIME ZONE 'UTC', '{ISO}')"
    return Func(F(name), template=template, output_field=CharField())
