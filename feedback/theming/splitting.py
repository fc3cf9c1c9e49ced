"""A theme divided into parts by a search among its own answers, and joined again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from feedback.models import Theme, ThemeOf
from feedback.open_text import vectors
from feedback.open_text.counts import Floats, Integers
from feedback.open_text.embedder import Arrays, Local
from feedback.open_text.texts import normalised, says_nothing
from feedback.open_text.themes import find
from feedback.responses.acts import NotPossible
from feedback.theming.answers import written
from feedback.theming.editing import noted
from feedback.theming.placing import Places, keep, places_now

MOST, FEWEST = 5_000, 10  # answers


@dataclass(frozen=True)
class AsItIs(Local):
    """An embedder that is fitted already: a split looks with the eyes of the whole search."""

    embedder: vectors.Embedder
    kind: ClassVar[str] = "as it is"

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        return self

    def transform(self, texts: Sequence[str]) -> Floats:
        return self.embedder.transform(texts)

    def arrays(self) -> Arrays:
        return self.embedder.arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        raise NotImplementedError("only what it stands for is kept")


def split(theme: Theme, number: int, *, actor: Any) -> None:
    """Divide one theme into parts, by a search among its own answers."""
    kept = theme.set
    rows = ThemeOf.objects.filter(set=kept, theme=theme, by_staff=False)
    ids = list(rows.values_list("response_id", flat=True)[: MOST + 1])
    if theme.parent_id or theme.merged_into_id or theme.parts.exists():
        raise NotPossible(_("Only a theme without parts can be split. Join its parts first."))
    if not FEWEST <= len(ids) <= MOST:
        raise NotPossible(
            _("Themes of %(fewest)d to %(most)d answers can be split.")
            % {"fewest": FEWEST, "most": MOST}
        )
    texts = {
        pk: text
        for pk, text in written(kept.survey, kept.item, ids).items()
        if not says_nothing(text)
    }
    places = places_of(theme)
    found = find(
        list(texts.values()), embedder=AsItIs(places.embedder), number=number, seed=kept.seed
    )
    if len(found.labels) < 2:
        raise NotPossible(_("Its answers are too much alike to be divided."))
    made: list[Theme] = []
    for label, mixed in zip(found.labels, found.mixed, strict=True):
        about = {"set": kept, "number": kept.next_number, "parent": theme, "mixed": mixed}
        name = str(label)[: Theme.NAME] or _("Part %(number)d") % {"number": len(made) + 1}
        made.append(Theme.objects.create(name=name, label=list(label.phrases), **about))
        kept.next_number += 1
    in_part = dict(zip(texts, found.top.tolist(), strict=True))
    for at, part in enumerate(made):
        inside = [pk for pk, top in in_part.items() if top == at]
        ThemeOf.objects.filter(set=kept, response__in=inside).update(theme=part)
    told = places.voted(
        [normalised(text) for text in texts.values()], [made[at].number for at in found.top]
    )
    ours = places.numbers == theme.number
    keep(kept, renumbered(places, told.numbers, ours))
    kept.save(update_fields=["next_number", "embedder", "model", "version"])
    theme.locked = True  # else the next search would divide it as it likes
    theme.save(update_fields=["locked"])
    noted("theme_split", theme, actor=actor, parts=len(made))


def places_of(theme: Theme) -> Places:
    """Raises: NotPossible: the vectors that they were made with are no longer here."""
    try:
        return places_now(theme.set)
    except vectors.NotAvailable as error:
        raise NotPossible(str(error)) from error


def renumbered(places: Places, numbers: Integers, ours: NDArray[np.bool_]) -> Places:
    """New numbers only where the theme's own groups lie."""
    return replace(places, numbers=np.where(ours, numbers, places.numbers))


def join(theme: Theme, *, actor: Any) -> None:
    """Take the parts of a theme away; their answers are in the theme itself."""
    kept = theme.set
    parts = list(theme.parts.all())
    if not parts:
        raise NotPossible(_("This theme has no parts."))
    ThemeOf.objects.filter(set=kept, theme__in=parts).update(theme=theme)
    Theme.objects.filter(merged_into__in=parts).update(merged_into=theme)
    places = places_of(theme)
    inside = np.isin(places.numbers, [part.number for part in parts])
    numbers = np.full_like(places.numbers, theme.number)
    keep(kept, renumbered(places, numbers, inside))
    kept.save(update_fields=["embedder", "model", "version"])
    Theme.objects.filter(pk__in=[part.pk for part in parts]).delete()
    noted("theme_join", theme, actor=actor, parts=len(parts))
