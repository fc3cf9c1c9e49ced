"""The correction for weights against Pearson's test, and against the same made row by row."""

import numpy as np
import pytest
from scipy.stats import chi2 as chi_squared

from feedback.analysis.rao_scott import WeightedAssociation, weighted_association
from feedback.analysis.significance import association

CHANCE = np.random.default_rng(1984)
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # row, column and weight of each respondent


def rows_of(*, size: int, shape: tuple[int, int], spread: float = 0.7) -> Rows:
    """Respondents whose two answers hang together a little, with weights that vary."""
    first = CHANCE.integers(0, shape[0], size)
    second = np.where(CHANCE.random(size) < 0.1, first, CHANCE.integers(0, shape[1], size))
    return first, second % shape[1], CHANCE.lognormal(0, spread, size) * (1 + first)


def corrected(rows: Rows, shape: tuple[int, int]) -> WeightedAssociation:
    first, second, weight = rows
    return weighted_association(*(table(first, second, shape, weight**k) for k in range(3)))


def table(
    first: np.ndarray, second: np.ndarray, shape: tuple[int, int], what: np.ndarray
) -> np.ndarray:
    cells = np.zeros(shape)
    np.add.at(cells, (first, second), what)
    return cells


def row_by_row(rows: Rows, shape: tuple[int, int]) -> tuple[float, float, float]:
    """The same test from individual rows: scores, their covariance, contrasts by QR.

    Returns:
        p, mean of the generalised design effects, degrees of freedom.
    """
    first, second, weight = rows
    n, cells = len(weight), shape[0] * shape[1]
    is_in = np.eye(cells)[first * shape[1] + second]
    shares = weight @ is_in / weight.sum()
    scores = weight[:, None] * (is_in - shares) / weight.sum()
    covariance = sum(np.outer(score, score) for score in scores)
    rows_, columns = (which.ravel() for which in np.indices(shape))
    main = np.column_stack([np.eye(shape[0])[rows_], np.eye(shape[1])[columns]])
    q, _upper = np.linalg.qr(np.column_stack([main[:, :-1], np.eye(cells)]))
    contrasts = q[:, shape[0] + shape[1] - 1 :]
    assert np.allclose(main.T @ contrasts, 0, atol=1e-9)
    over = contrasts / shares[:, None]
    simple = (np.diag(shares) - np.outer(shares, shares)) / n
    effects = np.linalg.eigvals(np.linalg.inv(over.T @ simple @ over) @ over.T @ covariance @ over)
    effects = effects.real
    grid = shares.reshape(shape)
    expected = np.outer(grid.sum(1), grid.sum(0))
    pearson = n * ((grid - expected) ** 2 / expected).sum()
    mean, variation = effects.mean(), effects.var() / effects.mean() ** 2
    degrees = len(effects) / (1 + variation)
    return float(chi_squared.sf(pearson / mean / (1 + variation), degrees)), mean, degrees


@pytest.mark.parametrize("weight", [1.0, 0.37, 12.0])
@pytest.mark.parametrize(
    "counts",
    [[[30, 10, 5], [20, 20, 15]], [[12, 7], [3, 9]], [[30, 10, 0], [20, 20, 15], [9, 9, 9]],
     [[30, 0], [0, 15]], [[9, 0, 0, 4], [0, 8, 0, 0], [0, 0, 7, 0]]],
)  # fmt: skip
def test_equal_weights_give_pearsons_test(counts: list[list[int]], weight: float) -> None:
    """Whatever they are, empty cells and perfect agreement included: nothing is to be mended."""
    n = np.array(counts)
    plain, found = association(n), weighted_association(n, weight * n, weight**2 * n)

    assert found.chi2 == pytest.approx(plain.chi2, rel=1e-9)
    assert found.pearson == pytest.approx(plain.chi2, rel=1e-9)
    assert found.p == pytest.approx(plain.p, rel=1e-6)
    assert found.degrees == pytest.approx(plain.degrees)
    assert found.design_effect == pytest.approx(1)
    assert found.n == n.sum()


@pytest.mark.parametrize("shape", [(2, 2), (2, 4), (3, 3), (5, 4)])
def test_three_small_tables_tell_what_all_rows_tell(shape: tuple[int, int]) -> None:
    """Count, weights and squares of each cell are all that linearisation takes from the rows."""
    rows = rows_of(size=600, shape=shape)
    found = corrected(rows, shape)

    p, effect, degrees = row_by_row(rows, shape)
    assert found.p == pytest.approx(p, rel=1e-6)
    assert found.design_effect == pytest.approx(effect, rel=1e-6)
    assert found.degrees == pytest.approx(degrees, rel=1e-6)


def test_weights_without_bearing_on_the_answers_cost_what_kish_says() -> None:
    """The mean design effect is then about n Σw² / (Σw)²; of lognormal(.7) weights, e^.49."""
    size = 40_000
    first, second = CHANCE.integers(0, 3, size), CHANCE.integers(0, 4, size)
    found = corrected((first, second, CHANCE.lognormal(0, 0.7, size)), (3, 4))

    assert found.design_effect == pytest.approx(np.exp(0.49), abs=0.1)


def test_false_alarms_come_as_often_as_they_may() -> None:
    """Where nothing differs, one in twenty; Pearson on weighted shares cries far more often."""
    alarms = naive = 0
    for _sample in range(1_000):
        first, second = CHANCE.integers(0, 2, 400), CHANCE.integers(0, 3, 400)
        found = corrected((first, second, CHANCE.lognormal(0, 0.7, 400)), (2, 3))
        alarms += found.p < 0.05
        naive += chi_squared.sf(found.pearson, 2) < 0.05

    assert 30 <= alarms <= 72
    assert naive > 110


def test_empty_rows_and_columns_are_left_out() -> None:
    """As in the test without weights."""
    rows = rows_of(size=300, shape=(2, 3))
    small = corrected(rows, (2, 3))
    wide = corrected(rows, (4, 5))

    assert (wide.chi2, wide.p, wide.degrees) == (small.chi2, small.p, small.degrees)


@pytest.mark.parametrize("n", [[[0, 0], [0, 0]], [[4, 5]], [[4, 0], [5, 0]]])
def test_what_has_nothing_to_compare_is_no_finding(n: list[list[int]]) -> None:
    """No error either: filters may leave one row."""
    found = weighted_association(n, n, n)

    assert (found.chi2, found.p, found.degrees) == (0, 1, 0)
