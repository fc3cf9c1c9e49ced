"""Taking responses away for good: by whoever holds the receipt code, or by the survey's owners."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from feedback.models import Response, Tombstone
from feedback.responses import partials
from feedback.responses.receipts import hash_of


@transaction.atomic
def withdraw(code: str) -> bool:
    """Take away the response behind a receipt code: at any time, without a reason.

    Returns:
        Whether there was, or is no longer, such a response.
    """
    of_code = Response.objects.filter(receipt=hash_of(code))
    return bool(take_away(of_code)) or tombstone(code) is not None


def take_away(rows: QuerySet[Response], *, by_staff: bool = False) -> Sequence[int]:
    """Delete responses of one survey with their versions, words, tags, notes, codes and names.

    Figures follow with the next ``refresh``, as the outbox tells of it. A tombstone keeps
    the number and the time of each, so that exports made before can be compared.

    Args:
        rows: locked here, in their order, until the transaction ends.

    Returns:
        Their numbers.
    """
    locked = rows.select_for_update(of=["self"])
    found = list(locked.values_list("pk", "survey_id", "nonce", "receipt"))
    if not found:
        return []
    Tombstone.objects.bulk_create(
        Tombstone(survey_id=survey, response_id=pk, receipt=receipt, by_staff=by_staff)
        for pk, survey, _nonce, receipt in found
    )
    partials.forget_of([nonce for _pk, _survey, nonce, _receipt in found], survey=found[0][1])
    numbers = [pk for pk, *_rest in found]
    Response.objects.filter(pk__in=numbers).delete()
    return numbers


def tombstone(code: str) -> Tombstone | None:
    """What is left of the response behind a code, once it was taken away."""
    stones = Tombstone.objects.select_related("survey", "survey__live")
    return stones.filter(receipt=hash_of(code)).order_by("pk").last()
