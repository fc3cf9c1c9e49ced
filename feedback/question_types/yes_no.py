"""Yes or no: two radio buttons, stored as true or false."""

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Literal

import polars as pl
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import (
    JSON,
    REQUIRED,
    Column,
    Dtype,
    Example,
    Item,
    Kind,
    Message,
    state_of,
    true_of,
)
from feedback.question_types.choices import NOT_OFFERED, OptionField

WORDS = {"yes": _("Yes"), "no": _("No")}


class YesNo(Item):
    type: Literal["yes_no"] = "yes_no"
    kind: ClassVar = Kind.TRUTH
    may_be_personal: ClassVar[bool] = False

    def field(self) -> forms.Field:
        return OptionField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=list(WORDS.items()),
            coerce=lambda code: code == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        return {} if self.skipped(chance) else {self.key: [chance.choice(["yes", "yes", "no"])]}

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        code = {"1": "yes", "0": "no"}.get(cells.get(self.key, ""), "")
        return {self.key: [code]}

    def columns(self) -> list[Column]:
        yes = true_of(self.key)
        return [Column(self.key, self.text, self.key, Dtype.BOOLEAN, yes, state_of(self.key))]

    def words(self, part: str, answer: JSON) -> Message:
        return WORDS["yes" if answer else "no"]

    def where(self, code: str) -> Q:
        return Q(answers__contains={self.key: code == "yes"})

    def filters(self) -> Mapping[str, Message]:
        return WORDS

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        yes = int(answers[self.key].sum())
        return {"counts": {"yes": yes, "no": answers.height - yes}}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="own", text="Do you own a bicycle?"),
            accepts=[
                ({"own": ["yes"]}, {"own": True}),
                ({"own": ["no"]}, {"own": False}),
                ({}, {"own": None}),
            ],
            cells=[{"own": 1}, {"own": 0}, {"own": None}],
            refuses=[({"own": ["maybe"]}, "not one of the options")],
        )
