"""Long text: an open question, answered in the respondent's own words."""

from random import Random
from typing import Literal

from django import forms
from pydantic import Field

from feedback.question_types import phrases
from feedback.question_types.base import Example, Item
from feedback.question_types.columns import Column
from feedback.question_types.text import TextField


class LongText(Item):
    type: Literal["long_text"] = "long_text"
    chart = None
    in_sentences = True
    max_length: int = Field(10_000, ge=1, le=50_000)
    rows: int = Field(5, ge=2, le=30)

    def field(self) -> forms.Field:
        return TextField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            longest=self.max_length,
            widget=forms.Textarea(attrs={"rows": self.rows}),
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        return {self.key: [phrases.opinion(self.text, chance)[: self.max_length]]}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        item = cls(key="ideas", text="What should we do better?", max_length=30)
        return Example(
            item,
            accepts=[
                ({"ideas": ["First\r\nsecond"]}, {"ideas": "First\nsecond"}),
                ({"ideas": ["\n "]}, {"ideas": None}),
                ({}, {"ideas": None}),
            ],
            cells=[{"ideas": "First\nsecond"}, {"ideas": None}, {"ideas": None}],
            refuses=[({"ideas": ["x" * 31]}, "at most 30"), ({"ideas": ["\0"]}, "NUL")],
        )
