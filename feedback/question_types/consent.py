"""Consent: a statement to agree to. Its wording is kept with the revision answered.

Nothing is quoted in public of whoever did not agree: to the consent that says ``quotes``, or
to any of them where none does.
"""

from collections.abc import Mapping
from random import Random
from typing import ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from feedback.question_types.base import Answers, Example, Posted
from feedback.question_types.truths import Truth

AGREE = _("We can only take your answers if you agree. Tick the box, or leave the page.")
NOT_A_TICK = _("Consent is given with a tick, sent as “on”. Tick the box, or leave it empty.")
GIVEN = {"yes": _("Agreed"), "no": _("Did not agree")}


class Consent(Truth):
    """Stored as true or false: a box left empty is a "no", never blank."""

    type: Literal["consent"] = "consent"
    said: ClassVar = GIVEN
    gives_consent: ClassVar[bool] = True
    quotes: bool = Field(False, description="It is this one that lets answers be quoted")

    @property
    def lets_quote(self) -> bool:
        return self.quotes

    def field(self) -> forms.Field:
        return forms.BooleanField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            error_messages={"required": AGREE},
        )

    def clean(self, posted: Posted) -> Answers:
        """As for every item; but only a tick is consent, never a word such as "no"."""
        if any(value != "on" for value in posted.getlist(self.key)):
            raise ValidationError({self.key: NOT_A_TICK})
        return super().clean(posted)

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        agrees = self.required or chance.random() < 0.7
        return {self.key: ["on"]} if agrees else {}

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        return {self.key: ["on"]} if answers.get(self.key) is True else {}

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        return {self.key: ["on"]} if cells.get(self.key) == "1" else {}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="agree", text="I agree that my answers are published.", required=True),
            accepts=[({"agree": ["on"]}, {"agree": True})],
            cells=[{"agree": 1}],
            refuses=[
                ({}, "only take your answers if you agree"),
                ({"agree": ["no"]}, "given with a tick"),
            ],
        )
