"""What the types with a row of whole numbers share: rating, opinion scale, NPS."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar

import polars as pl
from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import JSON, REQUIRED, Item, Kind
from feedback.question_types.choices import NOT_OFFERED, OptionField
from feedback.question_types.columns import Column, Dtype, Message, integer_of, state_of
from feedback.question_types.counted import Numbers, distribution, spread
from feedback.question_types.spans import Span, whole_numbers

WHOLE = _("This is not a whole number. Write digits only, such as 3.")


class Scale(Item):
    """Whole numbers from ``lowest`` to ``highest``, with words at the ends."""

    kind: ClassVar = Kind.NUMBER
    may_be_personal: ClassVar[bool] = False

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest number."""
        raise NotImplementedError(f"{self.type} has no ends")

    @property
    def end_words(self) -> tuple[str, str]:
        """What the lowest and the highest number mean; "" for nothing in particular."""
        return "", ""

    def labels(self) -> dict[str, str]:
        """Each score in words; the ends with what they mean."""
        lowest, highest = self.ends
        words = {str(score): str(score) for score in range(lowest, highest + 1)}
        ends = zip((str(lowest), str(highest)), self.end_words, strict=True)
        return words | {score: f"{score} – {end}" for score, end in ends if end}

    def layout(self) -> LayoutObject:
        return Div(self.key, css_class="item scale")

    def field(self) -> forms.Field:
        return OptionField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=list(self.labels().items()),
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        lowest, highest = self.ends
        return {self.key: [str(lowest + int((highest - lowest + 1) * chance.betavariate(3, 1.7)))]}

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

    def where(self, code: str) -> Q:
        return Q(answers__contains={self.key: int(code)})

    def filters(self) -> Mapping[str, Message]:
        return self.labels()

    @property
    def span(self) -> Span:
        return Span(self.key, "number", "1", self.bound, self.ends, whole_numbers)

    @property
    def limits(self) -> tuple[JSON, JSON]:
        return self.ends

    def bound(self, text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text.strip()):
            raise ValidationError(WHOLE)
        return int(text)

    @property
    def grouped_by(self) -> str:
        return self.key

    @property
    def scored_by(self) -> str:
        return self.key

    def values(self) -> Mapping[str, int]:
        return {code: int(code) for code in self.labels()}

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """Distribution, mean and spread, and how many chose one of the two highest."""
        scores = Numbers.of(answers[self.key])
        counts = distribution(scores.how_many(), self.values())
        spreads = spread(scores, (0.25, 0.5, 0.75))
        return {"counts": counts, **spreads, **self.derived(counts)}

    def derived(self, counts: Mapping[str, float]) -> dict[str, Any]:
        """How many chose one of the two highest."""
        return {"top_2": sum([*counts.values()][-2:])}
