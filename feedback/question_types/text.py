"""What the types of typed text share: a field that alters nothing it can store."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from feedback.question_types.base import REQUIRED

NUL = _(
    "This text holds an invisible character (NUL) that cannot be stored. "
    "Retype the text, or paste it as plain text."
)
TOO_LONG = ngettext_lazy(
    "This text has %(show_value)d characters; at most %(limit_value)d is possible. Shorten it.",
    "This text has %(show_value)d characters; at most %(limit_value)d are possible. Shorten it.",
    "limit_value",
)


class TextField(forms.CharField):
    """Text as typed: only line ends become LF, and only spaces count as blank.

    No ``maxlength`` is put on the page: browsers cut a paste to it without a word.
    """

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        messages = {"required": REQUIRED, **kwargs.pop("error_messages", {})}
        super().__init__(strip=False, empty_value=None, error_messages=messages, **kwargs)
        self.validators = [
            ProhibitNullCharactersValidator(message=NUL),
            MaxLengthValidator(longest, message=TOO_LONG),
        ]

    def to_python(self, value: str | None) -> str | None:
        text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else None
