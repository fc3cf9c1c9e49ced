"""Short text: one line, such as a name or a town."""

from random import Random
from typing import Literal, Self

from django import forms
from pydantic import Field, model_validator

from feedback.question_types import phrases
from feedback.question_types.base import Example, Item
from feedback.question_types.columns import Column
from feedback.question_types.text import Matching, TextField


class ShortText(Item):
    type: Literal["short_text"] = "short_text"
    chart = None
    max_length: int = Field(255, ge=1, le=1_000)
    autocomplete: str = Field("", pattern=r"^[a-z0-9 -]*$", max_length=60)
    pattern: str = Field("", max_length=500, description="RE2 syntax; the whole text must match")
    pattern_message: str = Field("", max_length=500, description="How to write it, if it does not")

    @model_validator(mode="after")
    def pattern_can_be_run(self) -> Self:
        if self.pattern and not self.pattern_message:
            raise ValueError("a pattern needs a pattern_message, which tells how to write it")
        Matching(self.pattern, self.pattern_message)
        return self

    @property
    def names_somebody(self) -> bool:
        """By what browsers fill in, or by its key where its author did not say."""
        told = self.autocomplete.split()
        return self.personal and ("name" in self.key or any("name" in word for word in told))

    def field(self) -> forms.Field:
        attributes = {"autocomplete": self.autocomplete} if self.autocomplete else {}
        matching = [Matching(self.pattern, self.pattern_message)] if self.pattern else []
        return TextField(
            validators=matching,
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
        likely = fills.get(self.autocomplete) or phrases.handle(chance)
        some = [likely, first, last, phrases.city(chance), *(phrases.handle(chance) for _ in "12")]
        # Of texts that an author's pattern takes none may be known; then it is left blank.
        matching = Matching(self.pattern, "") if self.pattern else None
        fitting = [text for text in some if not matching or matching.fits(text)]
        return {self.key: [fitting[0][: self.max_length]]} if fitting else {}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        item = cls(key="town", text="Which town do you live in?", required=True, max_length=20,
                   pattern=r"[^0-9]*", pattern_message="Write letters only.")  # fmt: skip
        return Example(
            item,
            accepts=[
                ({"town": ["Zürich"]}, {"town": "Zürich"}),
                ({"town": [" =SUM() "]}, {"town": " =SUM() "}),
            ],
            cells=[{"town": "Zürich"}, {"town": " =SUM() "}],
            refuses=[
                ({}, "needs an answer"),
                ({"town": ["   "]}, "needs an answer"),
                ({"town": ["x" * 21]}, "at most 20"),
                ({"town": ["a\0b"]}, "NUL"),
                ({"town": ["B3"]}, "Write letters only"),
            ],
        )
