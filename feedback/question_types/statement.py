"""Statement: a text to read between the questions; it asks nothing."""

from random import Random
from typing import ClassVar, Literal

from crispy_forms.layout import LayoutObject
from django import forms

from feedback.question_types.base import Example, Item
from feedback.question_types.templated import Templated


class Statement(Item):
    type: Literal["statement"] = "statement"
    chart = None
    asks: ClassVar[bool] = False

    def fields(self) -> dict[str, forms.Field]:
        return {}

    def layout(self) -> LayoutObject:
        return Templated(self)

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        return {}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="thanks", text="Nearly there: two questions to go."),
            accepts=[({}, {})],
            cells=[{}],
        )
