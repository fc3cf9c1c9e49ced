"""What answers become in exports and figures: columns, as expressions over a response row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import (
    BigIntegerField,
    Expression,
    FloatField,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise

Message: TypeAlias = str | Promise


class State(IntEnum):
    """How one respondent stands to one item; stored in frames as these numbers."""

    ANSWERED = 0
    BLANK = 1
    NOT_SHOWN = 2
    DECLINED = 3


class Dtype(StrEnum):
    """What a column holds; every export format and the frames map it to their own."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    MOMENT = "moment"  # a day and time in UTC; only of the response itself


@dataclass(frozen=True)
class Column:
    """One column of exports, codebook and frames: two expressions over a response row.

    ``value`` gives the typed answer (anything at all unless ``state`` is ANSWERED),
    ``state`` one of ``State``. A personal column's value lies in the encrypted
    ``identity``, so ``value`` is None and ``part`` names it there.
    """

    name: str
    label: str
    part: str  # the entry of ``answers`` or ``identity`` that it reads
    dtype: Dtype
    value: Expression | None
    state: Expression
    labels: Mapping[str, Message] = field(default_factory=dict)  # of codes; empty for others
    tick: str = ""  # the code whose choice it tells, where the part is a list of codes

    @property
    def personal(self) -> bool:
        return self.value is None

    @property
    def closed(self) -> bool:
        """Whether its values can be counted: not text, not personal."""
        return not self.personal and self.dtype is not Dtype.TEXT


class Repeated(Func):
    """A function whose template names its arguments more than once."""

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection, *args, **extra)
        template = str(self.extra.get("template", self.template))
        return sql, list(params) * template.count("%(expressions)s")


def text_of(part: str) -> Expression:
    """The answer as text."""
    return KeyTextTransform(part, "answers", output_field=TextField())


def integer_of(part: str) -> Expression:
    """The answer as a whole number; NULL unless it is one."""
    whole = Func(text_of(part), Value("^-?[0-9]{1,18}$"), function="substring")
    return Cast(whole, BigIntegerField())


def decimal_of(part: str) -> Expression:
    """The answer as a number of 64 bits; NULL unless it is one."""
    number = Func(text_of(part), Value(r"^-?[0-9.]{1,20}$"), function="substring")
    return Cast(number, FloatField())


def true_of(part: str) -> Expression:
    """1 where the answer is true, else 0."""
    return Func(
        KeyTransform(part, "answers"),
        template="(%(expressions)s = 'true'::jsonb)::int",
        output_field=IntegerField(),
    )


def holds(part: str, code: str) -> Expression:
    """1 where the list of codes in the answer holds ``code``, else 0."""
    found = Func(KeyTransform(part, "answers"), Value(code), function="jsonb_exists")
    return Cast(Coalesce(found, Value(False)), IntegerField())


def state_of(part: str) -> Expression:
    """The answer's ``State``, from its JSON type alone."""
    return Func(
        KeyTransform(part, "answers"),
        template=(
            "CASE COALESCE(jsonb_typeof(%(expressions)s), 'missing') WHEN 'null' THEN 1"
            " WHEN 'missing' THEN 2 WHEN 'object' THEN 3 ELSE 0 END"
        ),
        output_field=IntegerField(),
    )


def stands(part: str, state: State | str, ways: Iterable[str]) -> Q:
    """The same as ``state_of``, said in terms that the index of answers knows.

    Args:
        state: or one of the ``ways`` to decline.
    """
    asked, blank = Q(answers__has_key=part), Q(answers__contains={part: None})
    by_way = {way: Q(answers__contains={part: {"state": way}}) for way in ways}
    declined = reduce(or_, by_way.values())
    meanings = {
        State.NOT_SHOWN: ~asked,
        State.BLANK: blank,
        State.DECLINED: declined,
        State.ANSWERED: asked & ~blank & ~declined,
    }
    return meanings[state] if isinstance(state, State) else by_way[state]
