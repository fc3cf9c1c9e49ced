"""Intervals of confidence for shares, scores and means.

Where responses are weighted, n is the effective one: how many of equal weight would tell
as much.
"""

from math import sqrt

from scipy.special import stdtrit

Z95 = 1.959963984540054  # the normal distribution's 97.5th percentile


def effective_n(total: float, squares: float) -> float:
    """How many responses of equal weight would tell as much: L. Kish (1965), Survey Sampling.

    Args:
        total: the sum of the weights.
        squares: the sum of the squared weights.
    """
    return total * total / squares if squares else 0.0


def wilson(successes: float, n: float, *, z: float = Z95) -> tuple[float, float]:
    """The score interval of a binomial share; (0, 1) where nobody answered.

    E. B. Wilson (1927), J. Amer. Statist. Assoc. 22, 209-212. Unlike the textbook's
    interval it stays within 0 and 1, and holds for small n and for rare answers.

    Args:
        successes: of ``n``; for weighted answers, the weighted share times effective n.
    """
    if n == 0:
        return 0.0, 1.0
    # Weighted shares may come out a little beyond their ends.
    share = min(max(successes / n, 0.0), 1.0)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre, scale = share + z * z / (2 * n), 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def nps_interval(
    promoters: float, detractors: float, n: float, *, z: float = Z95
) -> tuple[float, float, float]:
    """The Net Promoter Score and its interval, in points from -100 to 100.

    Score and shares are of one multinomial, so its variance is (P + D - (P - D)²) / n.

    Args:
        promoters: and detractors, of ``n``; weighted as in ``wilson``.

    Returns:
        score, low, high; all of the scale where nobody answered.
    """
    if n == 0:
        return 0.0, -100.0, 100.0
    up, down = promoters / n, detractors / n
    score = up - down
    spread = z * sqrt(max(up + down - score * score, 0.0) / n)
    return 100 * score, max(-100.0, 100 * (score - spread)), min(100.0, 100 * (score + spread))


def mean_interval(mean: float, deviation: float, n: float) -> tuple[float, float] | None:
    """Student's 95 % interval of a mean; None for fewer than two answers.

    Args:
        deviation: the standard deviation of a sample, with n - 1 below it.
        n: may be the effective one.
    """
    if n < 2:
        return None
    spread = float(stdtrit(n - 1, 0.975)) * deviation / sqrt(n)
    return mean - spread, mean + spread
