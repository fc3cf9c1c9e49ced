"""Ways to divide responses into groups: by an answer, or by what is known of a response.

Groups exclude one another. A question with several answers gives one grouping an option.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from django.utils.translation import gettext_lazy as _

from feedback.frames.layout import state_name
from feedback.question_types.base import Item, operands
from feedback.question_types.columns import Message, State
from feedback.responses.asked import ANSWER

Groups: TypeAlias = npt.NDArray[np.int16]
NOWHERE = -1  # the group of a response that is in none
MOST_VALUES = 12  # groups of a column of words; what is rarer is in none
CHOSEN, NOT_CHOSEN = "yes", "no"


@dataclass(frozen=True)
class Grouping:
    """Groups of responses, numbered in the order of ``labels``.

    Attributes:
        name: the item's key, or the column of frames; ``<key>=<code>`` for an option.
        labels: each group in words, by its code.
        numbered: from a frame to the number of each row's group, NOWHERE for none.
        filter: the name of the filter that keeps one group's responses; "" for none.
        of: the question that it is made of; its own name for what is no question's.
    """

    name: str
    label: Message
    labels: Mapping[str, Message]
    numbered: Callable[[pl.DataFrame], Groups]
    filter: str = ""
    of: str = ""

    def link(self, code: str) -> list[tuple[str, str]]:
        """The filters that keep the responses of one group."""
        return [(self.filter, code)] if self.filter else []


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


def by_code(item: Item) -> Grouping:
    values, column, state = item.values(), item.grouped_by, state_name(item.key)

    def numbered(frame: pl.DataFrame) -> Groups:
        answered = frame[state].to_numpy() == State.ANSWERED.value
        return np.where(answered, looked_up(frame[column], values), NOWHERE)

    labels = {code: item.filters()[code] for code in values}
    return Grouping(item.key, item.text, labels, numbered, ANSWER + item.key, item.key)


def by_mark(item: Item, code: str, mark: pl.Expr) -> Grouping:
    answered = pl.col(state_name(item.key)) == State.ANSWERED.value

    def numbered(frame: pl.DataFrame) -> Groups:
        group = pl.when(mark).then(0).otherwise(1)
        groups = pl.when(answered).then(group).otherwise(NOWHERE).cast(pl.Int16)
        return frame.select(groups).to_series().to_numpy()

    words = item.filters()[code]
    labels = {CHOSEN: words, NOT_CHOSEN: _("not chosen")}
    return Grouping(f"{item.key}={code}", f"{item.text} – {words}", labels, numbered, of=item.key)


def looked_up(column: pl.Series, values: Mapping[str, Any]) -> Groups:
    """The number, in ``values``, of what stands in each row; NOWHERE for anything else."""
    numbers = {value: number for number, value in enumerate(values.values())}
    if column.dtype.is_integer() or column.dtype == pl.String:
        found = column.replace_strict(numbers, default=NOWHERE, return_dtype=pl.Int16)
        return found.to_numpy()
    # Categories are few and rows many: each category is looked up once.
    categories = column.unique().drop_nulls()
    table = np.full(max(categories.to_physical().to_list(), default=0) + 2, NOWHERE, np.int16)
    for place, value in zip(categories.to_physical(), categories, strict=True):
        table[place] = numbers.get(value, NOWHERE)
    nothing = len(table) - 1
    groups: Groups = table[column.to_physical().fill_null(nothing).to_numpy()]
    return groups


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
        *(by_period(frame, name, every, label) for name, every, label in PERIODS),
    ]
    return [grouping for grouping in found if len(grouping.labels) > 1]


def by_word(column: str, label: Message, frame: pl.DataFrame, name: str) -> Grouping:
    counted = frame[column].drop_nulls().value_counts(sort=True)[column].cast(pl.String)
    words = sorted([word for word in counted if word][:MOST_VALUES])
    values = {word: word for word in words}
    return Grouping(column, label, values, lambda f: looked_up(f[column], values), name, column)


def by_revision(frame: pl.DataFrame, revisions: Mapping[int, int]) -> Grouping:
    seen = set(frame["_revision"].unique())
    values = {str(number): pk for pk, number in sorted(revisions.items()) if pk in seen}

    def numbered(f: pl.DataFrame) -> Groups:
        return looked_up(f["_revision"], values)

    labels = {number: number for number in values}
    return Grouping("_revision", _("Revision"), labels, numbered, "revision", "_revision")


PERIODS: Sequence[tuple[str, str, Message]] = (
    ("_month", "1mo", _("Month")),
    ("_week", "1w", _("Week, by its Monday")),
    ("_day", "1d", _("Day")),
)
MOST_PERIODS = 31  # of which the last are shown


def by_period(frame: pl.DataFrame, name: str, every: str, label: Message) -> Grouping:
    """By when a response came (UTC)."""
    day = pl.col("_received").dt.date()  # first, as there are fewer days than moments
    days = frame.select(day.unique().sort()).to_series()
    begun = dict(zip(days, days.dt.truncate(every), strict=True))
    starts = sorted(set(begun.values()))[-MOST_PERIODS:]
    numbers = {start: number for number, start in enumerate(starts)}
    by_day = {day: numbers.get(start, NOWHERE) for day, start in begun.items()}

    def numbered(f: pl.DataFrame) -> Groups:
        found = day.replace_strict(by_day, default=NOWHERE, return_dtype=pl.Int16)
        return f.select(found).to_series().to_numpy()

    words = [f"{start:%Y-%m}" if every == "1mo" else start.isoformat() for start in starts]
    return Grouping(name, label, {word: word for word in words}, numbered, of=name)
