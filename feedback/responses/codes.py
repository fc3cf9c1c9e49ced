"""Secret codes in addresses: whoever holds one may see, edit, withdraw, or go on.

A code is an HMAC of the attempt's nonce under a key for one purpose, so that every retry
gets the same one; the row keeps only its hash, so that a look into the database opens
nothing, and codes given out before a change of keys still do.
"""

import base64
import hashlib
import hmac
from enum import Enum
from functools import cache
from uuid import UUID

from django.conf import settings

BYTES = 16


class Purpose(Enum):
    RECEIPT = b"soundings receipt"
    RESUME = b"soundings resume"
    INVITE = b"soundings invite"


@cache
def key(secret: str, purpose: Purpose) -> bytes:
    return hmac.digest(secret.encode(), purpose.value, "sha256")


def code_for(nonce: UUID, purpose: Purpose = Purpose.RECEIPT) -> str:
    """128 bits as 26 letters and digits that cannot be mistaken for one another."""
    digest = hmac.digest(key(settings.SECRET_KEY, purpose), nonce.bytes, "sha256")[:BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def hash_of(code: str) -> UUID:
    """What the row keeps of a code; upper and lower case are the same."""
    return UUID(bytes=hashlib.sha256(code.lower().encode()).digest()[:BYTES])
