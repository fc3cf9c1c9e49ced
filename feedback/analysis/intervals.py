"""Intervals of confidence for shares."""

from math import sqrt

Z95 = 1.959963984540054  # the normal distribution's 97.5th percentile


def wilson(successes: int, n: int, *, z: float = Z95) -> tuple[float, float]:
    """The score interval of a binomial share; (0, 1) where nobody answered.

    E. B. Wilson (1927), J. Amer. Statist. Assoc. 22, 209-212. Unlike the textbook's
    interval it stays within 0 and 1, and holds for small n and for rare answers.
    """
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre, scale = share + z * z / (2 * n), 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
