"""Themes in numbers: how many answers each has, with its parts, its share and its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from feedback.analysis.intervals import wilson
from feedback.models import Response, Survey, Theme, ThemeOf, ThemeSet


@dataclass(frozen=True)
class Counted:
    """One theme with what is merged into it; ``n`` is with its parts."""

    theme: Theme
    n: int
    base: int  # answers that are in any theme
    parts: list["Counted"] = field(default_factory=list)
    merged: list[Theme] = field(default_factory=list)

    @property
    def share(self) -> float:
        """In per cent, as its ends are."""
        return 100 * self.n / self.base if self.base else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.n, self.base)
        return 100 * low, 100 * high

    @property
    def shape(self) -> dict[str, str]:
        """Where it is drawn in a box of 100 by 10; as text, so that no locale moves the point."""
        low, high = self.interval
        numbers = {"width": self.share, "low": low, "span": high - low}
        return {name: f"{value:.2f}" for name, value in numbers.items()}


@dataclass(frozen=True)
class Themes:
    """All themes of one question, the largest first, and remainders last."""

    kept: ThemeSet
    counted: list[Counted]
    base: int
    nothing: int  # answers that say nothing

    @property
    def answers(self) -> int:
        return self.base + self.nothing

    @property
    def nothing_share(self) -> float:
        return 100 * self.nothing / self.answers if self.answers else 0.0

    def to_json(self) -> dict[str, Any]:
        """For machines: shares from 0 to 1, with the ends of their intervals."""
        return {
            "as_of": self.kept.fitted_at and self.kept.fitted_at.isoformat(),
            "answers": self.base,
            "say_nothing": self.nothing,
            "themes": [told(one) for one in self.counted],
        }


def told(one: Counted) -> dict[str, Any]:
    low, high = one.interval
    return {
        "number": one.theme.number,
        "name": one.theme.name,
        "draft": one.theme.is_draft,
        "mixed": one.theme.mixed,
        "n": one.n,
        "share": [one.share / 100, low / 100, high / 100],
        "parts": [told(part) for part in one.parts],
    }


def themes_of(survey: Survey) -> list[ThemeSet]:
    """The sets that have themes."""
    found = ThemeSet.objects.filter(survey=survey, fitted_at__isnull=False)
    return list(found.defer("model").order_by("item"))


def approved(survey: Survey) -> dict[str, dict[str, str]]:
    """What may be public of the themes: by question, the names of those, by number.

    A part of a theme, or one that went into another, is not told apart.
    """
    whole = {"parent": None, "merged_into": None, "approved_public": True}
    found = Theme.objects.filter(set__survey=survey, **whole).order_by("number")
    names: dict[str, dict[str, str]] = {}
    for item, number, name in found.values_list("set__item", "number", "name"):
        names.setdefault(item, {})[str(number)] = name
    return names


def approved_counts(survey: Survey) -> dict[str, dict[str, int]]:
    """How many answers each of them has, the parts of it included."""
    names = approved(survey)
    found = {}
    for kept in themes_of(survey):
        if own := names.get(kept.item):
            sizes = {str(one.theme.number): one.n for one in counted(kept).counted}
            found[kept.item] = {number: sizes[number] for number in own if number in sizes}
    return found


def counted(kept: ThemeSet, rows: QuerySet[Response] | None = None) -> Themes:
    """Count the answers of each theme.

    Args:
        rows: only of these responses; None for all but spam, which is in no theme.
    """
    of = ThemeOf.objects.filter(set=kept)
    if rows is not None:
        of = of.filter(response__in=rows.order_by().values("pk"))
    sizes: dict[int | None, int] = dict(of.values_list("theme").annotate(n=Count("pk")))
    nothing = sizes.pop(None, 0)
    base = sum(sizes.values())
    themes = list(Theme.objects.filter(set=kept).defer("centroid"))
    lasting = living(themes)
    own: dict[int, int] = {}
    merged: dict[int, list[Theme]] = {}
    for theme in themes:
        at = lasting[theme.pk].pk
        own[at] = own.get(at, 0) + sizes.get(theme.pk, 0)
        if theme.merged_into_id:
            merged.setdefault(at, []).append(theme)
    alive = [theme for theme in themes if not theme.merged_into_id]

    def one(theme: Theme) -> Counted:
        parts = [one(part) for part in alive if part.parent_id == theme.pk]
        total = own.get(theme.pk, 0) + sum(part.n for part in parts)
        return Counted(theme, total, base, in_order(parts), merged.get(theme.pk, []))

    tops = {theme.pk for theme in alive if theme.parent_id is None}
    orphans = [t for t in alive if t.parent_id and t.parent_id not in {a.pk for a in alive}]
    found = [one(theme) for theme in alive if theme.pk in tops] + [one(t) for t in orphans]
    return Themes(kept, in_order(found), base, nothing)


def in_order(found: Iterable[Counted]) -> list[Counted]:
    return sorted(found, key=lambda one: (one.theme.mixed, -one.n, one.theme.number))


def living(themes: Sequence[Theme]) -> dict[int, Theme]:
    """What each theme was merged into, or itself, by primary key."""
    by_pk = {theme.pk: theme for theme in themes}
    found = {}
    for theme in themes:
        at, seen = theme, {theme.pk}
        while at.merged_into_id in by_pk and at.merged_into_id not in seen:
            at = by_pk[at.merged_into_id]
            seen.add(at.pk)
        found[theme.pk] = at
    return found
