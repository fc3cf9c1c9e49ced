"""Short text: one line, such as a name or a town."""

from random import Random
from typing import Literal

from django import forms
from pydantic import Field

from feedback.question_types import phrases
from feedback.question_types.base import Column, Example, Item
from feedback.question_types.text import TextField


class ShortText(Item):
    type: Literal["short_text"] = "short_text"
    chart = None
    max_length: int = Field(255, ge=1, le=1_000)
    autocomplete: str = Field("", pattern=r"^[a-z0-9 -]*$", max_length=60)

    def field(self) -> forms.Field:
        attributes = {"autocomplete": self.autocomplete} if self.autocomplete else {}
        return TextField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            longest=self.max_length,
            widget=forms.TextInput(attrs=attributes),
        )

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        first, last = phrases.first_name(chance), phrases.last_name(chance)
        fills = {"given-name": first, "family-name": last, "name": f"{first} {last}"}
        fills["address-level2"] = phrases.city(chance)
        text = fills.get(self.autocomplete) or phrases.handle(chance)
        return {self.key: [text[: self.max_length]]}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        item = cls(key="town", text="Which town do you live in?", required=True, max_length=20)
        return Example(
            item,
            accepts=[
                ({"town": ["Zürich"]}, {"town": "Zürich"}),
                ({"town": [" =1+1 "]}, {"town": " =1+1 "}),
            ],
            cells=[{"town": "Zürich"}, {"town": " =1+1 "}],
            refuses=[
                ({}, "needs an answer"),
                ({"town": ["   "]}, "needs an answer"),
                ({"town": ["x" * 21]}, "at most 20"),
                ({"town": ["a\0b"]}, "NUL"),
            ],
        )
