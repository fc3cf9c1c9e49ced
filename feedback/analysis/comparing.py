"""One question's answers beside each other in several groups, with what differs surely."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from feedback.analysis.crosstab import SURE, Crosstab
from feedback.analysis.disclosure import few_in
from feedback.analysis.groupings import CHOSEN, Grouping, of_item
from feedback.analysis.intervals import mean_interval
from feedback.analysis.rao_scott import WeightedAssociation
from feedback.analysis.significance import Association, holm
from feedback.frames.layout import state_name
from feedback.question_types.base import Item
from feedback.question_types.columns import Message, State


@dataclass(frozen=True)
class Cell:
    """One answer in one group.

    Attributes:
        share: of the group's respondents who answered, from 0 to 1; weighted where the
            frame is.
        sign: 1 where the share is surely above what independence would give, -1 below.
        told: False for one of few, of which nothing is to be shown (``without_few``).
    """

    code: str
    n: int
    share: float
    sign: int
    told: bool = True


@dataclass(frozen=True)
class Line:
    """One answer in every group; p of an option by itself, where several may be chosen."""

    code: str
    label: Message
    cells: Sequence[Cell]
    p: float | None = None


@dataclass(frozen=True)
class Mean:
    """The mean in one group, with its 95 % interval; None without two answers."""

    n: int
    mean: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Comparison:
    """A question by groups.

    Attributes:
        totals: how many answered, by group; None where that is not to be shown.
        test: of independence, where one answer was possible; weighted, where weights are.
        means: by group, where answers are numbers; not weighted.
        left_out: how many rarer answers have no line.
    """

    item: Item
    columns: Grouping
    lines: Sequence[Line]
    totals: Sequence[int | None]
    test: Association | None
    weighted_test: WeightedAssociation | None
    means: Sequence[Mean]
    left_out: int = 0


def compared(frame: pl.DataFrame, item: Item, columns: Grouping) -> Comparison | None:
    """The question by these groups; None for what has neither codes nor numbers."""
    groupings = of_item(item)
    means = means_of(frame, item, columns) if item.scored_by else []
    if not groupings and not means:
        return None
    tables = [Crosstab.of(frame, rows, columns) for rows in groupings]
    if item.grouped_by:
        shown = Crosstab.of(frame, groupings[0].narrowed(frame), columns)
        return of_one_answer(item, shown, tables[0], means)
    ps = holm([table.test.p for table in tables])
    lines = [option_line(table, float(p)) for table, p in zip(tables, ps, strict=True)]
    totals = [int(n) for n in tables[0].counts.sum(axis=0)] if tables else [m.n for m in means]
    return Comparison(item, columns, lines, totals, None, None, means)


def without_few(found: Comparison, k: int) -> Comparison:
    """The same with no cell, group or mean of fewer than k, nor what would give one away."""
    totals = np.array([[n or 0 for n in found.totals]], float)
    counts = np.array([[cell.n for cell in line.cells] for line in found.lines], float)
    counts = counts.reshape(len(found.lines), totals.shape[1])
    groups = few_in(totals, k)[0]
    hidden = few_in(counts, k, columns_add_up=bool(found.item.grouped_by)) | groups
    # A mean and its n give the sum of what is withheld beside what is shown.
    covered = hidden.any(axis=0) | groups
    lines = [
        replace(
            line,
            cells=[
                replace(cell, n=0, share=0.0, sign=0, told=False) if few else cell
                for cell, few in zip(line.cells, hides, strict=True)
            ],
        )
        for line, hides in zip(found.lines, hidden, strict=True)
    ]
    return replace(
        found,
        lines=lines,
        totals=[None if few else n for n, few in zip(found.totals, groups, strict=True)],
        means=[
            Mean(0, None, None) if few or mean.n < k else mean
            for mean, few in zip(found.means, covered, strict=bool(found.means))
        ],
    )


def of_one_answer(
    item: Item, table: Crosstab, whole: Crosstab, means: Sequence[Mean]
) -> Comparison:
    """Args: whole: the same with every answer, where ``table`` has only the most frequent."""
    lines = [
        Line(code, label, cells_of(table, row, of=whole))
        for row, (code, label) in enumerate(table.rows.labels.items())
    ]
    totals = [int(n) for n in whole.counts.sum(axis=0)]
    return Comparison(
        item,
        table.columns,
        lines,
        totals,
        table.test,
        table.weighted_test,
        means,
        table.rows.left_out,
    )


def option_line(table: Crosstab, p: float) -> Line:
    """An option of several: chosen or not, each group by itself."""
    code = table.rows.name.partition("=")[2]
    cells = cells_of(table, 0, sure=p <= SURE)
    return Line(code, table.rows.labels[CHOSEN], cells, p)


def cells_of(
    table: Crosstab, row: int, *, sure: bool = True, of: Crosstab | None = None
) -> list[Cell]:
    shares = table.shares_of(of or table)
    return [
        Cell(
            code,
            int(table.counts[row, column]),
            float(shares[row, column]),
            table.significant(row, column) if sure else 0,
        )
        for column, code in enumerate(table.columns.labels)
    ]


def means_of(frame: pl.DataFrame, item: Item, columns: Grouping) -> list[Mean]:
    answered = pl.col(state_name(item.key)) == State.ANSWERED.value
    numbers = (
        frame.lazy()
        .filter(answered)
        .select(g=columns.group, x=pl.col(item.scored_by).cast(pl.Float64))
    )
    figures = (
        numbers.drop_nulls()
        .group_by("g")
        .agg(n=pl.len(), mean=pl.col("x").mean(), deviation=pl.col("x").std())
    )
    by_group: dict[Any, Any] = {group: rest for group, *rest in figures.collect().iter_rows()}
    means = []
    for value in columns.values.values():
        n, mean, deviation = by_group.get(value, (0, None, None))
        told = mean is not None and deviation is not None
        means.append(Mean(n, mean, mean_interval(mean, deviation, n) if told else None))
    return means
