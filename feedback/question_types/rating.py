"""Rating: a whole number from 1 to a few, with words at both ends."""

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Literal

import polars as pl
from django import forms
from django.db.models import Q
from pydantic import Field

from feedback.question_types.base import (
    REQUIRED,
    Column,
    Dtype,
    Example,
    Item,
    Message,
    distribution,
    integer_of,
    state_of,
)
from feedback.question_types.choices import NOT_OFFERED, OptionField


class Rating(Item):
    type: Literal["rating"] = "rating"
    may_be_personal: ClassVar[bool] = False
    highest: int = Field(5, ge=2, le=11)
    low: str = Field("", max_length=100, description="What 1 means")
    high: str = Field("", max_length=100, description="What the highest number means")

    def labels(self) -> dict[str, str]:
        """Each score in words; the ends with what they mean."""
        words = {str(score): str(score) for score in range(1, self.highest + 1)}
        ends = {"1": self.low, str(self.highest): self.high}
        return words | {score: f"{score} – {end}" for score, end in ends.items() if end}

    def field(self) -> forms.Field:
        return OptionField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=list(self.labels().items()),
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect(attrs={"class": "scale"}),
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        return {self.key: [str(1 + int(self.highest * chance.betavariate(3, 1.7)))]}

    def columns(self) -> list[Column]:
        return [
            Column(
                self.key,
                self.text,
                self.key,
                Dtype.INTEGER,
                integer_of(self.key),
                state_of(self.key),
                self.labels(),
            )
        ]

    def pool(self, older: Item) -> Item:
        if not isinstance(older, Rating) or older.highest <= self.highest:
            return self
        return type(self).model_validate({**self.model_dump(), "highest": older.highest})

    def where(self, code: str) -> Q:
        return Q(answers__contains={self.key: int(code)})

    def filters(self) -> Mapping[str, Message]:
        return self.labels()

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """Distribution and mean; the mean is None without any answer."""
        scores = answers[self.key]
        return {"counts": distribution(scores, list(self.labels())), "mean": scores.mean()}

    @classmethod
    def example(cls) -> Example:
        item = cls(key="clean", text="How clean is the park?", low="Filthy", high="Spotless")
        return Example(
            item,
            accepts=[
                ({"clean": ["4"]}, {"clean": 4}),
                ({"clean": [""]}, {"clean": None}),
                ({}, {"clean": None}),
            ],
            cells=[{"clean": 4}, {"clean": None}, {"clean": None}],
            refuses=[
                ({"clean": ["6"]}, "not one of the options"),
                ({"clean": ["4.5"]}, "not one of the options"),
                ({"clean": ["9" * 5000]}, "not one of the options"),
            ],
        )
