"""How answers are counted on frames: what a type tells of its closed columns."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10, sqrt
from typing import Any

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


def distribution(answers: pl.Series, values: Mapping[str, Any]) -> dict[str, int]:
    """How often each code occurs, in the order of ``values``, with zeros."""
    counted = dict(answers.value_counts().iter_rows())
    return {code: counted.get(value, 0) for code, value in values.items()}


MOST_BINS = 12
STEPS = (1, 2, 2.5, 5)


def histogram(numbers: pl.Series) -> list[dict[str, float]]:
    """Counts in bins of one round width: ``from`` is in the bin, ``to`` in the next.

    The last bin holds its ``to`` as well. No bins without numbers.
    """
    if not len(numbers):
        return []
    least, most = float(numbers.min()), float(numbers.max())  # type: ignore[arg-type]
    width = round_width((most - least) / MOST_BINS)
    first = least // width
    bins = ((numbers / width).floor() - first).cast(pl.Int64)
    last = int(most // width - first)
    if last and most == (first + last) * width:
        # The greatest number begins no bin of its own.
        bins, last = bins.clip(0, last - 1), last - 1
    counted = dict(bins.value_counts().iter_rows())
    edges = [float(f"{(first + i) * width:.12g}") for i in range(last + 2)]
    return [{"from": edges[i], "to": edges[i + 1], "n": counted.get(i, 0)} for i in range(last + 1)]


def round_width(at_least: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that is no less."""
    if at_least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(at_least))
    return float(next((s * power for s in STEPS if s * power >= at_least), 10 * power))


def spread(numbers: pl.Series, quantiles: Sequence[float]) -> dict[str, Any]:
    """Mean, standard deviation, quantiles and ends; None without any number.

    Counted by value first, so that no figure depends on the order of the rows. Quantiles
    are linear between order statistics: Hyndman and Fan (1996), American Statistician
    50(4), 361-365, type 7. The deviation is that of a sample, None for less than two.
    """
    by_value = numbers.rename("value").drop_nulls().value_counts(name="n")
    value = pl.col("value").cast(pl.Float64)  # only now, as whole numbers are counted quicker
    counted = by_value.select(value, "n").filter(value.is_finite()).sort("value")
    values, counts = counted["value"].to_numpy(), counted["n"].to_numpy()
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
