"""Whether two answers go together: tests of crosstabs, one at a time or by the stack.

Arrays in, arrays out. A stack is tested at once because a scan for what differs asks some
hundred tables; smaller tables stand in it padded with zeros, as empty rows and columns
are left out of every test anyhow.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

Floats: TypeAlias = NDArray[np.float64]
FEW = 5  # expected in a cell; below it the distribution of chi-squared is a rough guess
MOST_FEW = 0.2  # share of cells with few expected up to which the test is trusted (Cochran 1954)


@dataclass(frozen=True)
class Associations:
    """The tests of a stack of crosstabs; each attribute has the stack's first axis.

    Attributes:
        p: of independence; 1 where a table has fewer than two rows or columns left.
        cramers_v: strength from 0 to 1, whatever the size of table and sample.
        residuals: adjusted standardised residuals, by cell: how many standard errors a
            count is off what independence would give. NaN in empty rows and columns.
        residual_ps: of the residuals, two-sided, adjusted by Holm over the table's cells.
        smallest_expected: count in any cell under independence; NaN for an empty table.
        few_expected: share of the cells in which fewer than five are expected.
    """

    chi2: Floats
    degrees: NDArray[np.int64]
    p: Floats
    cramers_v: Floats
    residuals: Floats
    residual_ps: Floats
    smallest_expected: Floats
    few_expected: Floats


@dataclass(frozen=True)
class Association:
    """The test of one crosstab; attributes as of ``Associations``."""

    chi2: float
    degrees: int
    p: float
    cramers_v: float
    residuals: Floats
    residual_ps: Floats
    smallest_expected: float
    few_expected: float

    @property
    def rough(self) -> bool:
        """Whether too few are expected in too many cells for p to be more than a guess."""
        return self.few_expected > MOST_FEW


def association(counts: ArrayLike) -> Association:
    """Pearson's test of independence of rows and columns.

    Args:
        counts: respondents by row and column, each in one cell only; not weighted.
    """
    found = associations(np.asarray(counts, dtype=float)[np.newaxis])
    return Association(
        chi2=float(found.chi2[0]),
        degrees=int(found.degrees[0]),
        p=float(found.p[0]),
        cramers_v=float(found.cramers_v[0]),
        residuals=found.residuals[0],
        residual_ps=found.residual_ps[0],
        smallest_expected=float(found.smallest_expected[0]),
        few_expected=float(found.few_expected[0]),
    )


def associations(stack: ArrayLike) -> Associations:
    """Pearson's test of each table in a stack.

    K. Pearson (1900), Phil. Mag. 50, 157-175; residuals: S. J. Haberman (1973),
    Biometrics 29, 205-220; V: H. Cramér (1946), Mathematical Methods of Statistics, 282.

    Args:
        stack: tables × rows × columns of counts.
    """
    counts = np.asarray(stack, dtype=float)
    row, column = counts.sum(axis=2, keepdims=True), counts.sum(axis=1, keepdims=True)
    n = row.sum(axis=1, keepdims=True)
    expected = share_of(row * column, n)
    there = (row > 0) & (column > 0)  # not in an empty row or column
    chi2 = share_of((counts - expected) ** 2, expected).sum(axis=(1, 2))
    rows, columns = (row > 0).sum(axis=1).ravel(), (column > 0).sum(axis=2).ravel()
    degrees = np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0)
    strongest = n.ravel() * np.maximum(np.minimum(rows, columns) - 1, 0)
    spread = expected * (1 - share_of(row, n)) * (1 - share_of(column, n))
    off = there & (spread > 0)
    residuals = np.full(counts.shape, np.nan)
    np.divide(counts - expected, np.sqrt(spread), out=residuals, where=off)
    few = (there & (expected < FEW)).sum(axis=(1, 2))
    smallest = np.where(there, expected, np.inf).min(axis=(1, 2), initial=np.inf)
    return Associations(
        chi2=chi2,
        degrees=degrees,
        p=np.where(degrees > 0, chdtrc(np.maximum(degrees, 1), chi2), 1.0),
        cramers_v=np.sqrt(share_of(chi2, strongest)),
        residuals=residuals,
        residual_ps=holm_by_table(2 * ndtr(-np.abs(residuals))),
        smallest_expected=np.where(np.isinf(smallest), np.nan, smallest),
        few_expected=share_of(few, there.sum(axis=(1, 2))),
    )


def share_of(part: ArrayLike, whole: ArrayLike) -> Floats:
    """The quotient, and 0 of nothing."""
    parts, wholes = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    shares: Floats = np.divide(parts, wholes, out=np.zeros(parts.shape), where=wholes > 0)
    return shares


@dataclass(frozen=True)
class Differences:
    """The tests of each option of one item between groups, option by option.

    Attributes:
        shares: options × groups, of those in the group who were asked; NaN where nobody was.
        p: of the same share in all groups, by option.
        adjusted: the same by Holm, over all options of the item.
    """

    shares: Floats
    chi2: Floats
    p: Floats
    adjusted: Floats
    smallest_expected: Floats


def differences(chosen: ArrayLike, asked: ArrayLike) -> Differences:
    """Whether the share that chose an option differs between groups, each option by itself.

    For items with several answers: their options are no cells of one table, as a respondent
    may be in several, so there is no chi-squared across them.

    Args:
        chosen: options × groups, how many chose the option.
        asked: how many in each group could have: a number a group.
    """
    yes = np.asarray(chosen, dtype=float)
    of = np.broadcast_to(np.asarray(asked, dtype=float), yes.shape)
    found = associations(np.stack([yes, of - yes], axis=2))
    return Differences(
        shares=np.divide(yes, of, out=np.full(yes.shape, np.nan), where=of > 0),
        chi2=found.chi2,
        p=found.p,
        adjusted=holm(found.p),
        smallest_expected=found.smallest_expected,
    )


def trend(counts: ArrayLike, bases: ArrayLike) -> float:
    """Whether a share rises or falls over stretches of time: how many standard errors.

    P. Armitage (1955), Biometrics 11(3), 375-386, with the stretches as scores.

    Args:
        counts: of each stretch, in order; ``bases`` likewise.

    Returns:
        Above zero where it rises; NaN where nothing could.
    """
    said, asked = np.asarray(counts, dtype=float), np.asarray(bases, dtype=float)
    at, whole = np.arange(len(asked)), asked.sum()
    share = said.sum() / whole if whole else np.nan
    spread = (asked @ at**2) - (asked @ at) ** 2 / whole if whole else np.nan
    variance = share * (1 - share) * spread
    if not variance > 0:
        return float("nan")
    return float(at @ (said - asked * share) / np.sqrt(variance))


def two_sided(z: ArrayLike) -> Floats:
    """The chance of being so far from zero by chance alone, in standard errors."""
    found: Floats = 2 * ndtr(-np.abs(np.asarray(z, dtype=float)))
    return found


# -- many tests at once ----------------------------------------------------------------


def holm(ps: ArrayLike) -> Floats:
    """Adjusted p-values that keep the chance of any false alarm: S. Holm (1979), SJS 6, 65-70.

    Along the last axis; NaN is no test, stays NaN and does not count.
    """
    values = np.asarray(ps, dtype=float)
    order, ranked, tests = in_order(values)
    steps = ranked * np.maximum(tests - np.arange(values.shape[-1]), 1)
    return put_back(np.maximum.accumulate(steps, axis=-1), order)


def benjamini_hochberg(ps: ArrayLike) -> Floats:
    """Adjusted p-values that keep the share of false alarms among all alarms.

    Y. Benjamini and Y. Hochberg (1995), J. R. Statist. Soc. B 57, 289-300. Along the last
    axis; NaN as in ``holm``.
    """
    values = np.asarray(ps, dtype=float)
    order, ranked, tests = in_order(values)
    steps = ranked * tests / np.arange(1, values.shape[-1] + 1)
    falling = np.fmin.accumulate(steps[..., ::-1], axis=-1)[..., ::-1]
    return put_back(np.where(np.isnan(ranked), np.nan, falling), order)


def in_order(values: Floats) -> tuple[NDArray[np.intp], Floats, NDArray[np.intp]]:
    """The order of p-values, the p-values in it, NaN last, and how many are none."""
    order = np.argsort(values, axis=-1)
    tests = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    return order, np.take_along_axis(values, order, axis=-1), tests


def put_back(ranked: Floats, order: NDArray[np.intp]) -> Floats:
    adjusted = np.empty(ranked.shape)
    np.put_along_axis(adjusted, order, np.minimum(ranked, 1.0), axis=-1)
    return adjusted


def holm_by_table(ps: Floats) -> Floats:
    """Adjusted over all cells of each table of a stack."""
    return holm(ps.reshape(len(ps), ps.shape[1] * ps.shape[2])).reshape(ps.shape)
