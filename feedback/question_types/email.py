"""E-mail address."""

import re
from random import Random
from typing import Literal

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from feedback.question_types import phrases
from feedback.question_types.base import Example, Item
from feedback.question_types.columns import Column
from feedback.question_types.text import TextField

SHAPE = _("This is not a whole e-mail address. Write it like name@example.org.")


# What needs no validator asked, as it takes this and more; most addresses are like this.
PLAIN = re.compile(
    r"[a-z0-9_-]{1,40}(?:\.[a-z0-9_-]{1,40}){0,2}"
    r"@(?:[a-z0-9]{1,20}(?:-[a-z0-9]{1,9}){0,2}\.){1,2}[a-z]{2,10}"
)


class AddressField(TextField):
    """An address without the spaces that keyboards leave around it."""

    def to_python(self, value: str | None) -> str | None:
        return super().to_python((value or "").strip())

    def surely_fine(self, text: str) -> bool:
        return PLAIN.fullmatch(text) is not None


class Email(Item):
    type: Literal["email"] = "email"
    chart = None

    @property
    def names_somebody(self) -> bool:
        return self.personal

    def field(self) -> forms.Field:
        field = AddressField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            longest=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        field.validators.append(EmailValidator(message=SHAPE))
        return field

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        return {self.key: [f"{phrases.handle(chance)}@example.org"]}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        item = cls(key="mail", text="Where may we write to you?")
        return Example(
            item,
            accepts=[
                ({"mail": [" ada@example.org "]}, {"mail": "ada@example.org"}),
                ({"mail": [""]}, {"mail": None}),
            ],
            cells=[{"mail": "ada@example.org"}, {"mail": None}],
            refuses=[({"mail": ["ada"]}, "name@example.org"), ({"mail": ["a\0@b.org"]}, "NUL")],
        )
