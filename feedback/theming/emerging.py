"""What new answers say that none said before: proposed to staff as a theme, never made alone.

New is what came after the latest search. Answers that are like other new ones and like no
old ones are gathered (``open_text/assigning.py``), named by their phrases and kept with the
set until staff make a theme of them or say that it is none; the next search begins afresh.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Response, Theme, ThemeOf, ThemeSet, ThemesState
from feedback.open_text import vectors
from feedback.open_text.assigning import LEAST, emerging
from feedback.open_text.counts import Floats, unit
from feedback.open_text.phrases import general_words, labels, phrases_of
from feedback.open_text.texts import normalised, says_nothing
from feedback.open_text.threads import one_thread
from feedback.responses.acts import NotPossible
from feedback.theming.answers import written
from feedback.theming.editing import noted
from feedback.theming.placing import keep, place, places_now

NEW, OLD = 2_000, 5_000  # the latest answers that are looked at, and earlier ones beside them
GREW = 0.1  # of the new answers of the latest look have come since, and it is time for another
SAME = 0.5  # of the answers of what was dismissed are in it again: it is the same


@dataclass(frozen=True)
class Proposal:
    """Answers that may be the beginning of a theme, the most typical first."""

    responses: Sequence[int]
    phrases: Sequence[str]
    dismissed: bool = False

    @classmethod
    def all_of(cls, kept: ThemeSet) -> list[Self]:
        return [cls(**stored) for stored in kept.emerging]

    @property
    def number(self) -> int:
        """What pages name it by: its most typical answer stands in no other."""
        return self.responses[0]

    @property
    def name(self) -> str:
        return ", ".join(self.phrases)[: Theme.NAME]


def tend() -> list[int]:
    """The numbers of sets whose new answers are to be looked at."""
    sets = ThemeSet.objects.filter(state=ThemesState.READY, fitted_at__isnull=False)
    return [
        kept.pk
        for kept in sets.select_related("survey").defer("model").order_by("pk")
        if since(kept) >= kept.new_looked_at + further(kept.new_looked_at)
    ]


def further(looked_at: int) -> float:
    """How many more make another look worth it; half of what one reaches, at the most."""
    return min(max(LEAST, GREW * looked_at), NEW // 2)


def since(kept: ThemeSet) -> int:
    """How many responses came after the latest search; with as many as it read another is due."""
    came = Response.objects.filter(survey=kept.survey_id, received_at__gt=kept.fitted_at)
    return came.order_by().count()


def look(number: int) -> None:
    """Look at what came since the latest search, and keep what may be new in it."""
    kept = ThemeSet.objects.select_related("survey").defer("model").get(pk=number)
    came = since(kept)
    with one_thread():
        proposals = proposed(kept)
    with transaction.atomic():
        now = ThemeSet.objects.select_for_update().defer("model").get(pk=number)
        if now.fitted_at != kept.fitted_at:
            return  # searched meanwhile: nothing of this is new any more
        before = [one for one in Proposal.all_of(now) if one.dismissed]
        fresh = [one for one in proposals if not any(same(one, old) for old in before)]
        now.emerging = [asdict(one) for one in [*before, *fresh]]
        now.new_looked_at = came
        now.save(update_fields=["emerging", "new_looked_at"])


def same(one: Proposal, dismissed: Proposal) -> bool:
    again = len(set(one.responses) & set(dismissed.responses))
    return again >= SAME * min(len(one.responses), len(dismissed.responses))


def proposed(kept: ThemeSet) -> list[Proposal]:
    """What may be new in the answers of a set, the strongest first.

    Raises:
        NotAvailable: the vectors that it was made with are no longer here.
    """
    placed = ThemeOf.objects.filter(set=kept, theme__isnull=False, by_staff=False)
    of_time = placed.order_by("-response").values_list("response", flat=True)
    new = list(of_time.filter(response__received_at__gt=kept.fitted_at)[:NEW])
    old = list(of_time.filter(response__received_at__lte=kept.fitted_at))
    old = old[:: max(1, -(-len(old) // OLD))]
    said = {pk: normalised(t) for pk, t in texts_of(kept, [*new, *old]).items()}
    new, old = [pk for pk in new if pk in said], [pk for pk in old if pk in said]
    if len(new) < LEAST or not old:
        return []
    where = places_now(kept).embedder.transform([said[pk] for pk in [*new, *old]])
    groups = emerging(where[: len(new)], where[len(new) :])
    if not groups:
        return []
    themes = np.zeros(len(said), dtype=np.int64)
    for number, group in enumerate(groups, 1):
        themes[group.rows] = number
    phrases = phrases_of([said[pk] for pk in [*new, *old]])
    named = labels(phrases, themes, general=general_words(phrases, themes))
    return [
        Proposal([new[row] for row in group.rows], list(label.phrases))
        for group, label in zip(groups, named[1:], strict=True)
    ]


def texts_of(kept: ThemeSet, ids: Sequence[int]) -> dict[int, str]:
    texts = written(kept.survey, kept.item, ids)
    return {pk: text for pk, text in texts.items() if not says_nothing(text)}


def proposal_in(kept: ThemeSet, number: int) -> Proposal:
    """Raises: NotPossible."""
    for one in Proposal.all_of(kept):
        if one.number == number and not one.dismissed:
            return one
    raise NotPossible(_("This proposal is no longer there."))


def make(kept: ThemeSet, number: int, *, actor: Any) -> Theme:
    """Make a theme of what was proposed; what came since the search is placed anew."""
    proposal = proposal_in(kept, number)
    texts = texts_of(kept, proposal.responses)
    if not texts:
        raise NotPossible(_("Its answers were withdrawn or changed meanwhile."))
    try:
        places = places_now(kept)
        middle = middle_of(places.embedder.transform([normalised(t) for t in texts.values()]))
    except vectors.NotAvailable as error:
        raise NotPossible(str(error)) from error
    theme = Theme.objects.create(
        set=kept,
        number=kept.next_number,
        name=proposal.name or _("Theme %(number)d") % {"number": kept.next_number},
        label=list(proposal.phrases),
        locked=True,  # else the next search would gather it as it likes
    )
    places = replace(
        places,
        anchors=np.vstack([places.anchors, middle]),
        numbers=np.append(places.numbers, theme.number),
    )
    keep(kept, places)
    kept.next_number += 1
    kept.emerging = [asdict(one) for one in Proposal.all_of(kept) if one != proposal]
    kept.save(update_fields=["next_number", "emerging", "embedder", "model", "version"])
    ThemeOf.objects.filter(set=kept, response__in=texts).update(theme=theme)
    came = ThemeOf.objects.filter(set=kept, by_staff=False, theme__isnull=False)
    others = came.filter(response__received_at__gt=kept.fitted_at).exclude(response__in=texts)
    latest = others.order_by("-response").values_list("response", flat=True)[:NEW]
    place(kept, written(kept.survey, kept.item, list(latest)), places)
    noted("theme_make", theme, actor=actor, answers=len(texts))
    return theme


def middle_of(where: Floats) -> Floats:
    return unit(where.mean(axis=0)[None])


def dismiss(kept: ThemeSet, number: int) -> None:
    """Say that it is no theme; it is not proposed again before the next search."""
    proposal = proposal_in(kept, number)
    kept.emerging = [
        asdict(replace(one, dismissed=one.dismissed or one == proposal))
        for one in Proposal.all_of(kept)
    ]
    kept.save(update_fields=["emerging"])
