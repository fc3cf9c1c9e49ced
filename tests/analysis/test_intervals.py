"""Intervals and weighted figures against published ones and against independent programs."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from feedback.analysis.intervals import Z95, effective_n, mean_interval, nps_interval, wilson
from feedback.analysis.sample import WEIGHT
from feedback.analysis.tallies import weighted_spread
from feedback.question_types.number import Number

GOLDEN = [
    (8, 10, 0.490162, 0.943318),
    (0, 10, 0.0, 0.277533),
    (1, 1000, 0.000177, 0.005643),
]
DUST = 1e-12  # what arithmetic in binary leaves behind
SIZES = (1, 2, 3, 7, 10, 29, 100, 999, 10_000, 1_000_000)


@pytest.mark.parametrize(("successes", "n", "low", "high"), GOLDEN)
def test_known_intervals_come_out_to_six_places(
    successes: int, n: int, low: float, high: float
) -> None:
    """Figures that anybody can check by hand, the rare and the empty ones among them."""
    assert wilson(successes, n) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("n", SIZES)
def test_statsmodels_finds_the_same(n: int) -> None:
    """Somebody else's program, over shares from none to all."""
    for successes in {0, 1, n // 10, n // 3, n // 2, n - 1, n}:
        theirs = proportion_confint(successes, n, alpha=0.05, method="wilson")
        assert wilson(successes, n) == pytest.approx(theirs, abs=1e-12)


def test_nobody_answered_means_nothing_is_known() -> None:
    """A report is opened before the first response, too."""
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("n", SIZES)
def test_the_share_lies_within_its_own_interval(n: int) -> None:
    """A bar that ends outside its whisker would be read as a mistake, and be one."""
    for successes in {0, 1, n // 2, n - 1, n}:
        low, high = wilson(successes, n)
        assert 0 <= low <= successes / n + DUST
        assert successes / n - DUST <= high <= 1


def test_weighted_shares_have_the_interval_of_as_many_equal_ones() -> None:
    """Effective n is seldom whole, and a weighted share times it may miss its end by dust."""
    assert wilson(4.2, 10.5) == pytest.approx(
        proportion_confint(4.2, 10.5, alpha=0.05, method="wilson"), abs=1e-12
    )
    assert wilson(7.7 + 1e-13, 7.7)[1] == 1.0


@pytest.mark.parametrize("weights", [[1.0] * 7, [3.5] * 7, [0.2, 1, 1, 4, 0.3, 2]])
def test_effective_n_is_how_many_equal_ones_would_tell_as_much(weights: list[float]) -> None:
    """The variance of a weighted mean is that of the mean of so many."""
    found = effective_n(sum(weights), sum(w * w for w in weights))

    shares = [w / sum(weights) for w in weights]
    assert found == pytest.approx(1 / sum(s * s for s in shares))
    assert effective_n(0.0, 0.0) == 0.0


def test_a_net_promoter_score_has_its_own_interval() -> None:
    """Promoters and detractors are of one sample, so their variances do not just add up."""
    score, low, high = nps_interval(50, 20, 100)

    assert score == pytest.approx(30.0)
    assert (low, high) == (pytest.approx(14.69, abs=5e-3), pytest.approx(45.31, abs=5e-3))
    values = np.repeat([1.0, 0.0, -1.0], [50, 30, 20])
    assert high - score == pytest.approx(100 * Z95 * values.std() / 10, abs=1e-9)
    assert nps_interval(0, 0, 0) == (0.0, -100.0, 100.0)
    assert nps_interval(9, 0, 9) == (100.0, 100.0, 100.0)
    assert nps_interval(1, 2, 3)[1] >= -100


@pytest.mark.parametrize("size", [2, 3, 12, 400])
def test_the_interval_of_a_mean_is_that_of_scipy(size: int) -> None:
    """Student's, so that few answers are not taken for many."""
    values = np.random.default_rng(size).normal(3.4, 1.1, size)
    found = mean_interval(values.mean(), values.std(ddof=1), size)

    theirs = stats.t.interval(0.95, size - 1, loc=values.mean(), scale=stats.sem(values))
    assert found == pytest.approx(theirs, abs=1e-6)
    assert DescrStatsW(values).tconfint_mean() == pytest.approx(found, abs=1e-6)


def test_one_answer_has_a_mean_and_no_interval() -> None:
    """Nothing is known of how answers spread."""
    assert mean_interval(4.0, 0.0, 1) is None
    assert mean_interval(4.0, 0.0, 1.6) is None


@given(
    rows=st.lists(
        st.tuples(st.integers(-5, 20), st.floats(0.1, 5).map(lambda w: round(w, 1))),
        min_size=1,
        max_size=30,
    )
)
@example(rows=[(1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)])
@example(rows=[(7, 2.0)])
def test_weighted_mean_deviation_and_quartiles_are_those_of_statsmodels(
    rows: list[tuple[int, float]],
) -> None:
    """Also where a quarter of the weight ends exactly between two values."""
    number = Number(key="age", type="number", text="How old?")
    frame = pl.DataFrame(rows, schema={"age": pl.Float64, WEIGHT: pl.Float64}, orient="row")
    values, weights = zip(*rows, strict=True)
    oracle = DescrStatsW(np.array(values, float), weights)

    found = weighted_spread(number, frame)

    quartiles = oracle.quantile([0.25, 0.5, 0.75], return_pandas=False)
    assert [found["q25"], found["q50"], found["q75"]] == pytest.approx(list(quartiles))
    assert (found["mean"], found["deviation"]) == pytest.approx((oracle.mean, oracle.std))
