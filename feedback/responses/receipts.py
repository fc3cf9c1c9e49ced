"""Receipts: a code that shows its holder what was stored, without an account.

The code is an HMAC of the attempt's nonce, so that every retry gets the same one; the
row keeps only its hash, so that a look into the database opens nobody's receipt.
"""

import base64
import hashlib
import hmac
from functools import cache
from uuid import UUID

from django.conf import settings

from feedback.models import Response

BYTES = 16


@cache
def key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"soundings receipt", "sha256")


def code_for(nonce: UUID) -> str:
    """128 bits as 26 letters and digits that cannot be mistaken for one another."""
    digest = hmac.digest(key(settings.SECRET_KEY), nonce.bytes, "sha256")[:BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def hash_of(code: str) -> UUID:
    """What the row keeps of a code; upper and lower case are the same."""
    return UUID(bytes=hashlib.sha256(code.lower().encode()).digest()[:BYTES])


def find(code: str) -> Response | None:
    """The response behind a receipt code, personal answers included; None if there is none."""
    rows = Response.with_identity.select_related("survey", "revision")
    return rows.filter(receipt=hash_of(code)).first()
