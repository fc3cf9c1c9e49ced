"""Raking: weights under which a sample has the shares that are known of its population.

Also called iterative proportional fitting: W. E. Deming and F. F. Stephan (1940), Ann.
Math. Statist. 11, 427-444. Respondents who are alike in every target item get one weight,
so it is worked out over the joint cells of those items, some hundred of them, however
many respondents there are.

Whoever did not answer a target item is in a category of their own, "no answer", which
keeps the share that it was observed with; the targets are shares of those who answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from feedback.analysis.intervals import effective_n
from feedback.analysis.significance import Floats

MET = 1e-8  # largest miss of a share at which raking stops: converged
CLOSE = 1e-4  # largest miss, a hundredth of a point, at which limited weights meet the targets
ROUNDS = 1_000  # over all target items
TURNS = 200  # of limiting the weights and raking again
ROUGHLY = 0.001  # by which the shares of one item may miss 1 in all: what rounding leaves
SMALLEST = 1e-9  # of the largest weight
LOW, HIGH = 0.2, 5.0  # of the mean weight

Numbers = NDArray[np.int64]


class Wrong(StrEnum):
    """Why targets cannot be met as they stand."""

    UNKNOWN = "no such category"
    NEGATIVE = "below zero"
    SUM = "the shares do not make 100 %"
    NOBODY = "nobody to give this share to"
    UNTARGETED = "respondents, but no share"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the targets.

    Attributes:
        code: of the category; "" where it is the item as a whole.
        figure: the share in question, or for ``UNTARGETED`` how many respondents.
    """

    item: str
    code: str
    wrong: Wrong
    figure: float

    def __str__(self) -> str:
        return f"{self.item} {self.code}: {self.wrong} ({self.figure:g})".replace(" :", ":")


class ImpossibleTargets(Exception):
    """No weights can meet these targets; ``problems`` has all that is wrong with them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Margin:
    """A target item: its categories, and the share of each in the population, 1 in all.

    Attributes:
        codes: category number k is ``codes[k]``; number ``len(codes)`` is "no answer".
    """

    item: str
    codes: Sequence[str]
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Raked:
    """Weights of joint cells, with mean 1 over respondents, and how good they are.

    Attributes:
        rounds: over all target items, in all turns.
        converged: whether the targets were met before the weights were limited.
        met: whether they are met by these weights, to a hundredth of a point.
        gap: largest miss of any target, in percentage points.
        limited: respondents whose weight stands at a limit.
        effective_n: respondents of equal weight who would tell as much.
        design_effect: respondents for each of those; 1 for equal weights.
    """

    weights: Floats
    rounds: int
    converged: bool
    met: bool
    gap: float
    limited: int
    effective_n: float
    design_effect: float


def rake(
    cells: ArrayLike,
    n: ArrayLike,
    margins: Sequence[Margin],
    *,
    low: float = LOW,
    high: float = HIGH,
) -> Raked:
    """Weigh joint cells so that each target item has its shares.

    Weights are held within ``low`` and ``high`` times the mean and raked again in turns,
    until neither changes anything; the limits win where both cannot be had.

    Args:
        cells: joint cells × target items, the category number of each.
        n: respondents in each joint cell.

    Raises:
        ImpossibleTargets: with everything that is wrong at once.
        ValueError: the limits do not hold 1 between them.
    """
    if not 0 <= low < 1 < high:
        raise ValueError(f"weights limited to {low:g}-{high:g} times the mean cannot have mean 1")
    numbers = np.asarray(cells, dtype=np.int64).reshape(-1, len(margins))
    counts = np.asarray(n, dtype=float)
    if problems := problems_of(numbers, counts, margins):
        raise ImpossibleTargets(problems)
    shares = [
        with_no_answer(margin, column, counts)
        for margin, column in zip(margins, numbers.T, strict=True)
    ]
    weights, rounds, gap = fitted(np.ones(len(counts)), numbers, counts, shares)
    converged = gap < MET
    for _turn in range(TURNS if converged else 1):  # what was never met is not met by turns
        held = within(weights, counts, low=low, high=high)
        if np.allclose(held, weights, rtol=1e-6, atol=0):
            break
        weights, more, _gap = fitted(held, numbers, counts, shares)
        rounds += more
    weights = within(weights, counts, low=low, high=high)
    gap = largest_gap(weights, numbers, counts, shares)
    effective = effective_n(float(weights @ counts), float(weights**2 @ counts))
    at_limit = np.isclose(weights, low) | np.isclose(weights, high)
    return Raked(
        weights=weights,
        rounds=rounds,
        converged=converged,
        met=gap < CLOSE,
        gap=100 * gap,
        limited=int(counts[at_limit].sum()),
        effective_n=effective,
        design_effect=float(counts.sum()) / effective if effective else 1.0,
    )


# -- what cannot be --------------------------------------------------------------------


def problems_of(numbers: Numbers, counts: Floats, margins: Sequence[Margin]) -> list[Problem]:
    """All that stands against the targets, item by item."""
    columns = zip(margins, numbers.T, strict=True)
    return [found for margin, column in columns for found in problems_in(margin, column, counts)]


def problems_in(margin: Margin, column: Numbers, counts: Floats) -> list[Problem]:
    """What stands against one item's targets, in the order of its categories."""
    item, shares = margin.item, margin.shares
    there = np.bincount(column, weights=counts, minlength=len(margin.codes) + 1)
    unknown = [code for code in shares if code not in margin.codes]
    found = [Problem(item, code, Wrong.UNKNOWN, shares[code]) for code in unknown]
    for code, respondents in zip(margin.codes, there, strict=False):
        share = shares.get(code, 0.0)
        if share < 0:
            found.append(Problem(item, code, Wrong.NEGATIVE, share))
        elif share > 0 and not respondents:
            found.append(Problem(item, code, Wrong.NOBODY, share))
        elif share == 0 and respondents:
            found.append(Problem(item, code, Wrong.UNTARGETED, float(respondents)))
    total = sum(shares.values())
    if not abs(total - 1) <= ROUGHLY + 1e-9:
        found.append(Problem(item, "", Wrong.SUM, total))
    return found


# -- fitting ---------------------------------------------------------------------------


def with_no_answer(margin: Margin, column: Numbers, counts: Floats) -> Floats:
    """The shares of all categories, "no answer" last, with the share that it has."""
    unanswered = counts[column == len(margin.codes)].sum() / counts.sum()
    shares = np.array([margin.shares.get(code, 0.0) for code in margin.codes])
    return np.append((1 - unanswered) * shares / shares.sum(), unanswered)


def fitted(
    weights: Floats, numbers: Numbers, counts: Floats, shares: Sequence[Floats]
) -> tuple[Floats, int, float]:
    """Weights fitted to one item after the other, the rounds that took, and the gap left."""
    gap = largest_gap(weights, numbers, counts, shares)
    for done in range(ROUNDS):
        if gap < MET:
            return weights, done, gap
        for column, wanted in zip(numbers.T, shares, strict=True):
            found = spread(weights, column, counts, len(wanted))
            factors = np.divide(wanted, found, out=np.ones(len(wanted)), where=found > 0)
            weights = weights * factors[column]
        gap = largest_gap(weights, numbers, counts, shares)
    return weights, ROUNDS, gap


def spread(weights: Floats, column: Numbers, counts: Floats, size: int) -> Floats:
    """The weighted share of each category of one item."""
    shares: Floats = np.bincount(column, weights=weights * counts, minlength=size) / counts.sum()
    return shares


def largest_gap(
    weights: Floats, numbers: Numbers, counts: Floats, shares: Sequence[Floats]
) -> float:
    """The largest miss of any category of any item, as a share."""
    columns = zip(numbers.T, shares, strict=True)
    misses = [abs(spread(weights, c, counts, len(s)) - s).max() for c, s in columns]
    return float(max(misses, default=0.0))


def within(weights: Floats, counts: Floats, *, low: float, high: float) -> Floats:
    """The weights held between the limits, all scaled alike so that their mean stays 1."""
    # Raking may take a weight to nothing, which no scale would bring back within the limits.
    weights = np.maximum(weights, SMALLEST * weights.max())
    least, most = 0.0, 1.0
    total = counts.sum()
    while np.clip(most * weights, low, high) @ counts < total:
        most *= 2
    for _halving in range(100):
        middle = (least + most) / 2
        if np.clip(middle * weights, low, high) @ counts < total:
            least = middle
        else:
            most = middle
    held: Floats = np.clip(most * weights, low, high)
    return held
