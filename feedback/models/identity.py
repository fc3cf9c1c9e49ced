"""Personal answers at rest: encrypted in a column of their own, under rotating keys.

AES-256 in Galois/Counter Mode (NIST SP 800-38D). The response's nonce is authenticated
with it, so that one person's column cannot be moved to another's row.
Layout: 4 bytes that name the key, 12 bytes of initialisation vector, the ciphertext.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pydantic_core import from_json, to_json

from feedback.question_types.base import Answers

NAME, VECTOR = 4, 12
Ciphers: TypeAlias = Mapping[bytes, AESGCM]


class UnreadableIdentity(Exception):
    """No key in IDENTITY_KEYS opens this column; add the key it was written with."""


@cache
def keys(configured: tuple[str, ...]) -> Ciphers:
    """Ciphers by the name of their key, the newest first."""
    found = {}
    for text in configured:
        key = base64.b64decode(text)
        if len(key) != 32:
            raise ImproperlyConfigured("Each of IDENTITY_KEYS must be 32 bytes in base64.")
        found[hashlib.sha256(key).digest()[:NAME]] = AESGCM(key)
    return found


def ciphers() -> Ciphers:
    return keys(tuple(settings.IDENTITY_KEYS))


def encrypt(personal: Answers, *, nonce: UUID) -> bytes | None:
    """The column for these personal answers; None where there are none."""
    if not personal:
        return None
    name, cipher = next(iter(ciphers().items()))
    vector = secrets.token_bytes(VECTOR)
    return name + vector + cipher.encrypt(vector, to_json(personal), nonce.bytes)


def decrypt(column: bytes | memoryview | None, *, nonce: UUID) -> Answers:
    """The personal answers in a column.

    Raises:
        UnreadableIdentity: its key is not configured, or it belongs to another row.
    """
    return {} if column is None else unsealed(bytes(column), nonce=nonce.bytes, by=ciphers())


def unsealed(sealed: bytes, *, nonce: bytes, by: Ciphers) -> Answers:
    """The same for a column that is there, for whoever opens very many of them."""
    name, vector, text = sealed[:NAME], sealed[NAME : NAME + VECTOR], sealed[NAME + VECTOR :]
    try:
        answers: Answers = from_json(by[name].decrypt(vector, text, nonce))
    except (KeyError, InvalidTag) as error:
        raise UnreadableIdentity(f"key {name.hex()} of IDENTITY_KEYS is missing") from error
    return answers
