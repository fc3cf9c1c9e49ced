"""Withdrawing a response: whoever holds its receipt code may, at any time, without a reason."""

from django.db import transaction

from feedback.models import Response, Tombstone
from feedback.responses import partials
from feedback.responses.receipts import hash_of


@transaction.atomic
def withdraw(code: str) -> bool:
    """Delete the response behind a receipt code: versions, words, tags, notes, codes, names.

    Figures follow with the next ``refresh``, as the outbox tells of it. A tombstone keeps
    the number and the time, so that exports made before can be compared.

    Returns:
        Whether there was, or is no longer, such a response.
    """
    receipt = hash_of(code)
    response = Response.objects.select_for_update(of=["self"]).filter(receipt=receipt).first()
    if response is None:
        return tombstone(code) is not None
    Tombstone.objects.create(survey_id=response.survey_id, response_id=response.pk, receipt=receipt)
    partials.forget_of([response.nonce], survey=response.survey_id)
    response.delete()
    return True


def tombstone(code: str) -> Tombstone | None:
    """What is left of the response behind a code, once it was withdrawn."""
    stones = Tombstone.objects.select_related("survey", "survey__live")
    return stones.filter(receipt=hash_of(code)).order_by("pk").last()
