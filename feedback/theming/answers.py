"""What was written to one open question: the texts that themes are made of.

Spam is left out; personal questions are never looked at.
"""

import hashlib
from collections.abc import Iterable, Sequence

from feedback.models import Response, Status, Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import State, state_of, text_of
from feedback.responses.in_field import items_of
from feedback.responses.quotes import typed


def open_items(items: Iterable[Item]) -> list[Item]:
    """The open questions, whose answers anyone with access may read."""
    return [item for item in items if item.key in item.text_parts and typed(item, item.key)]


def open_items_of(survey: Survey) -> list[Item]:
    return open_items(items_of(survey))


def digest(text: str) -> int:
    """Tells whether a normalised text is another one now."""
    whole = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(whole, signed=True)


def written(survey: Survey, key: str, ids: Sequence[int] | None = None) -> dict[int, str]:
    """The answers by response, without blank ones.

    Args:
        ids: only of these responses; None for all.
    """
    rows = Response.objects.filter(survey=survey).exclude(status=Status.SPAM)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    answered = rows.annotate(text=text_of(key), state=state_of(key)).filter(state=State.ANSWERED)
    texts = answered.order_by("pk").values_list("pk", "text")
    return {pk: text for pk, text in texts if text and text.strip()}
