"""One search for themes: what it found beside what there was, written in one transaction.

Until that is committed the old themes stand, so whatever is killed, pages show whole ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import AnswerToPlace, Theme, ThemeOf, ThemeSet, ThemesState
from feedback.open_text import keeping, vectors
from feedback.open_text.counts import Floats, unit
from feedback.open_text.texts import normalised
from feedback.open_text.themes import SAMPLE, Found, find
from feedback.theming.answers import digest, written
from feedback.theming.placing import Places, keep, place, put
from feedback.theming.remembering import OfSet


@dataclass(frozen=True)
class Search:
    """What was read and what was found in it; themes by numbers of the search alone."""

    texts: Mapping[int, str]  # by response
    found: Found
    fitted: keeping.Fitted
    labels: list[tuple[str, ...]]


def search(kept: ThemeSet, texts: Mapping[int, str], tick: Callable[[int], object]) -> Search:
    """Look for themes.

    Raises:
        NotAvailable: the vectors that the operator chose cannot be had.
    """
    found = find(
        list(texts.values()),
        embedder=vectors.chosen().remembering(OfSet(kept.pk)),
        number=kept.number,
        seed=kept.seed,
        tick=tick,
    )
    return Search(texts, found, *fitted_of(found, list(texts)))


def fitted_of(found: Found, ids: Sequence[int]) -> tuple[keeping.Fitted, list[tuple[str, ...]]]:
    """Themes and their parts in one row of numbers; a theme's only part is the theme itself."""
    tops = len(found.labels)
    parts = [
        part
        for part, parent in enumerate(found.parent.tolist())
        if int((found.parent == parent).sum()) > 1
    ]
    number = {part: tops + at for at, part in enumerate(parts)}
    theme_of = {
        pk: number.get(part, top)
        for pk, part, top in zip(ids, found.part.tolist(), found.top.tolist(), strict=True)
        if top >= 0
    }
    labels = [one.phrases for one in [*found.labels, *(found.part_labels[at] for at in parts)]]
    fitted = keeping.Fitted(
        [", ".join(phrases)[: Theme.NAME] for phrases in labels],
        np.vstack([found.centroids, found.part_centroids[parts]]),
        theme_of,
        [at for at, mixed in enumerate(found.mixed) if mixed],
        {number[part]: int(found.parent[part]) for part in parts},
    )
    return fitted, labels


@transaction.atomic
def store(pk: int, done: Search) -> None:
    """Write down what a search found, with all that staff made of the themes before it."""
    kept = ThemeSet.objects.select_for_update().defer("model").get(pk=pk)
    rows = Theme.objects.filter(set=kept).select_related("parent", "merged_into")
    before = {theme.number: theme for theme in rows}
    placed = ThemeOf.objects.filter(set=kept, theme__isnull=False)
    old_of = dict(placed.values_list("response_id", "theme__number"))
    moved = set(placed.filter(by_staff=True).values_list("response_id", flat=True))
    plain = {pk: normalised(text) for pk, text in done.texts.items()}
    sampled = sorted(plain)[:: max(1, -(-len(plain) // SAMPLE))]
    placed_in_new = done.found.embedder.transform([plain[pk] for pk in sampled])
    old = as_kept(before, centroids(sampled, placed_in_new, old_of))
    result = keeping.refit(
        old, old_of, done.fitted, texts=plain, moved=moved, next_id=kept.next_number
    )
    theme_of = {pk: number for pk, number in result.theme_of.items() if pk in plain}
    for pk, number in old_of.items():  # what was merged can be taken apart again
        if before[number].merged_into_id and pk in theme_of:
            theme_of[pk] = number
    themes = write_themes(kept, before, result, done, used=set(theme_of.values()))
    told = [pk for pk in sampled if pk in theme_of]
    places = Places(done.found.embedder, done.found.anchors, anchor_numbers(done, theme_of))
    if told:
        places = places.voted([plain[pk] for pk in told], [theme_of[pk] for pk in told])
    write_answers(kept, done, theme_of, themes, moved=moved, places=places)
    kept.state, kept.why, kept.fitted_at = ThemesState.READY, "", timezone.now()
    keep(kept, places)
    kept.answers, kept.tries = len(done.texts), 0
    kept.next_number = max([kept.next_number, *(number + 1 for number in themes)])
    kept.report = asdict(result.report) if before else {}
    kept.emerging, kept.new_looked_at = [], 0
    kept.save()


def as_kept(before: Mapping[int, Theme], middles: Mapping[int, Floats]) -> list[keeping.Theme]:
    """Themes as `keeping` knows them. A theme with its parts stays whole or not at all."""
    theirs = {number for number, theme in before.items() if made_by_staff(theme)}
    families = {family(before[number]) for number in theirs}
    nowhere = np.zeros(0, np.float32)
    return [
        keeping.Theme(
            number,
            theme.name,
            theme.parent.number if theme.parent else None,
            theme.name_by_staff,
            theme.locked or family(theme) in families,
            tuple(theme.rule),
            theme.merged_into.number if theme.merged_into else None,
            theme.mixed,
            middles.get(number, nowhere),
        )
        for number, theme in before.items()
    ]


def made_by_staff(theme: Theme) -> bool:
    said = theme.name_by_staff or theme.locked or theme.definition or theme.rule
    return bool(said or theme.merged_into_id or theme.approved_public)


def family(theme: Theme) -> int:
    return theme.parent.number if theme.parent else theme.number


def centroids(ids: Sequence[int], where: Floats, theme_of: Mapping[int, int]) -> dict[int, Floats]:
    """The middle of each old theme among the new vectors: those of two searches differ."""
    numbers = np.array([theme_of.get(pk, -1) for pk in ids], dtype=np.int64)
    return {
        int(number): unit(where[numbers == number].mean(axis=0)[None])[0]
        for number in np.unique(numbers[numbers >= 0])
    }


def anchor_numbers(done: Search, theme_of: Mapping[int, int]) -> np.ndarray:
    """Where no answer of the sample is nearest: the theme that most of the part went to."""
    went: dict[int, list[int]] = {}
    for pk, part in zip(done.texts, done.found.part.tolist(), strict=True):
        if pk in theme_of:
            went.setdefault(part, []).append(theme_of[pk])
    most = {part: max(set(numbers), key=numbers.count) for part, numbers in went.items()}
    least = min(theme_of.values(), default=0)
    return np.array([most.get(int(part), least) for part in done.found.anchor_part], np.int64)


def write_themes(
    kept: ThemeSet,
    before: Mapping[int, Theme],
    result: keeping.Kept,
    done: Search,
    *,
    used: set[int],
) -> dict[int, Theme]:
    """Bring the rows up to date; a theme that nothing is in and nobody made goes."""
    parents = {one.parent for one in result.themes if one.id in used}
    staying = [
        one
        for one in result.themes
        if one.id in used or one.id in parents or (one.id in before and one.by_staff)
    ]
    drafted = dict(zip(done.fitted.names, done.labels, strict=True))
    rows = {}
    for one in staying:
        row = before.get(one.id) or Theme(set=kept, number=one.id, name=one.name)
        row.label = list(drafted.get(one.name, row.label))
        row.name = row.name or without_words(one.id)
        row.mixed, row.centroid = one.mixed, one.centroid.astype(np.float32).tobytes()
        row.save()
        rows[one.id] = row
    for one in staying:
        row = rows[one.id]
        row.parent = rows.get(one.parent) if one.parent is not None else None
        row.save(update_fields=["parent"])
    Theme.objects.filter(set=kept).exclude(number__in=rows).delete()
    return rows


def without_words(number: int) -> str:
    """What a theme is called of which no phrase tells what sets it apart."""
    return _("Mixed %(number)d") % {"number": number}


def digests(texts: Iterable[str]) -> set[int]:
    return {digest(normalised(text)) for text in texts}


def write_answers(
    kept: ThemeSet,
    done: Search,
    theme_of: Mapping[int, int],
    themes: Mapping[int, Theme],
    *,
    moved: set[int],
    places: Places,
) -> None:
    """Every answer as it stands now: what changed since it was read is placed anew."""
    now = written(kept.survey, kept.item)
    closeness = dict(zip(done.texts, done.found.closeness.tolist(), strict=True))
    same = [pk for pk, text in now.items() if pk in moved or done.texts.get(pk) == text]
    rows = ThemeOf.objects.filter(set=kept)
    said = set(rows.values_list("said", flat=True)) | digests(done.texts.values())
    memory = OfSet(kept.pk)
    memory.keep_only(places.embedder.name)
    memory.forget(said - digests(now.values()))
    rows.delete()
    AnswerToPlace.objects.filter(set=kept).delete()
    put(
        [
            ThemeOf(
                set=kept,
                response_id=pk,
                theme=themes.get(theme_of.get(pk, 0)),
                closeness=closeness.get(pk, 0.0),
                by_staff=pk in moved,
                said=digest(normalised(now[pk])),
            )
            for pk in same
        ]
    )
    seen = set(same)
    place(kept, {pk: text for pk, text in now.items() if pk not in seen}, places)
