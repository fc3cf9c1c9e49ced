"""What the types that offer options share: their check, their codes, "other: specify"."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from crispy_forms.layout import Div, LayoutObject
from crispy_forms.layout import Field as Shown
from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from feedback.question_types.base import Answers, Choice, Column, Item, Message, Posted
from feedback.question_types.text import TextField

OTHER = "other"
NOT_OFFERED = _("“%(value)s” is not one of the options offered here. Choose one of them.")
OTHER_LABEL = _("If other, please say which")


class OptionField(forms.TypedChoiceField):
    """One option of a list, found by one look-up however long the list is."""

    @cached_property
    def codes(self) -> frozenset[str]:
        choices: Any = self.choices
        return frozenset(str(code) for code, _text in choices)

    def valid_value(self, value: object) -> bool:
        return str(value) in self.codes


class Pictured(str):
    """The words of an option that has a picture, for the template that shows both."""

    image: str
    alt: str

    @classmethod
    def of(cls, choice: Choice) -> str:
        if not choice.image:
            return choice.text
        words = cls(choice.text)
        words.image, words.alt = choice.image, choice.alt
        return words


class Offering(Item):
    """An item with a list of options, and perhaps a last one whose text is typed in.

    ``other`` is the wording of that last option, whose code is ``other``. Its text is
    the part ``<key>__other``, asked only of those who chose it.
    """

    choices: list[Choice] = Field(
        min_length=1,
        max_length=10_000,
        description="Options; `image` and `alt`, what it shows, make a card of each",
    )
    other: str = Field("", max_length=200, description="Wording of an option to type in")

    @model_validator(mode="after")
    def codes_differ(self) -> Self:
        codes = [choice.code for choice in self.choices]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"the code {', '.join(twice)} is used twice; codes must differ")
        if self.other and OTHER in codes:
            raise ValueError("the code 'other' is taken by the option to type in; use another")
        return self

    @property
    def other_part(self) -> str:
        return f"{self.key}__{OTHER}"

    def options(self) -> list[tuple[str, str]]:
        """Code and text of every option, in order, the one to type in last."""
        offered = [(choice.code, choice.text) for choice in self.choices]
        return [*offered, (OTHER, self.other)] if self.other else offered

    @property
    def pictured(self) -> bool:
        """Whether options have pictures, and so stand side by side as cards."""
        return any(choice.image for choice in self.choices)

    def shown_options(self) -> list[tuple[str, str]]:
        """The options as a field shows them: those with a picture know it."""
        pictures = {choice.code: Pictured.of(choice) for choice in self.choices}
        return [(code, pictures.get(code, text)) for code, text in self.options()]

    def layout(self) -> LayoutObject:
        if not self.pictured:
            return super().layout()
        cards = Shown(self.key, template="question_types/pictured.html")
        return Div(cards, *self.other_fields(), css_class=f"item item-{self.type}")

    def other_fields(self) -> dict[str, forms.Field]:
        if not self.other:
            return {}
        # The placeholder lets the stylesheet see whether something is typed.
        text = forms.TextInput(attrs={"placeholder": " "})
        field = TextField(label=OTHER_LABEL, required=False, longest=500, widget=text)
        return {self.other_part: field}

    def other_columns(self) -> list[Column]:
        if not self.other:
            return []
        return [self.text_column(self.other_part, f"{self.text} – {self.other}")]

    def clean(self, posted: Posted) -> Answers:
        """As for every item; typing into "other" without choosing anything chooses it."""
        typed = self.other and posted.get(self.other_part, "").strip()
        if typed and not any(posted.getlist(self.key)):
            posted = posted.copy()
            posted.setlist(self.key, [OTHER])
        return super().clean(posted)

    def pool(self, older: Item) -> Item:
        if not isinstance(older, Offering):
            return self
        codes = {choice.code for choice in self.choices}
        gone = [choice for choice in older.choices if choice.code not in codes]
        if not gone and (self.other or not older.other):
            return self
        # Not model_copy: it would take along the fields made for the fewer options.
        both = {"choices": [*self.choices, *gone], "other": self.other or older.other}
        return type(self).model_validate({**self.model_dump(), **both})

    def filters(self) -> Mapping[str, Message]:
        return dict(self.options())
