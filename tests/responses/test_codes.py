"""Codes in addresses: written as RFC 4648 has base 32, so that old ones stay what they were."""

import base64
import hmac
from uuid import UUID

import hypothesis
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from feedback.responses.codes import BYTES, Purpose, code_for, hash_of, key


@hypothesis.settings(deadline=None)
@given(st.uuids())
def test_a_code_is_base_32_without_what_it_is_filled_up_with(nonce: UUID) -> None:
    """Ours is written by hand for speed; the standard library's says what it must be."""
    of = key(settings.SECRET_KEY, Purpose.RECEIPT)
    digest = hmac.digest(of, nonce.bytes, "sha256")[:BYTES]

    code = code_for(nonce)

    assert code == base64.b32encode(digest).decode().rstrip("=").lower()
    assert hash_of(code) == hash_of(code.upper())
