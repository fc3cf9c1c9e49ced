"""Receipts: a code that shows its holder what was stored, without an account."""

from feedback.models import Response
from feedback.responses.codes import code_for, hash_of

__all__ = ["code_for", "find", "hash_of"]


def find(code: str) -> Response | None:
    """The response behind a receipt code, personal answers included; None if there is none."""
    rows = Response.with_identity.select_related("survey", "revision")
    return rows.filter(receipt=hash_of(code)).first()
