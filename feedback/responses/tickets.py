"""Tickets: a form's proof of origin, its clock, and the key that makes a post count once.

A ticket is one attempt of one person to answer one revision. Its nonce stays with the
attempt: whatever is sent again under it leaves one response. Signed with HMAC-SHA-256,
cut to 128 bits (RFC 2104, section 5), under a key for this purpose alone.
"""

import base64
import hmac
import struct
import time
from dataclasses import dataclass
from functools import cache
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings

LIFETIME = 24 * 3600  # seconds
LENGTH = 64  # characters
BODY = struct.Struct(">IIII16s")  # survey, revision, begun at, issued at (epoch seconds), nonce
SIGNATURE = 16


class BadTicket(Exception):
    """Not a ticket of ours for this survey."""


@dataclass(frozen=True)
class Ticket:
    survey: int
    revision: int
    begun_at: int  # when the attempt's first page was delivered
    issued_at: int  # when this ticket was, after a mending perhaps
    nonce: UUID

    @classmethod
    def new(
        cls, *, survey: int, revision: int, nonce: UUID | None = None, at: int | None = None
    ) -> Self:
        """A ticket for an attempt that begins now or ``at``."""
        begun = int(time.time()) if at is None else at
        return cls(survey, revision, begun_at=begun, issued_at=begun, nonce=nonce or uuid4())

    @property
    def age(self) -> int:
        """Seconds since it was issued; never less than zero, whatever clocks do."""
        return max(0, int(time.time()) - self.issued_at)

    @property
    def took(self) -> int:
        """Seconds since the attempt began, with all its mending."""
        return max(0, int(time.time()) - self.begun_at)

    def turn(self, turns: int) -> int:
        """Which of so many orders of shuffled options this attempt sees; the same each time."""
        return self.nonce.int % turns

    @property
    def expired(self) -> bool:
        return self.age > LIFETIME


@cache
def key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"soundings ticket", "sha256")


def sign(body: bytes) -> bytes:
    return hmac.digest(key(settings.SECRET_KEY), body, "sha256")[:SIGNATURE]


def issue(*, survey: int, revision: int, nonce: UUID | None = None, at: int | None = None) -> str:
    """A signed ticket for a new attempt."""
    return signed(Ticket.new(survey=survey, revision=revision, nonce=nonce, at=at))


def signed(ticket: Ticket) -> str:
    """The ticket as it stands in a form."""
    times = ticket.begun_at, ticket.issued_at
    body = BODY.pack(ticket.survey, ticket.revision, *times, ticket.nonce.bytes)
    return base64.urlsafe_b64encode(body + sign(body)).decode()


def read(text: str, *, survey: int) -> Ticket:
    """The ticket in a form's field ``ticket``.

    Raises:
        BadTicket: it is missing, cut, forged, or another survey's.
    """
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
        body, signature = raw[: BODY.size], raw[BODY.size :]
        if not hmac.compare_digest(sign(body), signature):
            raise BadTicket("its signature is not ours")
        of_survey, revision, begun_at, issued_at, nonce = BODY.unpack(body)
    except (ValueError, struct.error) as error:
        raise BadTicket("it is no ticket") from error
    if of_survey != survey:
        raise BadTicket("it is another survey's")
    return Ticket(of_survey, revision, begun_at, issued_at, UUID(bytes=nonce))
