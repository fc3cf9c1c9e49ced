"""Ways to divide responses into groups: by an answer, or by what is known of a response.

Groups exclude one another. A question with several answers gives one grouping an option.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from feedback.frames.layout import state_name
from feedback.models import Survey, Theme, ThemeOf
from feedback.question_types.base import Item, operands
from feedback.question_types.columns import Message, State
from feedback.responses.asked import ANSWER, THEME

Numbers: TypeAlias = npt.NDArray[np.int64]
MOST_VALUES = 12  # groups that one looks at together; whoever is in a rarer one is in none
CHOSEN, NOT_CHOSEN = "yes", "no"


@dataclass(frozen=True)
class Grouping:
    """Groups of responses, in the order of ``labels``.

    Attributes:
        name: the item's key, or the column of frames; ``<key>=<code>`` for an option.
        labels: each group in words, by its code.
        group: over a frame, what tells the group of each row; null for none.
        values: what ``group`` is for each code; whoever has another value is in no group.
        filter: the name of the filter that keeps one group's responses; "" for none.
        days: or the first and the last day of each group, by its code; either may be open.
        of: the question that it is made of; its own name for what is no question's.
        left_out: how many rarer groups are not among them.
    """

    name: str
    label: Message
    labels: Mapping[str, Message]
    group: pl.Expr
    values: Mapping[str, Any]
    filter: str = ""
    of: str = ""
    days: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    left_out: int = 0

    def link(self, code: str) -> list[tuple[str, str]]:
        """The filters that keep the responses of one group."""
        if self.filter:
            return [(self.filter, code)]
        between = zip(("since", "until"), self.days.get(code, ()), strict=False)
        return [(name, str(day)) for name, day in between if day]

    @property
    def numbers(self) -> dict[Any, int]:
        """The number of each group, from 0, by what ``group`` is for it."""
        return {value: number for number, value in enumerate(self.values.values())}

    def narrowed(self, frame: pl.DataFrame, most: int = MOST_VALUES) -> Self:
        """Only the groups that most are in, in their order, where there are too many to see."""
        if len(self.labels) <= most:
            return self
        counted = dict(frame.select(g=self.group)["g"].value_counts().iter_rows())
        by_size = sorted(self.values, key=lambda code: -counted.get(self.values[code], 0))
        largest = set(by_size[:most])
        return replace(
            self,
            labels={code: label for code, label in self.labels.items() if code in largest},
            values={code: value for code, value in self.values.items() if code in largest},
            left_out=sum(counted.get(self.values[code], 0) > 0 for code in by_size[most:]),
        )


def numbered(frame: pl.DataFrame, grouping: Grouping, *, nowhere: int) -> Numbers:
    """The number of each row's group, from 0, and ``nowhere`` for those in none."""
    groups = frame.select(g=grouping.group)["g"]
    # What stands for a category, a day or a score is a whole number of a small range.
    stored = groups.to_physical().cast(pl.Int64)
    values = pl.Series([*grouping.values.values()], dtype=groups.dtype).to_physical()
    least = int(stored.min() or 0)  # type: ignore[arg-type]
    size = int(stored.max() or 0) - least + 1  # type: ignore[arg-type]
    table = np.full(size + 1, nowhere)  # its last is for null
    for number, place in enumerate(values.cast(pl.Int64)):
        if least <= place < least + size:
            table[place - least] = number
    numbers: Numbers = table[(stored - least).fill_null(size).to_numpy()]
    return numbers


def of_items(items: Iterable[Item]) -> list[Grouping]:
    """The groupings of all questions and of the rows of grids, in order."""
    return [grouping for item in operands(items).values() for grouping in of_item(item)]


def of_item(item: Item) -> list[Grouping]:
    """The groupings of one question: itself, or each of its options; none for open ones."""
    if item.personal or len(item.operands()) > 1:  # its rows are questions of their own
        return []
    if item.grouped_by:
        return [by_code(item)]
    return [by_mark(item, code, mark) for code, mark in item.marks().items()]


def if_answered(item: Item, group: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(state_name(item.key)) == State.ANSWERED.value).then(group)


def by_code(item: Item) -> Grouping:
    group, values = if_answered(item, pl.col(item.grouped_by)), item.values()
    labels = {code: item.filters()[code] for code in values}
    return Grouping(item.key, item.text, labels, group, values, ANSWER + item.key, item.key)


def by_mark(item: Item, code: str, mark: pl.Expr) -> Grouping:
    words = item.filters()[code]
    labels = {CHOSEN: words, NOT_CHOSEN: _("not chosen")}
    group, values = if_answered(item, mark.fill_null(False)), {CHOSEN: True, NOT_CHOSEN: False}
    name, label = f"{item.key}={code}", f"{item.text} – {words}"
    return Grouping(name, label, labels, group, values, of=item.key)


def of_responses(frame: pl.DataFrame, revisions: Mapping[int, int]) -> list[Grouping]:
    """The groupings by what is known of every response, if they divide the frame at all.

    Args:
        revisions: the number of each revision by its primary key.
    """
    found = [
        by_word("_language", _("Language"), frame, "lang"),
        by_word("_source", _("Source"), frame, "source"),
        by_word("_device", _("Kind of device"), frame, ""),
        by_revision(frame, revisions),
        *(by_period(frame, *period) for period in PERIODS),
    ]
    return [grouping for grouping in found if len(grouping.labels) > 1]


def of_themes(survey: Survey, items: Iterable[Item]) -> list[Grouping]:
    """By the theme of each open question that has some, parts counted with their themes."""
    texts = {item.key: item.text for item in items if not item.personal}
    rows = Theme.objects.filter(set__survey=survey, set__item__in=texts)
    themes = {theme.pk: theme for theme in rows.select_related("set").defer("centroid")}
    found = []
    for key in sorted({theme.set.item for theme in themes.values()}):
        numbers = {pk: top_of(theme, themes) for pk, theme in themes.items()}
        here = {pk: number for pk, number in numbers.items() if themes[pk].set.item == key}
        tops = sorted(set(here.values()))
        names = {theme.number: theme.name for pk, theme in themes.items() if pk in here}
        labels = {str(number): names[number] for number in tops}
        group = pl.col("_id").replace_strict(*joined(here), default=None, return_dtype=pl.Int64)
        values = {str(number): number for number in tops}
        label = format_lazy("{}: {}", _("Theme"), texts[key])
        found.append(Grouping(THEME + key, label, labels, group, values, THEME + key, key))
    return found


def top_of(theme: Theme, themes: Mapping[int, Theme]) -> int:
    """The number of the theme that one counts as: what it was merged into, or is a part of."""
    seen = {theme.pk}
    while (above := theme.merged_into_id or theme.parent_id) and above not in seen:
        theme = themes[above]
        seen.add(theme.pk)
    return theme.number


def joined(numbers: Mapping[int, int]) -> tuple[pl.Series, pl.Series]:
    """Responses, and the number of the theme that each is in."""
    rows = ThemeOf.objects.filter(theme__in=numbers).values_list("response_id", "theme_id")
    found = list(rows)
    return (
        pl.Series([response for response, _theme in found], dtype=pl.Int64),
        pl.Series([numbers[theme] for _response, theme in found], dtype=pl.Int64),
    )


def by_word(column: str, label: Message, frame: pl.DataFrame, name: str) -> Grouping:
    counted = frame[column].drop_nulls().value_counts(sort=True)[column].cast(pl.String)
    words = sorted([word for word in counted if word][:MOST_VALUES])
    values = {word: word for word in words}
    return Grouping(column, label, values, pl.col(column), values, name, column)


def by_revision(frame: pl.DataFrame, revisions: Mapping[int, int]) -> Grouping:
    seen = set(frame["_revision"].unique())
    values = {str(number): pk for pk, number in sorted(revisions.items()) if pk in seen}
    labels = {number: number for number in values}
    group = pl.col("_revision")
    return Grouping("_revision", _("Revision"), labels, group, values, "revision", "_revision")


PERIODS: Sequence[tuple[str, str, str, Message]] = (
    ("_month", "1mo", "%Y-%m", _("Month")),
    ("_week", "1w", "%Y-%m-%d", _("Week, by its Monday")),
    ("_day", "1d", "%Y-%m-%d", _("Day")),
)
MOST_PERIODS = 31  # of which the last are shown
WAVES = "_waves"


def by_period(frame: pl.DataFrame, name: str, every: str, shown: str, label: Message) -> Grouping:
    """By when a response came (UTC)."""
    group = pl.col("_received").dt.date().dt.truncate(every)
    days = frame.select(day=pl.col("_received").dt.date().unique())["day"]
    starts = sorted(set(days.dt.truncate(every)))[-MOST_PERIODS:]
    values = {f"{start:{shown}}": start for start in starts}
    lasts = pl.Series(starts, dtype=pl.Date).dt.offset_by(every).dt.offset_by("-1d")
    between = dict(zip(values, zip(starts, lasts, strict=True), strict=True))
    labels = {word: word for word in values}
    return Grouping(name, label, labels, group, values, of=name, days=between)


def by_waves(starts: Sequence[date]) -> Grouping:
    """By periods of somebody's own, such as the waves of a survey (days are UTC).

    Args:
        starts: the first day of each period, in order; what came before is one more.
    """
    day = pl.col("_received").dt.date()
    group = pl.sum_horizontal([(day >= start).cast(pl.Int64) for start in starts])
    ends = [start - timedelta(days=1) for start in starts]
    days = dict(enumerate(zip([None, *starts], [*ends, None], strict=True)))
    return Grouping(
        WAVES,
        _("Periods of your own"),
        labels={str(number): period(*between) for number, between in days.items()},
        group=group,
        values={str(number): number for number in days},
        of=WAVES,
        days={str(number): between for number, between in days.items()},
    )


def period(first: date | None, last: date | None) -> Message:
    if first is None:
        return format_lazy("{} {}", _("until"), str(last))
    return f"{first} – {last}" if last else format_lazy("{} {}", _("from"), str(first))
