"""Themes that stay themselves: a new fit never renames, moves or deletes what staff made.

A new fit is matched with the old themes, each with at most one, by the answers they share
and by where they lie (H. W. Kuhn (1955), Naval Res. Logist. Q. 2, 83-97). What is matched
keeps its number and its name. A theme that staff edited or locked stays in any case, with
the answers it has, and what staff moved stays where they put it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from scipy.optimize import linear_sum_assignment

from feedback.open_text.counts import Floats
from feedback.open_text.texts import words

ENOUGH = 0.3  # of likeness (half answers in common, half centroids): the same theme
CLOSE = 0.6  # cosine below which two centroids say nothing of being the same
GREW = 1.5  # times its size
PART_OF = 0.5  # of a theme's answers went to, or came from, another


@dataclass(frozen=True)
class Theme:
    """One theme as it is kept. ``id`` never changes and is never given again."""

    id: int
    name: str
    parent: int | None = None
    name_by_staff: bool = False
    locked: bool = False
    rule: tuple[str, ...] = ()  # an answer with one of these phrases belongs here
    merged_into: int | None = None
    mixed: bool = False
    centroid: Floats = field(default_factory=lambda: np.zeros(0, np.float32), compare=False)
    size: int = 0

    @property
    def by_staff(self) -> bool:
        """Whether staff made anything of it; then it is theirs, and no fit touches it."""
        return self.name_by_staff or self.locked or bool(self.rule) or self.merged_into is not None


@dataclass(frozen=True)
class Fitted:
    """What a new fit found: themes by its own numbers, which mean nothing outside it."""

    names: Sequence[str]
    centroids: Floats
    theme_of: Mapping[int, int]  # answer → number of the theme
    mixed: Collection[int] = ()
    parent: Mapping[int, int] = field(default_factory=dict)  # number → number of its theme


@dataclass(frozen=True)
class Kept:
    themes: list[Theme]
    theme_of: dict[int, int]  # answer → id of its theme
    report: "Report"


@dataclass(frozen=True)
class Report:
    """What became of the themes, by id, for staff to read."""

    new: list[int]
    gone: list[int]
    grew: list[int]
    split: dict[int, list[int]]  # a theme → new themes with a good part of its answers
    merged: dict[int, list[int]]  # a theme → former themes that most went into it


def refit(
    old: Sequence[Theme],
    old_of: Mapping[int, int],
    fitted: Fitted,
    *,
    texts: Mapping[int, str],
    moved: Collection[int] = (),
    next_id: int = 1,
) -> Kept:
    """The themes after a new fit.

    Args:
        old_of: answer → id of the theme it is in now.
        texts: answer → its normalised text, for rules of staff.
        moved: answers that staff put where they are.
        next_id: the least that may be given to a new theme; those before it were.
    """
    by_id = {theme.id: theme for theme in old}
    same = _matched(old, old_of, fitted)
    fresh = count(max(next_id, max(by_id, default=0) + 1))
    id_of = {number: same.get(number) or next(fresh) for number in range(len(fitted.names))}
    theirs = {theme.id for theme in old if theme.by_staff}
    kept_there = {answer for answer, theme in old_of.items() if theme in theirs} | set(moved)
    theme_of = {answer: id_of[number] for answer, number in fitted.theme_of.items()}
    theme_of |= {answer: old_of[answer] for answer in kept_there if answer in old_of}
    ruled = [theme for theme in old if theme.rule]
    for answer in theme_of.keys() - kept_there:
        theme_of[answer] = by_rule(ruled, texts.get(answer, ""), otherwise=theme_of[answer])
    theme_of = {answer: _living(by_id, theme) for answer, theme in theme_of.items()}
    sizes = _sizes(theme_of)
    themes = [_updated(theme, fitted, id_of, sizes) for theme in old]
    themes = [one for one in themes if one.id in theirs or one.id in id_of.values()]
    themes += [
        _new(number, fitted, id_of, sizes) for number, id_ in id_of.items() if id_ not in by_id
    ]
    return Kept(themes, theme_of, report(old, old_of, themes, theme_of))


def _matched(old: Sequence[Theme], old_of: Mapping[int, int], fitted: Fitted) -> dict[int, int]:
    """Number in the fit → id of the old theme that it is."""
    living = [theme for theme in old if theme.merged_into is None]
    if not living or not fitted.names:
        return {}
    place = {theme.id: row for row, theme in enumerate(living)}
    shared = np.zeros((len(living), len(fitted.names)))
    for answer, theme in old_of.items():
        if theme in place and answer in fitted.theme_of:
            shared[place[theme], fitted.theme_of[answer]] += 1
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0) - shared
    overlap = shared / np.maximum(either, 1)
    likeness = (overlap + _nearness(living, fitted.centroids)) / 2
    top = np.array([theme.parent is None for theme in living])
    found_top = np.array([number not in fitted.parent for number in range(len(fitted.names))])
    likeness[top[:, None] != found_top] = 0.0  # a theme is no part, and a part is no theme
    rows, numbers = linear_sum_assignment(-likeness)
    return {
        int(number): living[row].id
        for row, number in zip(rows, numbers, strict=True)
        if likeness[row, number] >= ENOUGH
    }


def _nearness(themes: Sequence[Theme], centroids: Floats) -> Floats:
    """From 0 at a cosine of ``CLOSE`` to 1; vectors of another embedder are not comparable."""
    found = np.zeros((len(themes), len(centroids)), dtype=np.float32)
    for row, theme in enumerate(themes):
        if centroids.ndim == 2 and theme.centroid.shape == centroids.shape[1:]:
            found[row] = np.clip((centroids @ theme.centroid - CLOSE) / (1 - CLOSE), 0, 1)
    return found


def by_rule(ruled: Sequence[Theme], text: str, *, otherwise: int) -> int:
    """The first theme with a phrase of its rule in the text, word for word."""
    if not ruled:
        return otherwise
    said = f" {' '.join(words(text))} "
    for theme in ruled:
        if any(f" {' '.join(words(phrase))} " in said for phrase in theme.rule):
            return theme.id
    return otherwise


def _living(by_id: Mapping[int, Theme], theme: int) -> int:
    """What a theme was merged into, however often."""
    seen = set()
    while theme in by_id and by_id[theme].merged_into is not None and theme not in seen:
        seen.add(theme)
        theme = by_id[theme].merged_into or theme
    return theme


def _sizes(theme_of: Mapping[int, int]) -> dict[int, int]:
    ids, number = np.unique(np.array(list(theme_of.values()), dtype=np.int64), return_counts=True)
    return {int(one): int(many) for one, many in zip(ids, number, strict=True)}


def _updated(
    theme: Theme, fitted: Fitted, id_of: Mapping[int, int], sizes: Mapping[int, int]
) -> Theme:
    """Size of any theme; name, place and kind only of those that staff left alone."""
    size = sizes.get(theme.id, 0)
    number = next((one for one, id_ in id_of.items() if id_ == theme.id), None)
    if theme.by_staff or number is None:
        return replace(theme, size=size)
    parent = fitted.parent.get(number)
    return replace(
        theme,
        size=size,
        centroid=fitted.centroids[number],
        mixed=number in fitted.mixed,
        parent=None if parent is None else id_of[parent],
    )


def _new(number: int, fitted: Fitted, id_of: Mapping[int, int], sizes: Mapping[int, int]) -> Theme:
    parent = fitted.parent.get(number)
    return Theme(
        id=id_of[number],
        name=fitted.names[number],
        parent=None if parent is None else id_of[parent],
        mixed=number in fitted.mixed,
        centroid=fitted.centroids[number],
        size=sizes.get(id_of[number], 0),
    )


def report(
    old: Sequence[Theme], old_of: Mapping[int, int], new: Sequence[Theme], new_of: Mapping[int, int]
) -> Report:
    """What is new, gone or grew, and where answers went in numbers that matter."""
    before, after = {theme.id for theme in old}, {theme.id for theme in new}
    old_sizes, new_sizes = _sizes(old_of), _sizes(new_of)
    went: dict[tuple[int, int], int] = {}
    for answer, theme in old_of.items():
        if (now := new_of.get(answer)) is not None and now != theme:
            went[theme, now] = went.get((theme, now), 0) + 1
    split: dict[int, list[int]] = {}
    merged: dict[int, list[int]] = {}
    for (theme, now), number in sorted(went.items()):
        if now not in before and number >= PART_OF * new_sizes[now]:
            split.setdefault(theme, []).append(now)
        if theme not in after and number >= PART_OF * old_sizes[theme]:
            merged.setdefault(now, []).append(theme)
    grew = [
        one for one in before & after if new_sizes.get(one, 0) > GREW * old_sizes.get(one, 0) > 0
    ]
    return Report(sorted(after - before), sorted(before - after), sorted(grew), split, merged)
