"""Time: an hour and minute of the day, stored as in ISO 8601, such as 14:05."""

from random import Random
from typing import Any, ClassVar, Literal

import polars as pl
from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import REQUIRED, Answers, Example, Item, Kind
from feedback.question_types.columns import Column, Dtype, state_of, text_of
from feedback.question_types.spans import Span

SHAPE = _("This is not a time of day. Write hours and minutes, such as 14:05.")


class Time(Item):
    type: Literal["time"] = "time"
    kind: ClassVar = Kind.TIME
    may_be_personal: ClassVar[bool] = False
    chart: ClassVar = "histogram"

    def field(self) -> forms.Field:
        return forms.TimeField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            input_formats=["%H:%M"],
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": REQUIRED, "invalid": SHAPE},
        )

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        moment = cleaned[self.key]
        return {self.key: f"{moment:%H:%M}" if moment else None}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        minutes = int(24 * 60 * chance.betavariate(5, 4))
        return {self.key: [f"{minutes // 60:02}:{minutes % 60:02}"]}

    def columns(self) -> list[Column]:
        moment = text_of(self.key)
        return [Column(self.key, self.text, self.key, Dtype.TIME, moment, state_of(self.key))]

    @property
    def span(self) -> Span:
        return Span(self.key, "time", "60", self.bound, ("00:00", "23:59"))

    def bound(self, text: str) -> str:
        return f"{self.checks[self.key].to_python(text.strip()):%H:%M}"

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """How many named each hour of the day."""
        hours = answers[self.key].dt.hour()
        return {"counts": {f"{hour:02}": int((hours == hour).sum()) for hour in range(24)}}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="begin", text="When does your day begin?"),
            accepts=[({"begin": ["07:30"]}, {"begin": "07:30"}), ({}, {"begin": None})],
            cells=[{"begin": "07:30"}, {"begin": None}],
            refuses=[({"begin": ["25:00"]}, "such as 14:05"), ({"begin": ["7"]}, "such as 14:05")],
        )
