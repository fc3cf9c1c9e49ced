"""Tests of crosstabs against known figures and against scipy and statsmodels."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, norm
from scipy.stats.contingency import association as strength
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.multitest import multipletests

from feedback.analysis.significance import (
    association,
    associations,
    benjamini_hochberg,
    differences,
    holm,
    trend,
)

GOLDEN = [[30, 10, 5], [20, 20, 15]]
CHANCE = np.random.default_rng(20261126)
TABLES = [CHANCE.integers(1, 60, size=shape) for shape in [(2, 2), (2, 5), (4, 3), (7, 6)]]


def test_the_known_table_comes_out_as_known() -> None:
    """Figures that anybody can check with another program."""
    found = association(GOLDEN)

    assert found.chi2 == pytest.approx(9.4276, abs=5e-5)
    assert (found.degrees, found.p) == (2, pytest.approx(0.00897, abs=5e-6))
    assert found.cramers_v == pytest.approx(0.307, abs=5e-4)
    assert found.residuals[0] == pytest.approx([3.015, -1.535, -2.010], abs=5e-4)
    assert found.residuals[1] == pytest.approx(-found.residuals[0])
    assert (found.smallest_expected, found.few_expected, found.rough) == (9.0, 0.0, False)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: "x".join(map(str, table.shape)))
def test_scipy_and_statsmodels_find_the_same(table: np.ndarray) -> None:
    """Somebody else's programs, for tables of several shapes."""
    found = association(table)
    theirs = chi2_contingency(table, correction=False)

    assert found.chi2 == pytest.approx(theirs.statistic, rel=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert found.degrees == theirs.dof
    assert found.smallest_expected == pytest.approx(theirs.expected_freq.min())
    assert found.cramers_v == pytest.approx(strength(table, method="cramer"), rel=1e-9)
    assert found.residuals == pytest.approx(Table(table).standardized_resids, rel=1e-9)
    by_cell = 2 * norm.sf(abs(found.residuals)).ravel()
    _, adjusted, _, _ = multipletests(by_cell, method="holm")
    assert found.residual_ps.ravel() == pytest.approx(adjusted, rel=1e-9)


def test_a_stack_says_of_each_table_what_it_gets_alone() -> None:
    """Padded with zeros to one shape, as a scan for what differs stacks them."""
    stack = np.zeros((len(TABLES), 7, 6))
    for place, table in zip(stack, TABLES, strict=True):
        place[: table.shape[0], : table.shape[1]] = table

    found = associations(stack)

    for i, table in enumerate(TABLES):
        alone, (rows, columns) = association(table), table.shape
        assert found.chi2[i] == pytest.approx(alone.chi2)
        assert (found.degrees[i], found.p[i]) == (alone.degrees, pytest.approx(alone.p))
        assert found.cramers_v[i] == pytest.approx(alone.cramers_v)
        assert found.smallest_expected[i] == pytest.approx(alone.smallest_expected)
        assert found.few_expected[i] == alone.few_expected
        assert found.residual_ps[i, :rows, :columns] == pytest.approx(alone.residual_ps)
        assert np.isnan(found.residuals[i, rows:]).all()


def test_empty_rows_and_columns_are_left_out() -> None:
    """An option that nobody chose has no part in the test, nor in how many cells are few."""
    found = association([[30, 0, 10, 5], [0, 0, 0, 0], [20, 0, 20, 15]])

    assert found.chi2 == pytest.approx(association(GOLDEN).chi2)
    assert found.degrees == 2
    assert np.isnan(found.residuals[1]).all() and np.isnan(found.residuals[:, 1]).all()
    assert found.few_expected == 0


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[5, 7], [0, 0]], [[5, 0], [9, 0]]])
def test_what_has_nothing_to_compare_is_no_finding(table: list[list[int]]) -> None:
    """And no error or warning: a report is opened before the first response, too."""
    found = association(table)

    assert (found.chi2, found.degrees, found.p, found.cramers_v) == (0, 0, 1, 0)
    assert np.isnan(found.residuals).all()


def test_a_thin_table_is_told_to_be_rough() -> None:
    """More than a fifth of the cells with fewer than five expected: p is a guess."""
    found = association([[3, 2, 30], [1, 4, 40]])

    assert found.smallest_expected < 5 and found.few_expected == pytest.approx(4 / 6)
    assert found.rough


def test_options_of_one_item_are_tested_one_by_one() -> None:
    """As respondents may be in several, each is a table of its own, adjusted for their number."""
    chosen, asked = [[30, 10], [20, 21], [0, 0]], [45, 50]
    found = differences(chosen, asked)

    tables = [[[a, 45 - a], [b, 50 - b]] for a, b in chosen[:2]]
    alone = [chi2_contingency(table, correction=False).pvalue for table in tables]
    assert found.p[:2] == pytest.approx(alone)
    assert found.p[2] == 1
    assert found.adjusted == pytest.approx(multipletests([*alone, 1.0], method="holm")[1])
    assert found.shares[0] == pytest.approx([30 / 45, 10 / 50])


def test_a_group_that_nobody_is_in_has_no_share() -> None:
    """Nor is it a group without interest in anything."""
    found = differences([[3, 0]], [9, 0])

    assert np.isnan(found.shares[0, 1]) and found.p[0] == 1


@pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_ps_are_those_of_statsmodels(adjust: object, method: str) -> None:
    """Ties, zeros and ones among them, in any order."""
    assert callable(adjust)
    for size in (1, 2, 9, 100):
        ps = CHANCE.choice([0.0, 0.001, 0.01, 0.012, 0.04, 0.5, 1.0], size=size)
        assert adjust(ps) == pytest.approx(multipletests(ps, method=method)[1])
    assert adjust([]).shape == (0,)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_what_was_no_test_does_not_count(adjust: object) -> None:
    """Cells of empty rows make the others no less certain; rows of a matrix go by themselves."""
    assert callable(adjust)
    with_gaps = adjust([[0.01, np.nan, 0.04, np.nan], [0.03, 0.01, 0.02, 0.04]])

    assert with_gaps[0, [0, 2]] == pytest.approx(adjust([0.01, 0.04]))
    assert np.isnan(with_gaps[0, [1, 3]]).all()
    assert with_gaps[1] == pytest.approx(adjust([0.03, 0.01, 0.02, 0.04]))


# -- trends ----------------------------------------------------------------------------


@given(rows=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=40))
@example(rows=[(0, 5), (5, 0), (0, 0)])
def test_a_trend_is_that_of_statsmodels(rows: list[tuple[int, int]]) -> None:
    """Linear by linear association of a 2 × k table, which Armitage's test is a case of."""
    said = np.array([a for a, _b in rows])
    asked = np.array([a + b for a, b in rows])
    found = trend(said, asked)
    spread = len({i for i, n in enumerate(asked) if n}) > 1
    if not spread or said.sum() in (0, asked.sum()):
        assert np.isnan(found)
        return
    table = Table(np.array([said, asked - said]), shift_zeros=False)
    oracle = table.test_ordinal_association(np.array([1, 0]), np.arange(len(rows)))
    # Theirs has the variance of a sample without replacement: N / (N - 1) as large.
    scaled = oracle.zscore * np.sqrt(asked.sum() / (asked.sum() - 1))
    assert found == pytest.approx(scaled, abs=1e-9)


def test_a_rise_is_above_zero() -> None:
    """And nothing that stays is a trend."""
    assert trend([1, 2, 3, 4], [10] * 4) > 1
    assert trend([4, 3, 2, 1], [10] * 4) < -1
    assert trend([2] * 4, [10] * 4) == pytest.approx(0)
