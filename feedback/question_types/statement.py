"""Statement: a text to read between the questions; it asks nothing."""

from random import Random
from typing import Any, ClassVar, Literal

from crispy_forms.layout import LayoutObject
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from feedback.question_types.base import Example, Item


class Reading(LayoutObject):
    """A text in the place of a field."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.fields: list[str] = []  # crispy looks for them

    def render(self, form: Any, context: Any, template_pack: Any = "", **kwargs: Any) -> SafeString:
        texts = {"text": form.recalled(self.item.text), "help": form.recalled(self.item.help)}
        return render_to_string("question_types/statement.html", texts)


class Statement(Item):
    type: Literal["statement"] = "statement"
    chart = None
    asks: ClassVar[bool] = False

    def fields(self) -> dict[str, forms.Field]:
        return {}

    def layout(self) -> LayoutObject:
        return Reading(self)

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        return {}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="thanks", text="Nearly there: two questions to go."),
            accepts=[({}, {})],
            cells=[{}],
        )
