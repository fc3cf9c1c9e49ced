"""What a page of themes shows beside their numbers: typical answers, weeks, what is new."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta

import numpy as np
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from feedback.analysis.intervals import wilson
from feedback.analysis.significance import benjamini_hochberg, trend, two_sided
from feedback.analysis.themes import Themes, living
from feedback.models import Response, Theme, ThemeOf, ThemeSet
from feedback.open_text.counts import Integers
from feedback.open_text.discretion import Discretion, covered
from feedback.open_text.over_time import Point, over_time
from feedback.open_text.quotes import Quote, excerpt, quotes
from feedback.question_types.columns import text_of
from feedback.theming.answers import written
from feedback.theming.emerging import Proposal

LOOKED_AT = 30  # nearest answers of each theme
SHOWN = 3
WEEKS, FEWEST_WEEKS = 26, 3  # that are shown at most; fewer are no course of time
A_COURSE = 30  # answers of a theme, from which its weeks are shown
SURE = 0.05


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
    """Three answers of each theme, by its primary key; personal data covered where it must be.

    A theme that is all in parts has no answers of its own: one of each part stands for it.
    """
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
    themes = themes_in(kept)
    roots = {pk: theme.pk for pk, theme in living(themes).items()}
    said = quoted([(roots[one], pk, near) for one, pk, near in found], texts, discretion)
    of_parts: dict[int, list[Said]] = {}
    for part in themes:
        if part.parent_id and said.get(part.pk):
            of_parts.setdefault(part.parent_id, []).append(said[part.pk][0])
    return {pk: some[:SHOWN] for pk, some in of_parts.items()} | {
        pk: some for pk, some in said.items() if some
    }


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

    words = discretion.words_by([found[quote.row][1] for some in chosen for quote in some])

    def said(quote: Quote) -> Said:
        pk, text = found[quote.row][1], excerpt(quote.text)
        return Said(pk, covered(text, words.get(pk, ())) if discretion.covers else text)

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


@dataclass(frozen=True)
class Course:
    """One theme over time.

    Attributes:
        weeks: the latest; none where there are too few, or too few answers.
        rises: by day, beyond chance; None where that cannot be told of it.
        p: of that, adjusted for all themes of the question.
    """

    weeks: list[Week]
    rises: bool | None
    p: float


def courses(themes: Themes, rows: QuerySet[Response] | None) -> dict[int, Course]:
    """Of each top theme, by primary key: its latest weeks (UTC), and whether it rises or falls."""
    days, theme, when, n = daily(themes, rows)
    trends = rising(theme, when, n, days=len(days))
    by_week = weekly(days, theme, when, n)
    pks = [one.theme.pk for one in themes.counted]
    nothing = Course([], None, float("nan"))
    return {
        pk: replace(trends.get(at, nothing), weeks=by_week.get(at, [])) for at, pk in enumerate(pks)
    }


Days = tuple[list[date], Integers, Integers, Integers]


def daily(themes: Themes, rows: QuerySet[Response] | None) -> Days:
    """The days (UTC) with answers, and of each theme and day its place, the day's, and how many."""
    tops = {theme.pk: at for at, theme in enumerate(one.theme for one in themes.counted)}
    lasting = living(themes_in(themes.kept))
    place = {
        pk: tops.get(theme.parent_id if theme.parent_id in tops else theme.pk, -1)
        for pk, theme in lasting.items()
    }
    of = ThemeOf.objects.filter(set=themes.kept, theme__isnull=False)
    if rows is not None:
        of = of.filter(response__in=rows.order_by().values("pk"))
    day = TruncDate("response__received_at", tzinfo=UTC)
    counted = of.values_list(day, "theme").annotate(n=Count("pk")).order_by()
    told = [(at, place[pk], n) for at, pk, n in counted if place[pk] >= 0]
    days = sorted({at for at, _theme, _n in told})
    number = {at: i for i, at in enumerate(days)}
    columns = zip(*((theme, number[at], n) for at, theme, n in told), strict=True) if told else ()
    theme, when, n = (np.array(column, dtype=np.int64) for column in columns or ((), (), ()))
    return days, theme, when, n


def rising(theme: Integers, when: Integers, n: Integers, *, days: int) -> dict[int, Course]:
    """Which themes rise or fall beyond chance, by place; tested by day, over all days."""
    lines = over_time(
        np.repeat(theme, n), np.repeat(when, n), stretches=days, interval=wilson, trend=trend
    )
    tested = [line for line in lines if line.trend is not None]
    z = np.array([line.trend for line in tested], dtype=float)
    ps = benjamini_hochberg(two_sided(z))
    return {
        line.theme: Course([], bool(at > 0) if p < SURE else None, float(p))
        for line, at, p in zip(tested, z, ps, strict=True)
    }


def weekly(days: list[date], theme: Integers, when: Integers, n: Integers) -> dict[int, list[Week]]:
    """The share of each theme in each of the latest weeks, by place."""
    begins = [day - timedelta(days=day.weekday()) for day in days]
    mondays = sorted({*begins})[-WEEKS:]
    if len(mondays) < FEWEST_WEEKS:
        return {}
    number = {at: i for i, at in enumerate(mondays)}
    week = np.array([number.get(at, -1) for at in begins], dtype=np.int64)[when]
    shown = week >= 0
    theme, week, n = theme[shown], week[shown], n[shown]
    sizes = np.bincount(theme, weights=n)
    lines = over_time(
        np.repeat(theme, n),
        np.repeat(week, n),
        stretches=len(mondays),
        interval=wilson,
        trend=lambda _said, _bases: None,
    )
    return {
        line.theme: [Week(at, p) for at, p in zip(mondays, line.points, strict=True)]
        for line in lines
        if sizes[line.theme] >= A_COURSE
    }
