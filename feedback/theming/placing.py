"""New and changed answers go where their likes are: no new search, the same numbers.

What a search leaves behind is an embedder and the middles of some hundred small groups,
each with the theme that most of its answers are in. A new answer takes the nearest one's.
"""

import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import numpy as np

from feedback.models import AnswerToPlace, Survey, Theme, ThemeOf, ThemeSet
from feedback.open_text import vectors
from feedback.open_text.counts import Floats, Integers
from feedback.open_text.keeping import Theme as Ruled
from feedback.open_text.keeping import by_rule
from feedback.open_text.texts import normalised, says_nothing
from feedback.question_types.base import Item
from feedback.theming.answers import digest, open_items, written
from feedback.theming.remembering import OfSet

logger = logging.getLogger(__name__)
AT_ONCE = 5_000  # rows written together


@dataclass(frozen=True)
class Places:
    """Where each small group lies, and the number of its theme."""

    embedder: vectors.Embedder
    anchors: Floats
    numbers: Integers

    def nearest(self, texts: Sequence[str]) -> tuple[Integers, Floats]:
        """The nearest group of each normalised text, and how near it is."""
        likeness = self.embedder.transform(texts) @ self.anchors.T
        near = likeness.argmax(axis=1)
        return near, likeness[np.arange(len(near)), near]

    def voted(self, texts: Sequence[str], numbers: Sequence[int]) -> Self:
        """The same with each group's theme set by the answers that are nearest to it."""
        near, _likeness = self.nearest(texts)
        chosen = self.numbers.copy()
        for group in np.unique(near):
            inside, many = np.unique(np.array(numbers)[near == group], return_counts=True)
            chosen[group] = inside[many.argmax()]
        return replace(self, numbers=chosen)

    def to_bytes(self) -> bytes:
        into = io.BytesIO()
        embedder = np.frombuffer(vectors.save(self.embedder), dtype=np.uint8)
        anchors = self.anchors.astype(np.float16)
        np.savez(into, embedder=embedder, anchors=anchors, numbers=self.numbers)
        return into.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Raises: NotAvailable: the vectors that it was made with are no longer here."""
        with np.load(io.BytesIO(kept), allow_pickle=False) as file:
            embedder = vectors.load(file["embedder"].tobytes())
            return cls(embedder, file["anchors"].astype(np.float32), file["numbers"])


@lru_cache(maxsize=8)
def places_of(pk: int, _version: int) -> Places:
    """Kept by the process until there is another version."""
    kept = ThemeSet.objects.values_list("model", flat=True).get(pk=pk)
    places = Places.from_bytes(bytes(kept or b""))
    return replace(places, embedder=places.embedder.remembering(OfSet(pk)))


def assign(survey: Survey, ids: Sequence[int], items: Sequence[Item]) -> None:
    """Bring the themes of these responses' answers up to date; those of deleted ones go.

    The set is locked first, as a search does before it writes what it found: so neither
    writes over what the other saw later.
    """
    found = ThemeSet.objects.filter(survey=survey, fitted_at__isnull=False).defer("model")
    asked = {item.key for item in open_items(items)}
    for kept in found.select_for_update().order_by("pk"):
        texts = written(survey, kept.item, ids) if kept.item in asked else {}
        now = {pk: digest(normalised(text)) for pk, text in texts.items()}
        placed = ThemeOf.objects.filter(set=kept, response__in=ids)
        before = list(placed.values_list("response_id", "by_staff", "said"))
        OfSet(kept.pk).forget([said for pk, _by_staff, said in before if said != now.get(pk)])
        gone = set(ids) - texts.keys()
        placed.filter(response__in=gone).delete()
        AnswerToPlace.objects.filter(set=kept, response__in=gone).delete()
        # Whoever only tags or reads an answer moves it nowhere.
        for pk, by_staff, said in before:
            if pk in now and (by_staff or said == now[pk]):
                del texts[pk]
        try:
            place(kept, texts)
        except vectors.NotAvailable as error:
            logger.warning("theme set %s: %s", kept.pk, error)
            wait(kept, texts)


def place(kept: ThemeSet, texts: Mapping[int, str], places: Places | None = None) -> None:
    """Put these answers where they belong, whatever they were in: now, or by a worker soon.

    Args:
        places: if just made; else those that are kept.

    Raises:
        NotAvailable: the vectors that they were made with are no longer here.
    """
    if not texts:
        return
    places = places or places_now(kept)
    if places.embedder.local:
        put_where_like(kept, texts, places)
        return
    # Whoever calls has locked rows, and so does not wait for somebody else; see waiting.py.
    wait(kept, texts)


def wait(kept: ThemeSet, responses: Iterable[int]) -> None:
    """Have a worker place their answers as soon as it can."""
    AnswerToPlace.objects.bulk_create(
        [AnswerToPlace(set=kept, response_id=pk) for pk in responses],
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )


def put_where_like(kept: ThemeSet, texts: Mapping[int, str], places: Places) -> None:
    """Put these answers where their likes are, or a rule has them.

    Raises:
        NotAvailable: a server that is asked for vectors is away.
    """
    themes = {theme.number: theme for theme in Theme.objects.filter(set=kept)}
    ruled = [Ruled(t.number, t.name, rule=tuple(t.rule)) for t in themes.values() if t.rule]
    plain = [normalised(text) for text in texts.values()]
    near, likeness = places.nearest(plain)
    rows = []
    for pk, text, group, like in zip(texts, plain, near, likeness, strict=True):
        number = by_rule(ruled, text, otherwise=int(places.numbers[group]))
        theme = None if says_nothing(text) else themes.get(number)
        about = {"theme": theme, "closeness": float(like), "said": digest(text)}
        rows.append(ThemeOf(set=kept, response_id=pk, **about))
    put(rows)


def places_now(kept: ThemeSet) -> Places:
    return places_of(kept.pk, kept.version)


def keep(kept: ThemeSet, places: Places) -> None:
    """Set what new answers are placed by; to be saved by whoever calls."""
    kept.embedder, kept.model = places.embedder.name, places.to_bytes()
    kept.version += 1


def put(rows: Sequence[ThemeOf]) -> None:
    ThemeOf.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["response", "set"],
        update_fields=["theme", "closeness", "by_staff", "said"],
    )
