"""Number: whole or with decimals, in a unit, within a range.

Written as people write it: one point or one comma before the decimals, digits of any
script, no separators of thousands, as 1,234 and 1.234 mean different numbers to
different readers. What was understood is on the receipt.
"""

import sys
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any, ClassVar, Literal, Self

import polars as pl
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from pydantic import Field, model_validator

from feedback.question_types.base import (
    JSON,
    REQUIRED,
    Answers,
    Example,
    Item,
    Kind,
)
from feedback.question_types.columns import Column, Dtype, Message, decimal_of, integer_of, state_of
from feedback.question_types.counted import Numbers, histogram, spread
from feedback.question_types.numbers import number_in_words
from feedback.question_types.spans import Span, whole_numbers

WHOLE = _("“%(text)s” is not a whole number. Write digits only, such as 12.")
DECIMAL = _("“%(text)s” is not a number. Write it like 12 or 12.5, without other signs.")
TOO_EXACT = ngettext_lazy(
    "At most %(places)d decimal is possible here. Round the number.",
    "At most %(places)d decimals are possible here. Round the number.",
    "places",
)
TOO_SMALL = _("%(value)s is too small: write at least %(limit)s.")
TOO_LARGE = _("%(value)s is too large: write at most %(limit)s.")
LARGEST = sys.float_info.max
DIGITS = 15  # significant ones, which a float of 64 bits keeps exactly
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONGEST = 40  # characters; more are no number

Limit = float | None


class NumberField(forms.Field):
    """Text to int or float, refusing whatever could be read in two ways."""

    def __init__(self, *, places: int, least: Limit, most: Limit, **kwargs: Any) -> None:
        super().__init__(error_messages={"required": REQUIRED}, **kwargs)
        self.places, self.least, self.most = places, least, most

    def to_python(self, value: str | None) -> int | float | None:
        typed = (value or "").strip()
        if not typed:
            return None
        text = "".join(plain(sign) for sign in typed[: LONGEST + 1])
        whole, point, decimals = text.removeprefix("-").partition(".")
        if not are_digits(whole) or (point and not (self.places and are_digits(decimals))):
            raise ValidationError(DECIMAL if self.places else WHOLE, params={"text": typed[:60]})
        if len(whole + decimals) > DIGITS or len(decimals) > self.places:
            raise ValidationError(TOO_EXACT, params={"places": self.places})
        return float(text) if point else int(text)

    def validate(self, value: int | float | None) -> None:
        super().validate(value)
        if value is not None and self.least is not None and value < self.least:
            raise ValidationError(TOO_SMALL, params=worded(value, self.least))
        if value is not None and self.most is not None and value > self.most:
            raise ValidationError(TOO_LARGE, params=worded(value, self.most))


def worded(value: float, limit: float) -> dict[str, str]:
    return {"value": number_in_words(value), "limit": number_in_words(limit)}


def are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def plain(sign: str) -> str:
    """A digit of any script as ASCII; the signs of minus and of decimals as - and point."""
    if sign in ",٫":
        return "."
    if sign in "−﹣－":
        return "-"
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


class Number(Item):
    type: Literal["number"] = "number"
    kind: ClassVar = Kind.NUMBER
    may_be_personal: ClassVar[bool] = False
    chart: ClassVar = "histogram"
    places: int = Field(0, ge=0, le=6, description="Decimals; 0 for whole numbers")
    least: Limit = None
    most: Limit = None
    unit: str = Field("", max_length=30)

    @model_validator(mode="after")
    def range_holds_something(self) -> Self:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least {self.least:g} is above most {self.most:g}; swap them")
        return self

    def field(self) -> forms.Field:
        mode = "decimal" if self.places else "numeric"
        return NumberField(
            label=f"{self.text} ({self.unit})" if self.unit else self.text,
            help_text=self.help,
            required=self.required,
            places=self.places,
            least=self.least,
            most=self.most,
            # Not type=number: browsers drop what they cannot read, and scroll it by accident.
            widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}),
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        least = self.least if self.least is not None else 0.0
        most = self.most if self.most is not None else least + 100
        number = least + (most - least) * chance.betavariate(2, 4)
        return {self.key: [f"{min(max(round(number, self.places), least), most):.{self.places}f}"]}

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        answer = answers.get(self.key)
        if isinstance(answer, float):
            return {self.key: [f"{answer:.{self.places}f}"]}
        return super().refilled(answers)

    def columns(self) -> list[Column]:
        read: Callable[[str], Any] = decimal_of if self.places else integer_of
        dtype = Dtype.DECIMAL if self.places else Dtype.INTEGER
        value, state = read(self.key), state_of(self.key)
        return [Column(self.key, self.text, self.key, dtype, value, state)]

    def words(self, part: str, answer: JSON) -> Message:
        number = number_in_words(answer) if isinstance(answer, int | float) else answer
        return f"{number} {self.unit}".strip()

    @property
    def span(self) -> Span:
        listed = (lambda _least, _most: ()) if self.places else whole_numbers
        step = f"{0.1**self.places:.{self.places}f}"
        return Span(self.key, "number", step, self.bound, (-LARGEST, LARGEST), listed)

    @property
    def limits(self) -> tuple[JSON, JSON]:
        return self.least, self.most

    @property
    def measured_in(self) -> str:
        return self.unit

    def bound(self, text: str) -> int | float:
        number: Any = self.checks[self.key].to_python(text)
        return number  # type: ignore[no-any-return]

    @property
    def scored_by(self) -> str:
        return self.key

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """Mean, spread, quantiles and a histogram, in the item's unit; None without any answer."""
        numbers = Numbers.of(answers[self.key])
        return {**spread(numbers, QUANTILES), "histogram": histogram(numbers)}

    @classmethod
    def example(cls) -> Example:
        item = cls(key="age", text="How old is your house?", unit="years", places=1, least=0)
        return Example(
            item,
            accepts=[
                ({"age": ["12"]}, {"age": 12}),
                ({"age": ["12,5"]}, {"age": 12.5}),
                ({"age": ["١٢"]}, {"age": 12}),
                ({"age": [" "]}, {"age": None}),
            ],
            cells=[{"age": 12.0}, {"age": 12.5}, {"age": 12.0}, {"age": None}],
            refuses=[
                ({"age": ["1,234.5"]}, "is not a number"),
                ({"age": ["1e5"]}, "is not a number"),
                ({"age": ["NaN"]}, "is not a number"),
                ({"age": ["12.55"]}, "At most 1 decimal is"),
                ({"age": ["-1"]}, "at least 0"),
                ({"age": ["9" * 5_000]}, "At most 1 decimal is"),
            ],
        )
