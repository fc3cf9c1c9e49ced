"""What the types that offer options share: their check, their codes, "other: specify"."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any, Self

from crispy_forms.layout import Div, LayoutObject
from crispy_forms.layout import Field as Shown
from django import forms
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from feedback.question_types.base import Answers, Choice, Item, Posted
from feedback.question_types.columns import Column, Message
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


class Dealing(Item):
    """An item that deals out options, each known by its code: not to all, not in one order."""

    shuffle: bool = Field(False, description="Deal the options out in different orders")

    @property
    def dealt(self) -> Sequence[Choice]:
        raise NotImplementedError(f"{self.type} deals nothing out")

    @model_validator(mode="after")
    def codes_differ(self) -> Self:
        refuse_repeated(self.dealt)
        return self

    def options(self) -> list[tuple[str, str]]:
        """Code and text of every option, in order."""
        return [(choice.code, choice.text) for choice in self.dealt]

    def codes(self) -> Sequence[str]:
        return [code for code, _text in self.options()]

    def offered_if(self) -> Mapping[str, str]:
        return {choice.code: choice.show_if for choice in self.dealt if choice.show_if}

    def chosen(self, answers: Answers) -> Sequence[str]:
        answer = answers.get(self.key)
        codes = answer if isinstance(answer, list) else [answer]
        return [code for code in codes if isinstance(code, str)]

    def orders(self, turn: int) -> Sequence[str]:
        """Each turn begins elsewhere in one mixed order, so that over all turns every
        option stands about as often in every place; the fixed ones stay last."""
        if not self.shuffle:
            return []
        moving = [choice.code for choice in self.dealt if not choice.fixed]
        Random(self.key).shuffle(moving)  # noqa: S311 - an order, not a secret
        start = turn % len(moving) if moving else 0
        turned = moving[start:] + moving[:start]
        if turn // max(len(moving), 1) % 2:
            turned.reverse()
        last = [code for code, _text in self.options() if code not in moving]
        return [*turned, *last]

    def name_of(self, code: str) -> str:
        """The field of one option, where each has its own."""
        return f"{self.key}__{code}"

    def arranged(self, fields: Mapping[str, forms.Field], order: Sequence[str]) -> None:
        """Number the fields of the options, for ``shown``."""
        for place, code in enumerate(order):
            field: Any = fields[self.name_of(code)]
            field.place = place

    def shown(self, form: Any) -> dict[str, Any]:
        """Each option with its own field, for a template, in the order they are dealt out.

        A field is labelled with question and option, for whoever reads of it elsewhere;
        below the question itself the option is enough, with what is said beside it.
        """
        question = form.recalled(f"{self.text} – ")
        options = []
        for code in self.codes():
            field = form[self.name_of(code)]
            text = SafeString(conditional_escape(field.label).removeprefix(question))
            options.append({"code": code, "text": text, "field": field})
        options.sort(key=lambda option: getattr(option["field"].field, "place", 0))
        return {"options": options}

    def pool(self, older: Item) -> Item:
        wider = self.wider(older)
        # Not model_copy: it would take along the fields made for the fewer options. Nor
        # checked again: of all revisions together there may be more than one may offer.
        return type(self).model_construct(**(dict(self) | wider)) if wider else self

    def wider(self, older: Item) -> dict[str, Any]:
        """The settings that change so that what only ``older`` offered can be read, too."""
        return {}

    def filters(self) -> Mapping[str, Message]:
        return dict(self.options())


class Listed(Dealing):
    """An item with a list of options to choose from."""

    choices: list[Choice] = Field(min_length=1, max_length=10_000)

    @property
    def dealt(self) -> Sequence[Choice]:
        return self.choices

    def wider(self, older: Item) -> dict[str, Any]:
        both = joined(self.choices, older.choices) if isinstance(older, Listed) else self.choices
        return {"choices": both} if len(both) > len(self.choices) else {}


class Pictured(str):
    """The words of an option that has a picture, for the template that shows both."""

    image: str
    alt: str
    condition: str = ""  # when it is offered, in words

    @classmethod
    def of(cls, choice: Choice) -> str:
        if not choice.image:
            return choice.text
        words = cls(choice.text)
        words.image, words.alt = choice.image, choice.alt
        return words


class Offering(Listed):
    """A list of options, and perhaps a last one whose text is typed in.

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
    def other_is_free(self) -> Self:
        if self.other and OTHER in dict(super().options()):
            raise ValueError("the code 'other' is taken by the option to type in; use another")
        return self

    @property
    def other_part(self) -> str:
        return f"{self.key}__{OTHER}"

    def options(self) -> list[tuple[str, str]]:
        """As of every list, the option to type in last."""
        return [*super().options(), *([(OTHER, self.other)] if self.other else [])]

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

    def arranged(self, fields: Mapping[str, forms.Field], order: Sequence[str]) -> None:
        """Put the options of its one field in order."""
        field: Any = fields[self.key]
        place = {code: number for number, code in enumerate(order)}
        field.choices = sorted(field.choices, key=lambda option: place.get(str(option[0]), -1))

    def wider(self, older: Item) -> dict[str, Any]:
        other = older.other if isinstance(older, Offering) and not self.other else ""
        return super().wider(older) | ({"other": other} if other else {})


def refuse_repeated(choices: Sequence[Choice]) -> None:
    """Raises: ValueError, if two options have one code."""
    codes = [choice.code for choice in choices]
    if twice := sorted(code for code, count in Counter(codes).items() if count > 1):
        raise ValueError(f"the code {', '.join(twice)} is used twice; codes must differ")


def joined(newer: Sequence[Choice], older: Sequence[Choice]) -> list[Choice]:
    """The options of two revisions, those that are gone last."""
    codes = {choice.code for choice in newer}
    return [*newer, *(choice for choice in older if choice.code not in codes)]
