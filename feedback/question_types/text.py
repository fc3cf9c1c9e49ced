"""What the types of typed text share: a field that alters nothing it can store."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
from django import forms
from django.core.exceptions import ValidationError
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


NUL_AND_LENGTH = 2  # the validators that each text has


@dataclass(frozen=True)
class Matching:
    """A pattern of the author's, run by RE2: in linear time, whatever pattern and text are.

    Raises:
        ValueError: RE2 cannot run it; it has no look-around and no references back.
    """

    pattern: str
    message: str

    def __post_init__(self) -> None:
        try:
            compiled(self.pattern)
        except re2.error as error:
            reason = error.args[0] if error.args else error
            reason = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
            raise ValueError(f"the pattern cannot be run: {reason}") from error

    def fits(self, text: str) -> bool:
        return compiled(self.pattern).fullmatch(text) is not None

    def __call__(self, text: str) -> None:
        if not self.fits(text):
            raise ValidationError(self.message)


@lru_cache(maxsize=1_024)
def compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False  # a text of the author's belongs in no log
    options.max_mem = 1 << 20  # bytes
    return re2.compile(pattern, options=options)


class TextField(forms.CharField):
    """Text as typed: only line ends become LF, and only spaces count as blank.

    No ``maxlength`` is put on the page: browsers cut a paste to it without a word.
    """

    def __init__(self, *, longest: int, validators: Sequence[Matching] = (), **kwargs: Any) -> None:
        messages = {"required": REQUIRED, **kwargs.pop("error_messages", {})}
        super().__init__(strip=False, empty_value=None, error_messages=messages, **kwargs)
        self.longest = longest
        self.validators = [
            ProhibitNullCharactersValidator(message=NUL),
            MaxLengthValidator(longest, message=TOO_LONG),
            *validators,
        ]

    def clean(self, value: str | None) -> str | None:
        """Of texts that are not fine at a glance, validators say what is wrong."""
        text = self.to_python(value)
        if text is not None and self.surely_fine(text):
            return text
        cleaned: str | None = super().clean(value)
        return cleaned

    def surely_fine(self, text: str) -> bool:
        """Whether no validator need be asked; so it is with most texts."""
        return (
            len(self.validators) == NUL_AND_LENGTH
            and len(text) <= self.longest
            and "\0" not in text
        )

    def to_python(self, value: str | None) -> str | None:
        text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else None
