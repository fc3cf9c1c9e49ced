"""Yes or no: two radio buttons, stored as true or false."""

from collections.abc import Mapping
from random import Random
from typing import ClassVar, Literal

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import REQUIRED, Answers, Example
from feedback.question_types.choices import NOT_OFFERED, OptionField
from feedback.question_types.truths import Truth

WORDS = {"yes": _("Yes"), "no": _("No")}


class YesNo(Truth):
    type: Literal["yes_no"] = "yes_no"
    said: ClassVar = WORDS

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

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        answer = answers.get(self.key)
        return {} if answer is None else {self.key: ["yes" if answer else "no"]}

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        code = {"1": "yes", "0": "no"}.get(cells.get(self.key, ""), "")
        return {self.key: [code]}

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
