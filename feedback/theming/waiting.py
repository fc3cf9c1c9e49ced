"""Answers that wait for the vectors of a server: asked for on a worker, with no row locked.

What it tells is remembered first and read from there under the lock of the set, so that a
server that is slow or away holds nobody up. What it was not asked for yet stays in the outbox.
"""

import time

from django.db import transaction

from feedback.models import AnswerToPlace, ThemeOf, ThemeSet
from feedback.open_text.texts import normalised
from feedback.theming.answers import digest, written
from feedback.theming.building import alone
from feedback.theming.placing import places_now, put_where_like
from feedback.theming.remembering import OfSet

AT_ONCE = 1_024  # answers: eight requests


def tend() -> list[int]:
    """The numbers of sets whose answers wait."""
    waiting = AnswerToPlace.objects.order_by("set").values_list("set", flat=True)
    return list(waiting.distinct())


def place_waiting(number: int, *, seconds: float) -> None:
    """Place what waits in one set, unless another worker is at the set.

    Args:
        seconds: after which nothing more is begun.

    Raises:
        NotAvailable: the server is away; all that is not placed waits on.
    """
    until = time.monotonic() + seconds
    with alone(number) as ours:
        while ours and time.monotonic() < until and place_some(number):
            pass


def place_some(number: int) -> bool:
    """Place the first of those that wait. Returns: whether there were any."""
    kept = ThemeSet.objects.select_related("survey").defer("model").get(pk=number)
    waiting = AnswerToPlace.objects.filter(set=kept)
    ids = list(waiting.order_by("pk").values_list("response", flat=True)[:AT_ONCE])
    if not ids:
        return False
    asked = written(kept.survey, kept.item, ids)
    # Into its memory, where it asks somebody else.
    places_now(kept).embedder.transform([normalised(text) for text in asked.values()])
    with transaction.atomic():
        now = ThemeSet.objects.select_for_update().defer("model").get(pk=number)
        if now.embedder != kept.embedder:
            return True
        texts = written(kept.survey, kept.item, ids)
        held = ThemeOf.objects.filter(set=kept, response__in=ids, by_staff=True)
        theirs = set(held.values_list("response", flat=True))
        same = {pk: text for pk, text in texts.items() if asked.get(pk) == text}
        OfSet(number).forget([digest(normalised(asked[pk])) for pk in asked.keys() - same.keys()])
        put_where_like(now, {pk: same[pk] for pk in same if pk not in theirs}, places_now(now))
        changed = texts.keys() - same.keys() - theirs
        waiting.filter(response__in=set(ids) - changed).delete()
    return True
