"""Hidden: a word from the form's address, such as who was invited, or from which page.

With ``parameter`` "ref", the address ``/s/<slug>/?ref=poster`` stores "poster". It is on
the receipt as any answer is: nothing is stored of people that they cannot see.
"""

from random import Random
from typing import Literal

from django import forms
from pydantic import Field

from feedback.question_types.base import Example
from feedback.question_types.columns import Column
from feedback.question_types.text import TextField
from feedback.question_types.unasked import Unasked

LONGEST = 1_000  # characters
MADE_UP = ("newsletter", "poster", "forum")


class Hidden(Unasked):
    type: Literal["hidden"] = "hidden"
    chart = None
    parameter: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.~-]*$",
        max_length=60,
        description="Part of the address that it is filled from; the key if left out",
    )

    @property
    def address_part(self) -> str:
        return self.parameter or self.key

    def field(self) -> forms.Field:
        # Browsers bring back what a form held before; here the address has the last word.
        widget = forms.HiddenInput(attrs={"autocomplete": "off"})
        return TextField(label=self.text, required=False, longest=LONGEST, widget=widget)

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        return {} if self.skipped(chance) else {self.key: [chance.choice(MADE_UP)]}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="came_from", text="Where people came from", parameter="ref"),
            accepts=[
                ({"came_from": ["poster 7"]}, {"came_from": "poster 7"}),
                ({}, {"came_from": None}),
            ],
            cells=[{"came_from": "poster 7"}, {"came_from": None}],
            refuses=[({"came_from": ["x" * (LONGEST + 1)]}, "at most 1000")],
        )
