"""Two groupings against each other: who says this differently, and is it more than chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from feedback.analysis.groupings import Grouping, numbered
from feedback.analysis.rao_scott import WeightedAssociation, weighted_association
from feedback.analysis.sample import WEIGHT
from feedback.analysis.significance import (
    MOST_FEW,
    Association,
    Floats,
    association,
    associations,
    benjamini_hochberg,
)

SURE = 0.05  # the level of every test
BLOCK = 1 << 16  # rows that are counted together


@dataclass(frozen=True)
class Crosstab:
    """Counts of the responses that are in a group of both; rows by columns.

    Attributes:
        weights: sums of weights by cell; None where there are none. ``squares``: of their squares.
    """

    rows: Grouping
    columns: Grouping
    counts: Floats
    weights: Floats | None = None
    squares: Floats | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame, rows: Grouping, columns: Grouping) -> "Crosstab":
        weighted = WEIGHT in frame.columns
        weights = {"w": pl.col(WEIGHT), "w2": pl.col(WEIGHT) ** 2} if weighted else {}
        paired = frame.lazy().select(r=rows.group, c=columns.group, **weights).drop_nulls()
        sums = [pl.col(name).sum() for name in weights]
        cells = paired.group_by("r", "c").agg(pl.len(), *sums).collect()
        tables = np.zeros((1 + len(sums), len(rows.labels), len(columns.labels)))
        down, across = rows.numbers, columns.numbers
        for row, column, *figures in cells.iter_rows():
            if row in down and column in across:
                tables[:, down[row], across[column]] = figures
        return cls(rows, columns, *tables)

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def test(self) -> Association:
        """Of the unweighted counts."""
        return association(self.counts)

    @cached_property
    def weighted_test(self) -> WeightedAssociation | None:
        if self.weights is None or self.squares is None:
            return None
        return weighted_association(self.counts, self.weights, self.squares)

    @property
    def weight(self) -> Floats:
        """What each cell counts for: its weights, or its responses where there are none."""
        return self.counts if self.weights is None else self.weights

    def shares_of(self, whole: "Crosstab") -> Floats:
        """What share of each of the whole's columns is in each row; weighted if it is."""
        totals = whole.weight.sum(axis=0, keepdims=True)
        found: Floats = np.divide(
            self.weight, totals, out=np.zeros_like(self.weight), where=totals > 0
        )
        return found

    def significant(self, row: int, column: int) -> int:
        """1 where a cell holds more than independence would give, -1 less, 0 not surely either.

        Judged by the adjusted residual, with the p-values of all cells adjusted by Holm.
        """
        p, residual = self.test.residual_ps[row, column], self.test.residuals[row, column]
        return int(np.sign(residual)) if p <= SURE else 0


@dataclass(frozen=True)
class Difference:
    """A pair of groupings that go together more than chance explains.

    Attributes:
        p: by Benjamini and Hochberg, over all pairs that were looked at.
        row: and ``column``, the cell that stands out most, by numbers of its groups.
        share: of the column that is in that row, and ``elsewhere`` of all other columns.
        least: the smallest count that the two shares are made of.
    """

    rows: Grouping
    columns: Grouping
    n: int
    p: float
    cramers_v: float
    row: int
    column: int
    share: float
    elsewhere: float
    least: int


def differences(
    frame: pl.DataFrame, rows: Sequence[Grouping], columns: Sequence[Grouping]
) -> tuple[list[Difference], int]:
    """Every pair of a row's and a column's grouping, those that differ surely, strongest first.

    A question is not held against itself, nor a pair looked at twice. Tables with too few
    expected in too many cells are left out, as their p is a guess.

    Returns:
        The differences, and how many pairs were looked at.
    """
    pairs: dict[frozenset[str], tuple[Grouping, Grouping]] = {}
    for row in rows:
        for column in columns:
            if row.of != column.of:
                pairs.setdefault(frozenset((row.name, column.name)), (row, column))
    if not pairs:
        return [], 0
    counted = all_tables(frame, {g.name: g for g in [*rows, *columns]})
    tables = [counted(row, column) for row, column in pairs.values()]
    size = tuple(max(table.shape[axis] for table in tables) for axis in (0, 1))
    stack = np.zeros((len(tables), *size))
    for place, table in enumerate(tables):
        stack[place, : table.shape[0], : table.shape[1]] = table
    found = associations(stack)
    tested = (found.degrees > 0) & (found.few_expected <= MOST_FEW)
    ps = benjamini_hochberg(np.where(tested, found.p, np.nan))
    sure = [
        difference(row, column, tables[i], found.residuals[i], float(ps[i]), found.cramers_v[i])
        for i, (row, column) in enumerate(pairs.values())
        if ps[i] <= SURE
    ]
    return sorted(sure, key=lambda one: -one.cramers_v), int(tested.sum())


def all_tables(
    frame: pl.DataFrame, groupings: Mapping[str, Grouping]
) -> Callable[[Grouping, Grouping], Floats]:
    """The crosstab of any two of the groupings, all counted together.

    A row has a 1 for each group that it is in; the product of that matrix with itself holds
    every crosstab, and a thousand of them cost hardly more than a few.
    """
    widths = [len(g.labels) for g in groupings.values()]
    starts = dict(zip(groupings, np.cumsum([0, *widths]).tolist(), strict=False))
    nowhere = sum(widths)  # a column of its own, so that nobody has to be left out
    members = [
        numbered(frame, g, nowhere=nowhere - starts[name]) + starts[name]
        for name, g in groupings.items()
    ]
    together = np.zeros((nowhere + 1, nowhere + 1))
    for first in range(0, frame.height, BLOCK):
        lines = np.arange(min(BLOCK, frame.height - first))
        member = np.zeros((len(lines), nowhere + 1), np.float32)
        for at in members:
            member[lines, at[first : first + BLOCK]] = 1
        together += member.T @ member  # exact: counts of a block are far below 2^24

    def table(rows: Grouping, columns: Grouping) -> Floats:
        down = slice(starts[rows.name], starts[rows.name] + len(rows.labels))
        across = slice(starts[columns.name], starts[columns.name] + len(columns.labels))
        found: Floats = together[down, across]
        return found

    return table


def difference(
    rows: Grouping, columns: Grouping, table: Floats, residuals: Floats, p: float, v: float
) -> Difference:
    strengths = np.nan_to_num(np.abs(residuals))
    row, column = (int(i) for i in np.unravel_index(strengths.argmax(), strengths.shape))
    inside, whole = table[row, column], table[:, column].sum()
    others, all_others = table[row].sum() - inside, table.sum() - whole
    return Difference(
        rows=rows,
        columns=columns,
        n=int(table.sum()),
        p=p,
        cramers_v=float(v),
        row=row,
        column=column,
        share=inside / whole if whole else 0.0,
        elsewhere=others / all_others if all_others else 0.0,
        least=int(min(inside, whole - inside, others, all_others - others)),
    )
