"""Whether two weighted answers go together: Pearson's test, corrected for the weights.

Weights make a sample tell less than its size says, and unevenly so over the cells of a
table; Pearson's test on weighted counts finds differences where there are none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from feedback.analysis.significance import Floats


@dataclass(frozen=True)
class WeightedAssociation:
    """The corrected test of one weighted crosstab.

    Attributes:
        pearson: chi-squared of the weighted shares times n, before any correction.
        chi2: corrected; compared with chi-squared of ``degrees``, which need not be whole.
        design_effect: mean of the generalised design effects: 1 for equal weights, 2 where
            the table tells what half as many respondents of equal weight would.
        n: respondents, not weighted.
    """

    pearson: float
    chi2: float
    degrees: float
    p: float
    design_effect: float
    n: int


def weighted_association(
    n: ArrayLike, weights: ArrayLike, squares: ArrayLike
) -> WeightedAssociation:
    """Test independence of rows and columns by the second-order correction.

    J. N. K. Rao and A. J. Scott (1984), Ann. Statist. 12, 46-60. The covariance of the
    shares is that of a linearised ratio, each response drawn by itself with replacement
    in one stratum; the factor n/(n-1) is left out, so that equal weights of any size give
    Pearson's test itself. With as many draws as responses the F version has so many
    degrees below that it says the same, so it is not made.

    Args:
        n: respondents by row and column.
        weights: the sum of their weights, by cell.
        squares: the sum of their squared weights, by cell.
    """
    counts, totals, squared = (np.asarray(m, dtype=float) for m in (n, weights, squares))
    rows, columns = totals.sum(axis=1) > 0, totals.sum(axis=0) > 0
    counts, totals, squared = (m[rows][:, columns] for m in (counts, totals, squared))
    everyone = counts.sum()
    if min(totals.shape, default=0) < 2:
        return WeightedAssociation(0.0, 0.0, 0.0, 1.0, 1.0, int(everyone))
    shares = totals / totals.sum()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    pearson = everyone * ((shares - expected) ** 2 / expected).sum()
    effects = design_effects(shares, expected, everyone * squared / totals.sum() ** 2)
    trace, trace2 = np.trace(effects), np.trace(effects @ effects)
    degrees = trace**2 / trace2
    chi2 = pearson * trace / trace2
    return WeightedAssociation(
        pearson=float(pearson),
        chi2=float(chi2),
        degrees=float(degrees),
        p=float(chdtrc(degrees, chi2)),
        design_effect=float(trace / len(effects)),
        n=int(everyone),
    )


def design_effects(shares: Floats, expected: Floats, squares: Floats) -> Floats:
    """The matrix whose eigenvalues are the generalised design effects.

    Args:
        squares: n Σw² / (Σw)², by cell.
    """
    p, s = shares.ravel(), squares.ravel()
    simple = np.diag(p) - np.outer(p, p)
    weighted = np.diag(s) - np.outer(s, p) - np.outer(p, s) + s.sum() * np.outer(p, p)
    # A cell with nobody in it has no variance of its own; its weight below may be any.
    contrasts = interactions(shares.shape) / np.where(p > 0, p, expected.ravel())[:, None]
    below, above = contrasts.T @ simple @ contrasts, contrasts.T @ weighted @ contrasts
    if np.linalg.matrix_rank(below, hermitian=True) < len(below):
        # So many cells are empty that shares cannot vary freely: the loss is that of a mean.
        return np.diag(np.full(len(below), s.sum()))
    effects: Floats = np.linalg.solve(below, above)
    return effects


def interactions(shape: tuple[int, ...]) -> Floats:
    """Contrasts of cells that rows and columns by themselves have no part in: one a column."""
    rows, columns = (centred(size) for size in shape)
    return np.asarray(np.kron(rows, columns), dtype=np.float64)


def centred(size: int) -> Floats:
    """As many contrasts of ``size`` categories as there can be, each summing to 0."""
    return np.asarray(np.eye(size)[:, 1:] - 1 / size, dtype=np.float64)
