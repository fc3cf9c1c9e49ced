"""How answers are counted on frames: what a type tells of its closed columns."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, log10, sqrt
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from feedback.question_types.columns import Message


class Counted(BaseModel):
    """The part of an item that figures are made from.

    A frame has one row a response and the item's closed columns, by name. Everything here
    holds for the rows that answered, which whoever counts picks by their state.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def filters(self) -> Mapping[str, Message]:
        """The codes one may filter by, with their words; none for open items."""
        return {}

    @property
    def grouped_by(self) -> str:
        """The column that holds the one code of each answer; "" where several are possible."""
        return ""

    def values(self) -> Mapping[str, Any]:
        """What stands in that column for each code."""
        return {code: code for code in self.filters()}

    def marks(self) -> Mapping[str, pl.Expr]:
        """For each code, whether an answer is or holds it: the same as ``where``, on frames."""
        name = self.grouped_by
        return (
            {code: pl.col(name) == value for code, value in self.values().items()} if name else {}
        )

    @property
    def scored_by(self) -> str:
        """The column of numbers that a mean says something of; "" for none."""
        return ""

    def derived(self, counts: Mapping[str, float]) -> dict[str, Any]:
        """What follows from the counts of its codes alone, weighted or not."""
        return {}

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """Counts of the closed columns of those who answered; ``{}`` for open items.

        Blank, not shown and declined are counted once for all types, from ``state``.
        """
        return {}


FEW = 32  # values that are counted one by one
PLACES = 1 << 16  # of a table that counts
MANY = 50_000  # answers from which on these pay; of fewer, looking at them first takes longer


def how_many(column: pl.Series) -> dict[Any, int]:
    """How often each value stands in a column, without nulls."""
    values, counts = by_value(column)
    return dict(zip(values.to_list(), counts.tolist(), strict=True))


def by_value(column: pl.Series) -> tuple[pl.Series, Any]:
    """The values that stand in a column, each once, and an array of how often; without nulls.

    Codes and whole numbers, where they lie close together, are not hashed: a column is compared
    with each of a few values, 0.05 ms a value for a million, or counted in a table that has a
    place for each, which takes 1 to 3 ms and hashing three to six times as long.
    """
    if len(column) - column.null_count() >= MANY:
        coded = isinstance(column.dtype, pl.Enum | pl.Categorical)
        numbers = column.to_physical() if coded else column
        ends: Any = (numbers.min(), numbers.max())
        if numbers.dtype.is_integer() and ends[1] - ends[0] < PLACES:
            by = one_by_one if ends[1] - ends[0] < FEW else in_a_table
            found, counts = by(numbers, *ends)
            values = pl.Series(found).cast(numbers.dtype)
            return values.cat.to(column.dtype) if coded else values, counts
    counted = column.drop_nulls().rename("value").value_counts(name="n")
    return counted["value"], counted["n"].to_numpy()


def one_by_one(numbers: pl.Series, low: int, high: int) -> tuple[Any, Any]:
    counts = np.array([(numbers == value).sum() for value in range(low, high + 1)])
    there = counts.nonzero()[0]
    return there + low, counts[there]


def in_a_table(numbers: pl.Series, low: int, high: int) -> tuple[Any, Any]:
    # From 0 on, if there is room for that; else from the least: hours since 1970, say.
    start = 0 if low >= 0 and high < PLACES else low
    known = numbers.drop_nulls()
    table = occurrences((known.cast(pl.Int64) - start if start else known).to_numpy())
    there = table.nonzero()[0]
    return there + start, table[there]


def occurrences(numbers: Any) -> Any:
    """How often each whole number from 0 on stands in an array.

    Bytes are counted two at a time, as most of the time goes into making them wide.
    """
    if numbers.itemsize > 1:
        return np.bincount(numbers)
    even = len(numbers) // 2 * 2
    pairs = np.bincount(numbers[:even].view(np.uint16), minlength=PLACES).reshape(256, 256)
    table = pairs.sum(axis=0) + pairs.sum(axis=1)
    table[numbers[even:]] += 1
    return table


def distribution(counted: Mapping[Any, int], values: Mapping[str, Any]) -> dict[str, int]:
    """How often each code occurs, in the order of ``values``, with zeros."""
    return {code: counted.get(value, 0) for code, value in values.items()}


class Numbers(NamedTuple):
    """Numbers counted by value, so that no figure of them depends on the order of the rows.

    Attributes:
        values: an array of float64, each once, ascending; none that is not finite.
        counts: an array of how often each stands there.
    """

    values: Any
    counts: Any

    @classmethod
    def of(cls, column: pl.Series) -> Self:
        found, often = by_value(column)
        counted = pl.DataFrame({"value": found.cast(pl.Float64), "n": often})
        counted = counted.filter(pl.col("value").is_finite()).sort("value")
        return cls(counted["value"].to_numpy(), counted["n"].to_numpy())

    def how_many(self) -> dict[Any, int]:
        return dict(zip(self.values.tolist(), self.counts.tolist(), strict=True))


MOST_BINS = 12
STEPS = (1, 2, 2.5, 5)


def histogram(numbers: Numbers) -> list[dict[str, float]]:
    """Counts in bins of one round width: ``from`` is in the bin, ``to`` in the next.

    The last bin holds its ``to`` as well. No bins without numbers.
    """
    values, counts = numbers
    if not len(values):
        return []
    least, most = float(values[0]), float(values[-1])
    width = round_width((most - least) / MOST_BINS)
    first = least // width
    bins = (np.floor(values / width) - first).astype(int)
    last = int(most // width - first)
    if last and most == (first + last) * width:
        # The greatest number begins no bin of its own.
        last -= 1
    table = np.zeros(last + 1, dtype=int)
    np.add.at(table, bins.clip(0, last), counts)
    edges = [float(f"{(first + i) * width:.12g}") for i in range(last + 2)]
    pairs = zip(pairwise(edges), table.tolist(), strict=True)
    return [{"from": low, "to": high, "n": n} for (low, high), n in pairs]


def round_width(at_least: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that is no less."""
    if at_least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(at_least))
    return float(next((s * power for s in STEPS if s * power >= at_least), 10 * power))


def spread(numbers: Numbers, quantiles: Sequence[float]) -> dict[str, Any]:
    """Mean, standard deviation, quantiles and ends; None without any number.

    Quantiles are linear between order statistics: Hyndman and Fan (1996), American
    Statistician 50(4), 361-365, type 7. The deviation is that of a sample, None for less
    than two.
    """
    values, counts = numbers
    total = int(counts.sum())
    names = [f"q{100 * q:.0f}" for q in quantiles]
    if not total:
        return dict.fromkeys(["mean", "deviation", *names, "least", "most"])
    mean = float(values @ counts) / total
    squares = float((values - mean) ** 2 @ counts)
    ends = counts.cumsum()
    at = [quantile(values, ends, (total - 1) * q) for q in quantiles]
    return {
        "mean": mean,
        "deviation": sqrt(squares / (total - 1)) if total > 1 else None,
        **dict(zip(names, at, strict=True)),
        "least": float(values[0]),
        "most": float(values[-1]),
    }


def quantile(values: Any, ends: Any, place: float) -> float:
    """What stands at a place, from 0, of sorted values, given how many there are up to each."""
    below, above = values[ends.searchsorted([floor(place), ceil(place)], side="right")]
    return float(below + (above - below) * (place - floor(place)))
