"""Web address."""

import re
from random import Random
from typing import Literal

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from feedback.question_types import phrases
from feedback.question_types.base import Example, Item
from feedback.question_types.columns import Column
from feedback.question_types.text import TextField

SHAPE = _("This is not a whole web address. Write it like https://example.org.")


# What needs no validator asked, as it takes this and more; many addresses are like this.
PLAIN = re.compile(
    r"https?://(?:[a-z0-9]{1,20}(?:-[a-z0-9]{1,9}){0,2}\.){1,4}[a-z]{2,10}"
    r"(?:/[a-zA-Z0-9_.~/-]{0,200})?"
)


class WebAddressField(TextField):
    """A web address; one typed without a scheme gets ``https://``, as browsers do."""

    def to_python(self, value: str | None) -> str | None:
        address = super().to_python((value or "").strip())
        if address and "://" not in address:
            return f"https://{address}"
        return address

    def surely_fine(self, text: str) -> bool:
        return PLAIN.fullmatch(text) is not None


class Url(Item):
    type: Literal["url"] = "url"
    chart = None

    def field(self) -> forms.Field:
        field = WebAddressField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            longest=2_000,
            # Not type=url: browsers refuse "example.org" there, which is fine with us.
            widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        )
        field.validators.append(URLValidator(schemes=["http", "https"], message=SHAPE))
        return field

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        return {self.key: [f"https://{phrases.handle(chance)}.example.org/"]}

    def columns(self) -> list[Column]:
        return [self.text_column(self.key, self.text)]

    @classmethod
    def example(cls) -> Example:
        item = cls(key="site", text="Your website?")
        return Example(
            item,
            accepts=[
                ({"site": ["example.org/a?b=c"]}, {"site": "https://example.org/a?b=c"}),
                ({"site": ["http://example.org"]}, {"site": "http://example.org"}),
                ({"site": [""]}, {"site": None}),
            ],
            cells=[
                {"site": "https://example.org/a?b=c"},
                {"site": "http://example.org"},
                {"site": None},
            ],
            refuses=[
                ({"site": ["javascript:alert(1)"]}, "https://example.org"),
                ({"site": ["not a site"]}, "https://example.org"),
                ({"site": ["ftp://example.org"]}, "https://example.org"),
            ],
        )
