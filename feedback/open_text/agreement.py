"""How far coders who read the same answers agree, beyond what chance would give.

A rating is any value that can be compared; None says that a coder did not see the unit.
Ordinal and interval levels need numbers.
"""

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054  # the normal distribution's 97.5th percentile
Rating = Hashable
Ratings = Sequence[Sequence[Rating | None]]  # one row a coder, one column a unit
Floats = NDArray[np.float64]


class Level(StrEnum):
    """What may be said of two values that differ."""

    NOMINAL = "nominal"  # only that they differ
    ORDINAL = "ordinal"  # which is higher
    INTERVAL = "interval"  # by how much


class NotNumbers(ValueError):
    """Ratings of an ordinal or interval level are to be numbers."""


@dataclass(frozen=True)
class Kappa:
    """Cohen's κ with its 95 % interval; nan where nothing can be said."""

    value: float
    low: float
    high: float
    units: int


@dataclass(frozen=True)
class CodeAgreement:
    """How coders agree on one code, each of them saying yes or no to it."""

    code: str
    percent: float
    alpha: float
    kappa: Kappa | None  # of exactly two coders
    units: int  # that two coders or more have seen
    used: int  # times that any coder gave the code


def percent_agreement(ratings: Ratings) -> float:
    """The share of pairs of coders who gave a unit the same value; nan without a pair."""
    counts, _values = counted(ratings)
    seen = counts.sum(axis=1)
    pairs = float((seen * (seen - 1)).sum())
    return float((counts * (counts - 1)).sum()) / pairs if pairs else nan


def cohens_kappa(first: Sequence[Rating | None], second: Sequence[Rating | None]) -> Kappa:
    """Agreement of two coders over the units that both have seen.

    J. Cohen (1960), Educ. Psychol. Meas. 20, 37-46; the standard error after J. L. Fleiss,
    J. Cohen and B. S. Everitt (1969), Psychol. Bull. 72, 323-327.
    """
    both = [(a, b) for a, b in zip(first, second, strict=True) if None not in (a, b)]
    values = sorted({value for pair in both for value in pair}, key=repr)
    place = {value: at for at, value in enumerate(values)}
    n = len(both)
    if len(values) < 2:  # with one value throughout there is nothing to disagree on
        return Kappa(nan, nan, nan, n)
    table = np.zeros((len(values), len(values)))
    for a, b in both:
        table[place[a], place[b]] += 1 / n
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    seen, chance = float(np.trace(table)), float(rows @ columns)
    kappa = (seen - chance) / (1 - chance)
    agreed = float(np.diag(table) @ (1 - (rows + columns) * (1 - kappa)) ** 2)
    crossed = (columns[:, None] + rows[None, :]) ** 2 * table
    missed = (1 - kappa) ** 2 * float(crossed.sum() - np.trace(crossed))
    rest = (kappa - chance * (1 - kappa)) ** 2
    error = sqrt(max(0.0, agreed + missed - rest) / n) / (1 - chance)
    return Kappa(kappa, max(-1.0, kappa - Z95 * error), min(1.0, kappa + Z95 * error), n)


def krippendorffs_alpha(ratings: Ratings, *, level: Level = Level.NOMINAL) -> float:
    """Agreement of any number of coders, some of whom have not seen some units.

    1 is perfect, 0 what chance would give; nan where all values are the same or no unit
    was seen twice. K. Krippendorff, Content Analysis, 4th edition (2018), chapter 12.

    Raises:
        NotNumbers: a rating of an ordinal or interval level is none.
    """
    counts, values = counted(ratings)
    counts = counts[counts.sum(axis=1) > 1]
    seen = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    n = totals.sum()
    apart = distances(values, totals, level=level)
    weighed = counts / np.maximum(seen - 1, 1)[:, None]
    observed = float((weighed * (counts @ apart)).sum())
    expected = float(totals @ apart @ totals) / (n - 1) if n > 1 else 0.0
    return 1 - observed / expected if expected else nan


def distances(values: Sequence[Rating], totals: Floats, *, level: Level) -> Floats:
    """Krippendorff's squared difference of each two values."""
    if level is Level.NOMINAL:
        return 1 - np.eye(len(values))
    if level is Level.ORDINAL:  # by how many ratings lie between them
        places = np.cumsum(totals) - totals / 2
    else:
        places = np.array([as_number(value) for value in values])
    return np.subtract.outer(places, places) ** 2


def as_number(value: Rating) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise NotNumbers(f"{value!r} is no number; compare such values as nominal")


def counted(ratings: Ratings) -> tuple[Floats, list[Rating]]:
    """How often each unit got each value, and the values in order."""
    values: list[Rating] = list({value for row in ratings for value in row if value is not None})
    numeric = all(isinstance(value, int | float) for value in values)
    values.sort(key=as_number if numeric else repr)
    place = {value: at for at, value in enumerate(values)}
    counts = np.zeros((len(ratings[0]) if ratings else 0, len(values)))
    for row in ratings:
        for unit, value in enumerate(row):
            if value is not None:
                counts[unit, place[value]] += 1
    return counts, values


Codings = Sequence[Sequence[AbstractSet[str] | None]]  # one row a coder, one column a unit


def per_code(codings: Codings) -> list[CodeAgreement]:
    """Each code by itself, as several may be given to one answer; the codes in order."""
    codes = sorted({code for row in codings for given in row if given for code in given})
    return [one_code(code, yes_or_no(codings, code=code)) for code in codes]


def one_code(code: str, ratings: Sequence[Sequence[bool | None]]) -> CodeAgreement:
    seen = [sum(value is not None for value in unit) for unit in zip(*ratings, strict=True)]
    return CodeAgreement(
        code=code,
        percent=percent_agreement(ratings),
        alpha=krippendorffs_alpha(ratings),
        kappa=cohens_kappa(ratings[0], ratings[1]) if len(ratings) == 2 else None,
        units=sum(times > 1 for times in seen),
        used=sum(value is True for row in ratings for value in row),
    )


def overall_alpha(codings: Codings) -> float:
    """One α for a codebook: every code of every answer is a unit, judged yes or no."""
    codes = sorted({code for row in codings for given in row if given for code in given})
    by_code = [yes_or_no(codings, code=code) for code in codes]
    return krippendorffs_alpha(
        [[value for ratings in by_code for value in ratings[at]] for at in range(len(codings))]
    )


def yes_or_no(codings: Codings, *, code: str) -> list[list[bool | None]]:
    return [[None if given is None else code in given for given in row] for row in codings]
