"""Ranges of answers to filter by: how an end is typed and read, and what lies between two."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import BooleanField, F, Func, JSONField, Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

Bound: TypeAlias = int | float | str  # an end, as the answer itself would be stored
FEW = 60  # values that are looked up one by one, which an index can serve


@dataclass(frozen=True)
class Span:
    """The ranges of one item's answers, both ends included.

    Answers are compared as JSON, in whose order nothing comes before texts, texts before
    numbers, and numbers before all else; so with both ends always given, what is no answer
    of this kind lies outside.

    Attributes:
        input: the type of the HTML input that an end is typed in.
        step: of that input.
        read: an end as typed to an end as stored; ValidationError says how to write it.
        ends: the least and the greatest answer there could be.
        listed: all answers from one end to the other, if these are few; for whatever
            may be anything in between, nothing.
    """

    part: str
    input: str
    step: str
    read: Callable[[str], Bound]
    ends: tuple[Bound, Bound]
    listed: Callable[[Any, Any], Sequence[Bound]] = lambda _least, _most: ()

    def between(self, least: Bound | None, most: Bound | None) -> Q:
        """The responses whose answer lies between; None stands for no end on that side."""
        low = self.ends[0] if least is None else least
        high = self.ends[1] if most is None else most
        if values := self.listed(low, high):
            return Q(AnyOf(self.part, values))
        answer = KeyTransform(self.part, "answers")
        begin, end = (Value(limit, output_field=JSONField()) for limit in (low, high))
        return Q(GreaterThanOrEqual(answer, begin), LessThanOrEqual(answer, end))


class AnyOf(Func):
    """Whether an answer is one of a few: as many look-ups in the index of answers."""

    template = "(%(expressions)s::jsonb[]))"
    arg_joiner = " @> ANY("
    output_field = BooleanField()

    def __init__(self, part: str, values: Sequence[Bound]) -> None:
        super().__init__(F("answers"), Value([json.dumps({part: value}) for value in values]))


def whole_numbers(least: int, most: int) -> Sequence[int]:
    """For ``listed``, of an item whose answers are whole numbers."""
    return range(least, most + 1) if most - least < FEW else ()
