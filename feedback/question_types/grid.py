"""Grid: the same choices for several rows, such as how good each of some things is.

Each row is a question of its own, a single choice, or a multiple choice with ``several``:
its answer is stored, exported and counted under ``<key>__<row>``, and conditions may ask
for it by that name. The grid's own answer is the list of the rows that were answered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from random import Random
from typing import ClassVar, Literal, Self

import polars as pl
from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Expression, Q, When
from django.db.models.lookups import Exact
from pydantic import Field, model_validator

from feedback.question_types.base import (
    DECLINED,
    JSON,
    REQUIRED,
    Answers,
    Choice,
    Example,
    Item,
    Kind,
    Posted,
    Way,
)
from feedback.question_types.choices import Dealing, joined, refuse_repeated
from feedback.question_types.columns import Column, Message, State, state_of
from feedback.question_types.multiple_choice import MultipleChoice
from feedback.question_types.single_choice import SingleChoice
from feedback.question_types.templated import Templated

ACROSS = 62  # characters that the headings of the columns have room for, side by side
NARROWEST = 4  # characters that a column takes up at least


class Grid(Dealing):
    type: Literal["grid"] = "grid"
    kind: ClassVar = Kind.CODES
    may_be_personal: ClassVar[bool] = False
    rows: list[Choice] = Field(min_length=1, max_length=100)
    choices: list[Choice] = Field(min_length=1, max_length=100)
    several: bool = Field(False, description="Several choices may be ticked in each row")
    ordered: bool = Field(
        False, description="The choices are a scale, such as from against to for; reports draw it"
    )

    @model_validator(mode="after")
    def rows_can_be_told_apart(self) -> Self:
        refuse_repeated(self.choices)
        if DECLINED in dict(self.options()):
            raise ValueError(f"the row code '{DECLINED}' is taken; use another")
        if any(choice.show_if for choice in self.choices):
            raise ValueError("the choices of a grid are the same for all; put show_if on a row")
        return self

    @model_validator(mode="after")
    def scales_take_one_choice(self) -> Self:
        if self.ordered and self.several:
            raise ValueError("several choices of a scale cannot be drawn; drop one of the two")
        return self

    @property
    def graded(self) -> bool:
        return self.ordered

    @property
    def dealt(self) -> Sequence[Choice]:
        return self.rows

    @cached_property
    def by_row(self) -> Mapping[str, SingleChoice | MultipleChoice]:
        """Each row as the question that it is, by its code."""
        return {row.code: self.question(row) for row in self.rows}

    def question(self, row: Choice) -> SingleChoice | MultipleChoice:
        # Made without checks, as no key of an author's may hold what parts a row's.
        key, text = self.name_of(row.code), f"{self.text} – {row.text}"
        if self.several:
            return MultipleChoice.model_construct(key=key, text=text, choices=self.choices)
        return SingleChoice.model_construct(key=key, text=text, choices=self.choices, look="radios")

    def operands(self) -> Mapping[str, Item]:
        return {self.key: self, **{row.key: row for row in self.by_row.values()}}

    # -- answering ---------------------------------------------------------------------

    def fields(self) -> dict[str, forms.Field]:
        fields = {name: f for row in self.by_row.values() for name, f in row.fields().items()}
        for field in fields.values():
            field.widget.attrs["class"] = "form-check-input"
        return fields

    def layout(self) -> LayoutObject:
        return Templated(self, self.shown)

    @property
    def across(self) -> bool:
        """Whether the choices are short enough to stand side by side where there is room."""
        words = [max(map(len, choice.text.split())) for choice in self.choices]
        return len(words) * max(NARROWEST, *words) <= ACROSS

    def clean(self, posted: Posted) -> Answers:
        return self.clean_offered(posted, frozenset())

    def clean_offered(self, posted: Posted, withheld: Collection[str]) -> Answers:
        """As for every item; a row that is withheld is not asked, whatever was sent for it."""
        offered = [code for code in self.by_row if code not in withheld]
        answers: Answers = {}
        errors: dict[str, list[ValidationError]] = {}
        for row in [self.by_row[code] for code in offered]:
            try:
                answers |= row.clean(posted)
            except ValidationError as error:
                errors |= error.error_dict
        for name in map(self.name_of, self.required_rows(offered)):
            if answers.get(name, errors.get(name)) is None:
                errors[name] = [ValidationError(REQUIRED)]
        if errors:
            raise ValidationError(errors)
        answered = [code for code in offered if answers[self.name_of(code)] is not None]
        return {self.key: [*answered] or None, **answers}

    def required_rows(self, offered: Collection[str]) -> Collection[str]:
        """The rows, of those offered, that need an answer."""
        return offered if self.required else []

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        rows = self.by_row.values()
        return {name: values for row in rows for name, values in row.refilled(answers).items()}

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        rows = self.by_row.values()
        return {name: values for row in rows for name, values in row.posted(cells).items()}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        rows = [row.model_copy(update={"required": self.required}) for row in self.by_row.values()]
        return {name: values for row in rows for name, values in row.made_up(chance).items()}

    # -- reading -----------------------------------------------------------------------

    def parts(self) -> list[str]:
        return [row.key for row in self.by_row.values()]

    def columns(self) -> list[Column]:
        return [
            replace(column, state=self.state_of_row(column.part))
            for row in self.by_row.values()
            for column in row.columns()
        ]

    def state_of_row(self, part: str) -> Expression:
        """The row's state; whoever declined the grid declined each row."""
        declined = When(Exact(state_of(self.key), State.DECLINED.value), then=State.DECLINED.value)
        return Case(declined, default=state_of(part))

    def words(self, part: str, answer: JSON) -> Message:
        texts = {self.name_of(code): (code, text) for code, text in self.options()}
        code, text = texts[part]
        return f"{text}: {self.by_row[code].words(part, answer)}"

    def where(self, code: str) -> Q:
        """Those who answered a row."""
        return Q(answers__contains={self.key: [code]})

    def marks(self) -> Mapping[str, pl.Expr]:
        """By row, whether it was answered."""
        return {
            row.code: pl.col(f"{self.name_of(row.code)}:state") == State.ANSWERED.value
            for row in self.rows
        }

    def where_state(self, part: str, state: State | Way) -> Q:
        """As for every item; whoever declined the grid declined each row."""
        if state is State.NOT_SHOWN:
            return super().where_state(part, state) & ~super().where_state(self.key, State.DECLINED)
        told_by_row = state is State.ANSWERED or state is State.BLANK
        return super().where_state(part if told_by_row else self.key, state)

    def wider(self, older: Item) -> dict[str, list[Choice]]:
        if not isinstance(older, Grid):
            return {}
        both = {
            "rows": joined(self.rows, older.rows),
            "choices": joined(self.choices, older.choices),
        }
        return both if both != {"rows": self.rows, "choices": self.choices} else {}

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="speed",
            text="How fast is the connection?",
            rows=[Choice(code="day", text="By day"), Choice(code="night", text="At night")],
            choices=[Choice(code="good", text="Fast"), Choice(code="bad", text="Slow")],
        )
        return Example(
            item,
            accepts=[
                (
                    {"speed__day": ["good"], "speed__night": ["bad"]},
                    {"speed": ["day", "night"], "speed__day": "good", "speed__night": "bad"},
                ),
                (
                    {"speed__night": ["bad"]},
                    {"speed": ["night"], "speed__day": None, "speed__night": "bad"},
                ),
                ({}, {"speed": None, "speed__day": None, "speed__night": None}),
            ],
            cells=[
                {"speed__day": "good", "speed__night": "bad"},
                {"speed__day": None, "speed__night": "bad"},
                {"speed__day": None, "speed__night": None},
            ],
            refuses=[({"speed__day": ["so-so"]}, "not one of the options")],
        )
