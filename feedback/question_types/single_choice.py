"""Single choice: one option of several, as radio buttons or as a list to open."""

from random import Random
from typing import Any, ClassVar, Literal

import polars as pl
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.question_types import phrases
from feedback.question_types.base import (
    JSON,
    REQUIRED,
    Answers,
    Choice,
    Example,
    Kind,
)
from feedback.question_types.choices import NOT_OFFERED, OTHER, Offering, OptionField
from feedback.question_types.columns import Column, Dtype, Message, state_of, text_of
from feedback.question_types.counted import distribution, how_many

BOTH = _("You chose an option of the list and also typed another. Keep one of the two.")
PICK = _("Choose one")


class SingleChoice(Offering):
    type: Literal["single_choice"] = "single_choice"
    kind: ClassVar = Kind.CODE
    look: Literal["radios", "list"] | None = None  # None: radios up to ten options

    @property
    def as_list(self) -> bool:
        many = self.look is None and len(self.choices) > 10
        return (self.look == "list" or many) and not self.pictured

    def fields(self) -> dict[str, forms.Field]:
        options: list[tuple[str, Any]] = list(self.shown_options())
        if self.as_list:
            options.insert(0, ("", PICK))
        choice = OptionField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=options,
            widget=forms.Select if self.as_list else forms.RadioSelect,
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )
        return {self.key: choice, **self.other_fields()}

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        chosen, text = cleaned[self.key] or None, cleaned.get(self.other_part)
        if text and chosen != OTHER:
            raise ValidationError({self.other_part: BOTH})
        if self.other and chosen == OTHER:
            return {self.key: chosen, self.other_part: text}
        return {self.key: chosen}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        code = phrases.leaning([code for code, _text in self.options()], chance)
        typed = {self.other_part: [phrases.handle(chance)]} if self.other and code == OTHER else {}
        return {self.key: [code], **typed}

    def columns(self) -> list[Column]:
        value = None if self.personal else text_of(self.key)
        labels = dict(self.options())
        chosen = Column(
            self.key, self.text, self.key, Dtype.CODE, value, state_of(self.key), labels
        )
        return [chosen, *self.other_columns()]

    def words(self, part: str, answer: JSON) -> Message:
        return (
            dict(self.options()).get(str(answer), str(answer)) if part == self.key else str(answer)
        )

    @property
    def grouped_by(self) -> str:
        return self.key

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        return {"counts": distribution(how_many(answers[self.key]), self.values())}

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="travel",
            text="How do you get to work?",
            required=True,
            choices=[Choice(code="bike", text="By bicycle"), Choice(code="bus", text="By bus")],
            other="Another way",
        )
        return Example(
            item,
            accepts=[
                ({"travel": ["bus"]}, {"travel": "bus"}),
                (
                    {"travel": ["other"], "travel__other": ["On skis"]},
                    {"travel": "other", "travel__other": "On skis"},
                ),
                (
                    {"travel__other": ["On skis"]},
                    {"travel": "other", "travel__other": "On skis"},
                ),
                ({"travel": ["other"]}, {"travel": "other", "travel__other": None}),
            ],
            cells=[
                {"travel": "bus", "travel__other": None},
                {"travel": "other", "travel__other": "On skis"},
                {"travel": "other", "travel__other": "On skis"},
                {"travel": "other", "travel__other": None},
            ],
            refuses=[
                ({}, "needs an answer"),
                ({"travel": ["boat"]}, "not one of the options"),
                ({"travel": ["bus"], "travel__other": ["On skis"]}, "Keep one of the two"),
            ],
        )
