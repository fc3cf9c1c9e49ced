"""The raw body of a public post, checked before anything reads it as text.

Django's own reading replaces bytes that are no UTF-8 without a word, and takes a body
that was cut on the way for a whole one. Both would store what nobody wrote.
"""

from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.question_types.base import Posted

DRAINED = 16_000_000  # bytes read of a body that is too large, so that the answer arrives
FORM = "application/x-www-form-urlencoded"
NOT_UTF8 = gettext_lazy(
    "Some characters of this text arrived damaged (not valid UTF-8). They are shown as "
    "\N{REPLACEMENT CHARACTER}: type them again."
)


class BadBody(Exception):
    """The request cannot be read as a form; nothing was stored."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def form_of(request: HttpRequest, *, most_fields: int) -> tuple[Posted, dict[str, ValidationError]]:
    """The fields of a posted form, and an error for each whose bytes are not text.

    Raises:
        BadBody: no form in UTF-8, cut short, too large, or more fields than any page of ours has.
    """
    if request.content_type != FORM:
        raise BadBody(415, _("Send the form as %(type)s.") % {"type": FORM})
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise BadBody(415, _("Send the form as UTF-8, not as %(other)s.") % {"other": charset})
    body = whole_body(request)
    pairs = [pair.partition(b"=") for pair in body.split(b"&") if pair]
    if len(pairs) > most_fields:
        raise BadBody(
            400,
            _("The form has %(n)d fields; at most %(most)d are possible. Send fewer.")
            % {"n": len(pairs), "most": most_fields},
        )
    if len(body) > settings.MAX_ANSWERS_BYTES:
        raise BadBody(413, too_large(body))
    posted: Posted = MultiValueDict()
    damaged = {}
    for raw_name, _equals, raw_value in pairs:
        name, name_is_text = decoded(raw_name)
        value, value_is_text = decoded(raw_value)
        posted.appendlist(name, value)
        if not (name_is_text and value_is_text):
            damaged[name] = ValidationError(NOT_UTF8)
    return posted, damaged


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
        raise BadBody(413, limit(length))
    body = bytearray()
    while len(body) < length and (piece := request.read(length - len(body))):
        body += piece
    if len(body) < length:
        raise BadBody(400, _("The request was cut short on its way. Send it again."))
    request.whole_body = bytes(body)  # type: ignore[attr-defined]
    return bytes(body)


def limit(length: int) -> str:
    return _(
        "The answers together have %(size)d kB; at most %(most)d kB are possible. "
        "Go back, shorten the longest answer and send again."
    ) % {"size": length // 1000, "most": settings.MAX_ANSWERS_BYTES // 1000}


def too_large(body: bytes) -> str:
    """The limit, and the field that is the largest."""
    name, _equals, value = max(
        (p.partition(b"=") for p in body.split(b"&")), key=lambda p: len(p[2])
    )
    largest = _("The largest is “%(field)s” with %(size)d kB.") % {
        "field": decoded(name)[0][:60],
        "size": len(value) // 1000,
    }
    return f"{limit(len(body))} {largest}"


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text of one name or value, and whether its bytes were text throughout."""
    plain = raw.replace(b"+", b" ")
    if b"%" in plain:
        plain = unquote_to_bytes(plain)
    try:
        return plain.decode(), True
    except UnicodeDecodeError:
        return plain.decode(errors="replace"), False
