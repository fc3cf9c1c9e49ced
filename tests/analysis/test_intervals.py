"""Wilson's interval against published figures and against an independent program."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from feedback.analysis.intervals import wilson

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
