"""Themes over time: the share of each in each stretch, and where a trend may be read.

Which interval belongs to a share and which trend is more than chance is the caller's to
say, in the terms of the survey's other figures: both come in as functions.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Integers

ENOUGH = 30  # stretches of time, below which a line through them says nothing

Interval = Callable[[int, int], tuple[float, float]]  # of a count and its base
Trend = Callable[[Sequence[int], Sequence[int]], float | None]  # of counts and bases


@dataclass(frozen=True)
class Point:
    count: int
    base: int  # answers in this stretch that are in any theme
    share: float | None  # None where nobody answered
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """One theme over all stretches; ``trend`` is None where there are too few."""

    theme: int
    points: list[Point]
    trend: float | None


def over_time(
    theme: Integers, when: Integers, *, stretches: int, interval: Interval, trend: Trend
) -> list[Line]:
    """The lines of all themes.

    Args:
        theme: of each answer; -1 for none.
        when: the stretch of each answer, from 0.
        trend: asked only where there are ``ENOUGH`` stretches with answers.
    """
    counts = counts_over_time(theme, when, stretches=stretches)
    bases = [int(base) for base in counts.sum(axis=0)]
    enough = sum(base > 0 for base in bases) >= ENOUGH
    lines = []
    for number, row in enumerate(counts):
        said = [int(one) for one in row]
        points = [_point(one, base, interval) for one, base in zip(said, bases, strict=True)]
        lines.append(Line(number, points, trend(said, bases) if enough else None))
    return lines


def counts_over_time(theme: Integers, when: Integers, *, stretches: int) -> NDArray[np.int64]:
    """Themes × stretches: how many answers."""
    number = int(theme.max(initial=-1)) + 1
    there = theme >= 0
    cells = np.bincount(theme[there] * stretches + when[there], minlength=number * stretches)
    return cells.reshape(number, stretches)


def _point(count: int, base: int, interval: Interval) -> Point:
    if not base:
        return Point(count, base, None, None, None)
    low, high = interval(count, base)
    return Point(count, base, count / base, low, high)


def stretches_of(times: Sequence[Hashable]) -> tuple[list[Hashable], Integers]:
    """Distinct stretches in order of appearance, such as dates in order, and each one's number."""
    numbers: dict[Hashable, int] = {}
    of = np.array([numbers.setdefault(one, len(numbers)) for one in times], dtype=np.int64)
    return list(numbers), of
