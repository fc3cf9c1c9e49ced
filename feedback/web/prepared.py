"""Form pages rendered once per revision, as bytes with a place for the ticket.

The compressed page is one gzip member (RFC 1952) of three deflate pieces: all before the
ticket, flushed; the ticket in a stored block; all after it. Only the ticket and the
checksum are new on each request, so a page costs microseconds. Several gzip members
would be shorter to write, but browsers read only the first.
"""

import secrets
import struct
import zlib
from collections.abc import Mapping
from functools import lru_cache

from django.http import HttpResponse

from feedback.responses import tickets
from feedback.responses.in_field import InField, revision
from feedback.responses.tickets import Ticket
from feedback.web.forms import Around, FormPage
from feedback.web.prepared_headers import Headers, prepared, put

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
STORED_BLOCK = struct.pack("<BHH", 0, tickets.LENGTH, tickets.LENGTH ^ 0xFFFF)


class PreparedPage:
    """A page with one gap as wide as a ticket."""

    def __init__(self, page: bytes, gap: bytes, *, headers: Mapping[str, str]) -> None:
        self.headers = prepared(headers)
        self.packed_headers = prepared({**headers, "Content-Encoding": "gzip"})
        self.before, self.after = page.split(gap)
        first = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        last = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        start = first.compress(self.before) + first.flush(zlib.Z_FULL_FLUSH)
        self.packed_before = GZIP_HEADER + start + STORED_BLOCK
        self.packed_after = last.compress(self.after) + last.flush(zlib.Z_FINISH)
        self.crc_before = zlib.crc32(self.before)
        self.size = len(self.before) + tickets.LENGTH + len(self.after)

    def plain(self, ticket: bytes) -> bytes:
        return self.before + ticket + self.after

    def gzipped(self, ticket: bytes) -> bytes:
        crc = zlib.crc32(self.after, zlib.crc32(ticket, self.crc_before))
        return b"".join(
            (self.packed_before, ticket, self.packed_after, struct.pack("<II", crc, self.size))
        )


@lru_cache(maxsize=512)
def page_of(revision_id: int, language: str, turn: int, around: Around) -> PreparedPage:
    """The blank form of a revision in one of its languages and orders of options."""
    questionnaire = revision(revision_id).questionnaire
    gap = secrets.token_hex(tickets.LENGTH // 2)
    page = FormPage(
        questionnaire.in_language(language),
        language,
        gap,
        around,
        turn=turn,
        languages=questionnaire.offered_languages,
    )
    blank = page.response(status=200)
    several = len(questionnaire.offered_languages) > 1
    headers = {
        "Content-Security-Policy": blank.headers["Content-Security-Policy"],
        "Vary": "Accept-Encoding" + ", Accept-Language" * several,
        "Cache-Control": "private, no-cache",
    }
    return PreparedPage(blank.content, gap.encode(), headers=headers)


def form_page(survey: InField, language: str, *, gzip: bool) -> HttpResponse:
    """The survey's blank form with a fresh ticket, which no cache may hand to another."""
    content, headers = form_bytes(survey, language, gzip=gzip)
    response = HttpResponse(content)
    put(response, headers)
    return response


def form_bytes(survey: InField, language: str, *, gzip: bool) -> tuple[bytes, Headers]:
    """The same as it is sent, with its own headers."""
    ticket = Ticket.new(survey=survey.id, revision=survey.revision)
    turn = ticket.turn(survey.questionnaire.turns)
    page = page_of(survey.revision, language, turn, Around.of(survey))
    signed = tickets.signed(ticket).encode()
    if gzip:
        return page.gzipped(signed), page.packed_headers
    return page.plain(signed), page.headers
