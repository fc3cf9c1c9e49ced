"""Date: a day of the calendar, stored as in ISO 8601, such as 2026-05-31."""

import datetime
from random import Random
from typing import Any, ClassVar, Literal, Self

import polars as pl
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from pydantic import model_validator

from feedback.question_types.base import JSON, REQUIRED, Answers, Example, Item, Kind
from feedback.question_types.columns import Column, Dtype, Message, state_of, text_of
from feedback.question_types.spans import Span, whole_numbers

SHAPE = _("This is not a day. Write it as year-month-day, such as 2026-05-31.")
TOO_EARLY = _("This day is too early: the earliest is %(limit)s.")
TOO_LATE = _("This day is too late: the latest is %(limit)s.")

FEW = 40  # periods that one looks at together

Limit = datetime.date | None


def days(first: str, last: str) -> list[str]:
    """All days from one to the other, if these are few."""
    begin = datetime.date.fromisoformat(first).toordinal()
    end = datetime.date.fromisoformat(last).toordinal()
    return [datetime.date.fromordinal(day).isoformat() for day in whole_numbers(begin, end)]


def by_period(days: pl.Series) -> dict[str, int]:
    """How many of the sorted days lie in each year, month or day, zeros in between included."""
    if not len(days):
        return {}
    first, last = days[0], days[-1]
    length, every, start = len("2026"), "1y", first.replace(month=1, day=1)
    if (last - first).days <= FEW:
        length, every, start = len("2026-05-31"), "1d", first
    elif (last - first).days <= FEW * 30:
        length, every, start = len("2026-05"), "1mo", first.replace(day=1)
    counted = dict(days.dt.strftime("%Y-%m-%d").str.head(length).value_counts().iter_rows())
    periods = pl.date_range(start, last, every, eager=True)
    names = [f"{day:%Y-%m-%d}"[:length] for day in periods]
    return {name: counted.get(name, 0) for name in names}


class DayField(forms.DateField):
    """A day as browsers send it, between two limits."""

    def __init__(self, *, earliest: Limit, latest: Limit, **kwargs: Any) -> None:
        errors = {"required": REQUIRED, "invalid": SHAPE}
        # Years of four digits: what Python prints of others is not what it reads.
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=errors, **kwargs)
        self.earliest, self.latest = earliest or datetime.date(1000, 1, 1), latest

    def validate(self, value: Limit) -> None:
        super().validate(value)
        if value and value < self.earliest:
            raise ValidationError(TOO_EARLY, params={"limit": self.earliest.isoformat()})
        if value and self.latest and value > self.latest:
            raise ValidationError(TOO_LATE, params={"limit": self.latest.isoformat()})


class Date(Item):
    type: Literal["date"] = "date"
    kind: ClassVar = Kind.DAY
    may_be_personal: ClassVar[bool] = False
    chart: ClassVar = "histogram"
    earliest: Limit = None
    latest: Limit = None

    @model_validator(mode="after")
    def range_holds_something(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"earliest {self.earliest} is after latest {self.latest}; swap them")
        return self

    def field(self) -> forms.Field:
        limits = {"min": self.earliest, "max": self.latest}
        attributes = {name: day.isoformat() for name, day in limits.items() if day}
        return DayField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            earliest=self.earliest,
            latest=self.latest,
            widget=forms.DateInput(attrs={"type": "date", **attributes}, format="%Y-%m-%d"),
        )

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        day = cleaned[self.key]
        return {self.key: day.isoformat() if day else None}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        latest = self.latest or datetime.date(2026, 12, 31)
        earliest = self.earliest or datetime.date(latest.year - 5, 1, 1)
        days = int((latest - earliest).days * chance.betavariate(3, 2))
        return {self.key: [(earliest + datetime.timedelta(days=days)).isoformat()]}

    def columns(self) -> list[Column]:
        day = text_of(self.key)
        return [Column(self.key, self.text, self.key, Dtype.DATE, day, state_of(self.key))]

    def words(self, part: str, answer: JSON) -> Message:
        return date_format(datetime.date.fromisoformat(str(answer)), "DATE_FORMAT")

    @property
    def span(self) -> Span:
        return Span(self.key, "date", "1", self.bound, ("1000-01-01", "9999-12-31"), days)

    @property
    def limits(self) -> tuple[JSON, JSON]:
        return (
            self.earliest.isoformat() if self.earliest else None,
            self.latest.isoformat() if self.latest else None,
        )

    def bound(self, text: str) -> str:
        return f"{self.checks[self.key].to_python(text.strip()):%Y-%m-%d}"

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """The earliest, the quarters and the latest day; None without any answer.

        ``periods`` counts by year, month or day, whichever gives at most some forty.
        """
        days = answers[self.key].drop_nulls().sort()
        places = {"least": 0.0, "q25": 0.25, "q50": 0.5, "q75": 0.75, "most": 1.0}
        at = {name: int((len(days) - 1) * place) for name, place in places.items()}
        ends = {name: days[i].isoformat() if len(days) else None for name, i in at.items()}
        return {**ends, "periods": by_period(days)}

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="moved",
            text="When did you move in?",
            earliest=datetime.date(1950, 1, 1),
            latest=datetime.date(2030, 12, 31),
        )
        return Example(
            item,
            accepts=[
                ({"moved": ["2026-05-31"]}, {"moved": "2026-05-31"}),
                ({"moved": [""]}, {"moved": None}),
            ],
            cells=[{"moved": "2026-05-31"}, {"moved": None}],
            refuses=[
                ({"moved": ["31.5.2026"]}, "year-month-day"),
                ({"moved": ["2026-02-30"]}, "year-month-day"),
                ({"moved": ["1949-12-31"]}, "earliest is 1950-01-01"),
                ({"moved": ["2031-01-01"]}, "latest is 2030-12-31"),
            ],
        )
