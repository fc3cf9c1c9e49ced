"""The raw body of a public post, checked before anything reads it as text.

Django's own reading replaces bytes that are no UTF-8 without a word, and takes a body
that was cut on the way for a whole one. Both would store what nobody wrote.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from feedback.question_types.base import Posted
from feedback.question_types.columns import Message

DRAINED = 16_000_000  # bytes read of a body that is too large, so that the answer arrives
FORM = "application/x-www-form-urlencoded"
LONG = 200  # bytes of a name; no field of ours has as many
TOO_LARGE = _(
    "The answers together have %(size)d kB; at most %(most)d kB are possible. "
    "Go back, shorten the longest answer and send again."
)
LARGEST = _("The largest is “%(field)s” with %(size)d kB.")
NOT_UTF8 = _(
    "Some characters of this text arrived damaged (not valid UTF-8). They are shown as "
    "\N{REPLACEMENT CHARACTER}: type them again."
)


class BadBody(Exception):
    """The request cannot be read as a form; nothing was stored.

    Said in the language that is active when it is asked for: before the form is read, nobody
    knows which it is in.
    """

    def __init__(self, status: int, message: Message, **about: object) -> None:
        self.status = status
        super().__init__((message, about))

    def and_also(self, message: Message, **about: object) -> "BadBody":
        self.args = (*self.args, (message, about))
        return self

    def __str__(self) -> str:
        return " ".join(str(message) % about for message, about in self.args)


def form_of(request: HttpRequest, *, most_fields: int) -> tuple[Posted, dict[str, ValidationError]]:
    """The fields of a posted form, and an error for each whose bytes are not text.

    Raises:
        BadBody: no form in UTF-8, cut short, too large, or more fields than any page of ours has.
    """
    if request.content_type != FORM:
        raise BadBody(415, _("Send the form as %(type)s."), type=FORM)
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise BadBody(415, _("Send the form as UTF-8, not as %(other)s."), other=charset)
    body = whole_body(request)
    pairs = [pair.partition(b"=") for pair in body.split(b"&") if pair]
    if len(pairs) > most_fields:
        raise BadBody(
            400,
            _("The form has %(n)d fields; at most %(most)d are possible. Send fewer."),
            n=len(pairs),
            most=most_fields,
        )
    if len(body) > settings.MAX_ANSWERS_BYTES:
        raise too_large(len(body)).and_also(LARGEST, **largest(body))
    posted: dict[str, list[str]] = {}
    damaged = {}
    for raw_name, _equals, raw_value in pairs:
        name, name_is_text = (name_of if len(raw_name) < LONG else decoded)(raw_name)
        value, value_is_text = decoded(raw_value)
        posted.setdefault(name, []).append(value)
        if not (name_is_text and value_is_text):
            damaged[name] = ValidationError(NOT_UTF8)
    return Fields(posted), damaged


class Fields(MultiValueDict[str, str]):
    """What Django's own says, without a copy and two calls more each time one looks."""

    def get(self, key: str, default: Any = None) -> Any:
        sent = dict.get(self, key)
        return sent[-1] if sent else default

    def getlist(self, key: str, default: Any = None) -> Any:
        return dict.get(self, key, [] if default is None else default)


def whole_body(request: HttpRequest) -> bytes:
    """Exactly as many bytes as were announced; the same whenever one asks."""
    kept: bytes | None = getattr(request, "whole_body", None)
    if kept is not None:
        return kept
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced:
        raise BadBody(411, _("The request does not say how long it is (Content-Length)."))
    if not (announced.isascii() and announced.isdigit()):
        raise BadBody(400, _("The request’s Content-Length is not a number."))
    length = int(announced[:20])
    if length > DRAINED:
        raise too_large(length)
    body = bytearray()
    while len(body) < length and (piece := request.read(length - len(body))):
        body += piece
    if len(body) < length:
        raise BadBody(400, _("The request was cut short on its way. Send it again."))
    request.whole_body = bytes(body)  # type: ignore[attr-defined]
    return bytes(body)


def too_large(length: int) -> BadBody:
    most = settings.MAX_ANSWERS_BYTES
    return BadBody(413, TOO_LARGE, size=length // 1000, most=most // 1000)


def largest(body: bytes) -> dict[str, object]:
    """The field that takes up most."""
    fields = (pair.partition(b"=") for pair in body.split(b"&"))
    name, _equals, value = max(fields, key=lambda parts: len(parts[2]))
    return {"field": decoded(name)[0][:60], "size": len(value) // 1000}


@lru_cache(maxsize=4_096)
def name_of(raw: bytes) -> tuple[str, bool]:
    """As ``decoded``; kept, as the names of the fields are the same in every form."""
    return decoded(raw)


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text of one name or value, and whether its bytes were text throughout."""
    plain = raw.replace(b"+", b" ")
    if b"%" in plain:
        plain = unquote_to_bytes(plain)
    try:
        return plain.decode(), True
    except UnicodeDecodeError:
        return plain.decode(errors="replace"), False
