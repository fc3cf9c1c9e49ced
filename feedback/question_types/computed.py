"""Computed: a value worked out from earlier answers, and stored beside them.

``value`` is an expression as conditions are made of: ``adults + children``, or
``stars >= 4``, or the key of one item. It is worked out once, when a response arrives; a
missing answer leaves it blank. By what it ``gives`` it is exported and counted as a number,
as a yes or no, or as a text.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from random import Random
from typing import Any, ClassVar, Literal

import polars as pl
from django import forms
from django.db.models import Expression, FloatField, Q
from django.db.models.fields.json import KeyTransform
from pydantic import Field

from feedback.question_types.base import JSON, Answers, Example, Item, Kind, Posted
from feedback.question_types.columns import Column, Message, Repeated
from feedback.question_types.number import Number
from feedback.question_types.short_text import ShortText
from feedback.question_types.spans import Span
from feedback.question_types.unasked import Unasked
from feedback.question_types.yes_no import YesNo

PLACES = 6  # decimals of a number


def number_of(part: str) -> Expression:
    """The answer as a number of 64 bits, however long it is; NULL unless it is one."""
    return Repeated(
        KeyTransform(part, "answers"),
        template=(
            "CASE jsonb_typeof(%(expressions)s) WHEN 'number'"
            " THEN (%(expressions)s #>> '{}')::float8 END"
        ),
        output_field=FloatField(),
    )


class Computed(Unasked):
    type: Literal["computed"] = "computed"
    may_be_personal: ClassVar[bool] = False
    value: str = Field(min_length=1, max_length=2_000, description="Expression over answers")
    gives: Literal["number", "truth", "text"] = "number"

    @cached_property
    def twin(self) -> Item:
        """The question that people would answer alike, for all that is done with answers."""
        match self.gives:
            case "number":
                return Number(key=self.key, text=self.text, places=PLACES)
            case "truth":
                return YesNo(key=self.key, text=self.text)
            case "text":
                return ShortText(key=self.key, text=self.text, max_length=1_000)

    @property
    def kind(self) -> Kind:  # type: ignore[override]
        return self.twin.kind

    @property
    def formula(self) -> str:
        return self.value

    def fields(self) -> dict[str, forms.Field]:
        return {}

    def clean(self, posted: Posted) -> Answers:
        """The value as a file has it; a form has no field for it."""
        return self.twin.clean(posted)

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        return self.twin.posted(cells)

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        """Nothing: a form that is sent again has it worked out again."""
        return {}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        return {}

    def parts(self) -> list[str]:
        return [self.key]

    def columns(self) -> list[Column]:
        columns = self.twin.columns()
        if self.gives == "number":
            return [replace(column, value=number_of(column.part)) for column in columns]
        return columns

    def words(self, part: str, answer: JSON) -> Message:
        return self.twin.words(part, answer)

    def where(self, code: str) -> Q:
        return self.twin.where(code)

    def filters(self) -> Mapping[str, Message]:
        return self.twin.filters()

    @property
    def span(self) -> Span | None:
        return self.twin.span

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        return self.twin.tally(answers)

    def one_code(self) -> pl.Expr | None:
        return self.twin.one_code()

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="people", text="People in the household", value="adults + children"),
            before=[
                Number(key="adults", text="How many adults live with you?"),
                Number(key="children", text="How many children live with you?"),
            ],
            accepts=[({}, {"people": None})],
            cells=[{"people": None}],
        )
