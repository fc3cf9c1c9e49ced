"""Multiple choice: as many options as apply, within limits where the author sets them."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, ClassVar, Literal, Self

import polars as pl
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from pydantic import Field, model_validator

from feedback.question_types import phrases
from feedback.question_types.base import JSON, REQUIRED, Answers, Choice, Example, Kind
from feedback.question_types.choices import NOT_OFFERED, OTHER, Offering
from feedback.question_types.columns import Column, Dtype, Message, holds, state_of

TOO_FEW = ngettext_lazy("Choose at least %(n)d option.", "Choose at least %(n)d options.", "n")
TOO_MANY = ngettext_lazy(
    "Choose at most %(n)d option; untick some.", "Choose at most %(n)d options; untick some.", "n"
)
ALONE = _("“%(option)s” goes with no other option. Untick it, or the others.")


class MultipleChoice(Offering):
    """Stored as the list of chosen codes in the order of the options.

    Its columns are one of 0 and 1 for each option, ``<key>__<code>``; as ``<key>__other``
    is the text typed in, the option to type in has ``<key>__other__chosen``.
    """

    type: Literal["multiple_choice"] = "multiple_choice"
    kind: ClassVar = Kind.CODES
    may_be_personal: ClassVar[bool] = False
    least: int = Field(0, ge=0, description="At least so many, if any are chosen")
    most: int | None = Field(None, ge=1, description="At most so many")

    @model_validator(mode="after")
    def limits_can_be_met(self) -> Self:
        most = len(self.options()) if self.most is None else self.most
        if self.least > most or most > len(self.options()):
            raise ValueError(
                f"least {self.least} and most {most} cannot be met with"
                f" {len(self.options())} options"
            )
        return self

    @property
    def exclusive(self) -> Sequence[str]:
        return [choice.code for choice in self.choices if choice.exclusive]

    def fields(self) -> dict[str, forms.Field]:
        chosen = forms.MultipleChoiceField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=self.shown_options(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )
        return {self.key: chosen, **self.other_fields()}

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        text = cleaned.get(self.other_part)
        ticked = {*cleaned[self.key], *([OTHER] if text else [])}
        chosen = [code for code, _text in self.options() if code in ticked]
        alone = [choice for choice in self.choices if choice.exclusive and choice.code in ticked]
        if alone and len(chosen) > 1:
            message = ValidationError(ALONE, params={"option": alone[0].text})
            raise ValidationError({self.key: message})
        if chosen and not alone and len(chosen) < self.least:
            raise ValidationError({self.key: TOO_FEW % {"n": self.least}})
        if self.most is not None and len(chosen) > self.most:
            raise ValidationError({self.key: TOO_MANY % {"n": self.most}})
        other = {self.other_part: text} if self.other and OTHER in chosen else {}
        return {self.key: chosen or None, **other}

    def column_of(self, code: str) -> str:
        chosen = "__chosen" if code == OTHER and self.other else ""
        return f"{self.key}__{code}{chosen}"

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        codes = [code for code, _text in self.options()]
        ranked = sorted(codes, key=lambda code: chance.random() * (1 + codes.index(code)))
        count = max(self.least, 1 + int(chance.expovariate(0.8)))
        chosen = ranked[: min(count, self.most or count)]
        if alone := [code for code in chosen if code in self.exclusive]:
            chosen = alone[:1]
        typed = {self.other_part: [phrases.handle(chance)]} if OTHER in chosen else {}
        return {self.key: chosen, **(typed if self.other else {})}

    def columns(self) -> list[Column]:
        ticks = [
            Column(
                self.column_of(code),
                f"{self.text} – {text}",
                self.key,
                Dtype.BOOLEAN,
                holds(self.key, code),
                state_of(self.key),
                tick=code,
            )
            for code, text in self.options()
        ]
        return [*ticks, *self.other_columns()]

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        typed = answers.get(self.other_part)
        return {
            self.key: [*self.chosen(answers)],
            **({self.other_part: [str(typed)]} if typed is not None else {}),
        }

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        names = {code: self.column_of(code) for code, _text in self.options()}
        ticked = [code for code, name in names.items() if cells.get(name) == "1"]
        other = {self.other_part: [cells[self.other_part]]} if self.other_part in cells else {}
        return {self.key: ticked, **other}

    def words(self, part: str, answer: JSON) -> Message:
        if not isinstance(answer, list):
            return str(answer)
        texts = dict(self.options())
        return ", ".join(texts.get(str(code), str(code)) for code in answer)

    def where(self, code: str) -> Q:
        return Q(answers__contains={self.key: [code]})

    def marks(self) -> Mapping[str, pl.Expr]:
        return {code: pl.col(self.column_of(code)) == 1 for code, _text in self.options()}

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """How many chose each option; the counts add up to more than the answers."""
        counts = {code: int(answers[self.column_of(code)].sum()) for code, _ in self.options()}
        return {"counts": counts, "several": True}

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="tools",
            text="Which tools do you use?",
            choices=[
                Choice(code="saw", text="Saw"),
                Choice(code="axe", text="Axe"),
                Choice(code="file", text="File"),
            ],
            other="Another tool",
            most=3,
        )
        none = {"tools__saw": 0, "tools__axe": 0, "tools__file": 0, "tools__other__chosen": 0}
        return Example(
            item,
            accepts=[
                ({"tools": ["axe", "saw"]}, {"tools": ["saw", "axe"]}),
                (
                    {"tools": ["axe"], "tools__other": ["Plane"]},
                    {"tools": ["axe", "other"], "tools__other": "Plane"},
                ),
                ({}, {"tools": None}),
            ],
            cells=[
                {**none, "tools__saw": 1, "tools__axe": 1, "tools__other": None},
                {**none, "tools__axe": 1, "tools__other__chosen": 1, "tools__other": "Plane"},
                dict.fromkeys([*none, "tools__other"]),
            ],
            refuses=[
                ({"tools": ["spade"]}, "not one of the options"),
                ({"tools": ["saw", "axe", "file", "other"]}, "at most 3"),
            ],
        )
