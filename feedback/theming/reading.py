"""What a page of themes shows beside their numbers: typical answers, weeks, what is new."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncWeek

from feedback.analysis.intervals import wilson
from feedback.analysis.themes import Themes, living
from feedback.models import Response, Theme, ThemeOf, ThemeSet
from feedback.open_text.discretion import Discretion, covered
from feedback.open_text.over_time import Point, over_time
from feedback.open_text.quotes import Quote, excerpt, quotes
from feedback.question_types.columns import text_of
from feedback.theming.answers import written
from feedback.theming.emerging import Proposal

LOOKED_AT = 30  # nearest answers of each theme
WEEKS, FEWEST_WEEKS = 26, 3  # that are shown at most; fewer are no course of time
A_COURSE = 30  # answers of a theme, from which its weeks are shown


@dataclass(frozen=True)
class Said:
    """A typical answer, as the reader may see it, with the response it is from."""

    response: int
    text: str


@dataclass(frozen=True)
class Week:
    monday: date
    point: Point

    @property
    def share(self) -> float | None:
        """In per cent."""
        return None if self.point.share is None else 100 * self.point.share

    @property
    def interval(self) -> tuple[float, float]:
        return 100 * (self.point.low or 0.0), 100 * (self.point.high or 0.0)


def typical(
    kept: ThemeSet, *, rows: QuerySet[Response] | None, discretion: Discretion
) -> dict[int, list[Said]]:
    """Three answers of each theme, by its primary key; personal data covered where it must be."""
    of = ThemeOf.objects.filter(set=kept, theme__isnull=False)
    if rows is not None:
        of = of.filter(response__in=rows.order_by().values("pk"))
    ranked = of.annotate(
        rank=Window(RowNumber(), partition_by=F("theme"), order_by=F("closeness").desc())
    ).filter(rank__lte=LOOKED_AT)
    found = list(ranked.values_list("theme", "response", "closeness"))
    answers = Response.objects.filter(pk__in=[response for _t, response, _c in found])
    texts = dict(answers.annotate(text=text_of(kept.item)).values_list("pk", "text"))
    found = [one for one in found if texts.get(one[1])]
    roots = {pk: theme.pk for pk, theme in living(themes_in(kept)).items()}
    return quoted([(roots[one], pk, near) for one, pk, near in found], texts, discretion)


def themes_in(kept: ThemeSet) -> list[Theme]:
    return list(Theme.objects.filter(set=kept).defer("centroid"))


def quoted(
    found: list[tuple[int, int, float]], texts: Mapping[int, str], discretion: Discretion
) -> dict[int, list[Said]]:
    """Args: found: theme, response and closeness of each answer looked at."""
    numbers = {pk: at for at, pk in enumerate(dict.fromkeys(theme for theme, *_rest in found))}
    chosen = quotes(
        [texts[response] for _theme, response, _close in found],
        np.array([numbers[theme] for theme, *_rest in found], dtype=np.int64),
        np.array([close for *_rest, close in found], dtype=np.float32),
        authors=[response for _theme, response, _close in found],
    )

    names = discretion.names_by([found[quote.row][1] for some in chosen for quote in some])

    def said(quote: Quote) -> Said:
        pk, text = found[quote.row][1], excerpt(quote.text)
        return Said(pk, covered(text, names.get(pk, ())) if discretion.covers else text)

    by_place = [[said(one) for one in some] for some in chosen]
    return {pk: by_place[at] for pk, at in numbers.items() if at < len(by_place)}


@dataclass(frozen=True)
class News:
    """A proposal with how many of its answers are there still, and some of them."""

    proposal: Proposal
    n: int
    said: list[Said]


def news(kept: ThemeSet, discretion: Discretion) -> list[News]:
    """What may be new since the latest search, the strongest first."""
    proposals = [one for one in Proposal.all_of(kept) if not one.dismissed]
    asked = [pk for one in proposals for pk in one.responses]
    texts = written(kept.survey, kept.item, asked) if asked else {}
    found = [
        (at, pk, -float(place))
        for at, one in enumerate(proposals)
        for place, pk in enumerate(one.responses)
        if pk in texts
    ]
    said, sizes = quoted(found, texts, discretion), Counter(at for at, *_rest in found)
    return [News(one, sizes[at], said.get(at, [])) for at, one in enumerate(proposals) if sizes[at]]


def weeks(themes: Themes, rows: QuerySet[Response] | None) -> dict[int, list[Week]]:
    """The share of each top theme in each of the latest weeks (UTC), by primary key."""
    tops = {theme.pk: at for at, theme in enumerate(one.theme for one in themes.counted)}
    all_themes = themes_in(themes.kept)
    lasting = living(all_themes)
    place = {
        pk: tops.get(theme.parent_id if theme.parent_id in tops else theme.pk, -1)
        for pk, theme in lasting.items()
    }
    of = ThemeOf.objects.filter(set=themes.kept, theme__isnull=False)
    if rows is not None:
        of = of.filter(response__in=rows.order_by().values("pk"))
    monday = TruncWeek("response__received_at")
    told = [(at.date(), place[pk]) for at, pk in of.values_list(monday, "theme") if place[pk] >= 0]
    mondays = sorted({at for at, _theme in told})[-WEEKS:]
    if len(mondays) < FEWEST_WEEKS:
        return {}
    number = {at: n for n, at in enumerate(mondays)}
    told = [(at, theme) for at, theme in told if at in number]
    sizes = Counter(theme for _at, theme in told)
    lines = over_time(
        np.array([theme for _at, theme in told], dtype=np.int64),
        np.array([number[at] for at, _theme in told], dtype=np.int64),
        stretches=len(mondays),
        interval=wilson,
        trend=lambda _said, _bases: None,
    )
    pks = list(tops)
    return {
        pks[line.theme]: [Week(at, p) for at, p in zip(mondays, line.points, strict=True)]
        for line in lines
        if sizes[line.theme] >= A_COURSE
    }
