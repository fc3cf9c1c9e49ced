"""Codes suggested for answers that nobody has coded, learnt from those that somebody has.

One logistic regression a code on vectors of whatever embedder, so that an answer may have
several codes or none. How sure a suggestion is comes from answers that the model had not
seen, or it would claim too much. Which answer to read next: the one that the model knows
least about and that speaks for many.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

ENOUGH = 10  # examples of a code
FOLDS = 3
PENALTY = 3.0  # .3 gets one in two hundred fewer right
ROUNDS = 80
LIKELY = 0.5  # a code that is more likely there than not
ALIKE = 0.5  # cosine at which one answer speaks for another
Floats = NDArray[np.float64]
Vectors = NDArray[np.floating]


class TooFewExamples(ValueError):
    """No code has enough examples to learn from."""


@dataclass(frozen=True)
class Suggestion:
    """One code for one answer and how sure it is: of ten with .8, eight are right."""

    code: str
    confidence: float


@dataclass(frozen=True)
class Suggester:
    """What was learnt from coded answers."""

    codes: tuple[str, ...]
    weights: Floats  # one row a code; the last column is the constant
    slope: float
    offset: float

    def confidences(self, vectors: Vectors) -> Floats:
        """One row an answer, one column a code of ``codes``."""
        scores = with_constant(vectors) @ self.weights.T
        return np.asarray(expit(self.slope * scores + self.offset))

    def suggest(self, vectors: Vectors, *, at_least: float = LIKELY) -> list[list[Suggestion]]:
        """For each answer the codes that are likely, the surest first; often one, or none."""
        return [
            [
                Suggestion(self.codes[code], float(row[code]))
                for code in np.argsort(-row, kind="stable")
                if row[code] >= at_least
            ]
            for row in self.confidences(vectors)
        ]

    def best(self, vectors: Vectors) -> list[str]:
        """For each answer the likeliest code, for codebooks where each has exactly one."""
        return [self.codes[at] for at in self.confidences(vectors).argmax(axis=1)]


def learn(vectors: Vectors, coded: Sequence[AbstractSet[str]]) -> Suggester:
    """Learn from answers that people have coded.

    Args:
        vectors: one row an answer, of about the same length each.
        coded: each one's codes; an empty set says that none of them fits.

    Raises:
        TooFewExamples: no code has ENOUGH examples, or all answers have the same codes.
    """
    examples: dict[str, int] = {}
    for given in coded:
        for code in given:
            examples[code] = examples.get(code, 0) + 1
    codes = tuple(sorted(code for code, many in examples.items() if ENOUGH <= many < len(coded)))
    if not codes:
        raise TooFewExamples(f"code {ENOUGH} answers with a code, and some without it")
    truth = np.array([[code in given for code in codes] for given in coded], np.float64)
    rows = with_constant(vectors)
    held = np.empty_like(truth)
    for fold in range(FOLDS):
        out = np.arange(len(rows)) % FOLDS == fold
        held[out] = rows[out] @ fitted(rows[~out], truth[~out]).T
    slope, offset = calibrated(held, truth)
    return Suggester(codes, fitted(rows, truth), slope, offset)


def fitted(rows: Floats, truth: Floats) -> Floats:
    """Weights of one logistic regression a code, all at once."""
    codes, width = truth.shape[1], rows.shape[1]
    rare = np.sqrt(len(rows) / np.maximum(truth.sum(axis=0), 1))
    weight = np.where(truth > 0, rare, 1.0)
    sign = 2 * truth - 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(codes, width)
        margins = sign * (rows @ weights.T)
        free = weights.copy()
        free[:, -1] = 0  # the constant is not held down
        slopes = -weight * sign * expit(-margins)
        total = (weight * np.logaddexp(0, -margins)).sum() + PENALTY / 2 * (free**2).sum()
        return float(total), (slopes.T @ rows + PENALTY * free).ravel()

    start = np.zeros(codes * width)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return np.asarray(found.x).reshape(codes, width)


def calibrated(scores: Floats, truth: Floats) -> tuple[float, float]:
    """Platt's slope and offset, one pair for all codes as ten examples are few for one.

    J. Platt (1999), "Probabilistic outputs for support vector machines", with his targets.
    """
    yes, no = truth.sum(), (1 - truth).sum()
    target = np.where(truth > 0, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(pair: Floats) -> tuple[float, Floats]:
        value = pair[0] * scores + pair[1]
        off = expit(value) - target
        total = (np.logaddexp(0, value) - target * value).sum()
        return float(total), np.array([(off * scores).sum(), off.sum()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return float(slope), float(offset)


def with_constant(vectors: Vectors) -> Floats:
    """Each vector at length ten, so that one penalty suits all embedders, and a constant."""
    rows = 10 * unit(vectors)
    return np.hstack([rows, np.ones((len(rows), 1))])


def unit(vectors: Vectors) -> Floats:
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1))


def uncertainty(confidences: Floats) -> Floats:
    """From 0 (every code is clear) to 1 (the likeliest is as likely right as wrong)."""
    torn = 1 - 2 * np.abs(confidences - 0.5).min(axis=1)
    likeliest = confidences.max(axis=1)
    unknown = np.where(likeliest < LIKELY, 1 - likeliest, 0.0)  # the codebook may lack a code
    return np.asarray(np.maximum(torn, unknown))


@dataclass(frozen=True)
class Reading:
    """Answers in the order to read them, and after each the share of content read."""

    order: tuple[int, ...]
    covered: tuple[float, ...]


def to_read(
    vectors: Vectors, *, read: Sequence[int] = (), doubt: Floats | None = None, most: int = 100
) -> Reading:
    """What to read next: what the model doubts and what speaks for many that are unread.

    Content counts by answers: an answer is as covered as it is alike to the nearest one that
    was read, from 0 below ALIKE to 1. Greedy, which comes within 1 - 1/e of the best choice:
    G. Nemhauser, L. Wolsey and M. Fisher (1978), Math. Program. 14, 265-294.

    Args:
        vectors: one row an answer; some thousands, as each is compared with each.
        read: rows that were read already.
        doubt: `uncertainty` of each; without it all answers are as doubtful.
    """
    rows = unit(vectors)
    speaks = np.clip((rows @ rows.T - ALIKE) / (1 - ALIKE), 0, 1)
    np.fill_diagonal(speaks, 1.0)
    covered = speaks[list(read)].max(axis=0) if len(read) else np.zeros(len(rows))
    wanted = np.ones(len(rows)) if doubt is None else 0.1 + doubt
    left = np.ones(len(rows), bool)
    left[list(read)] = False
    order: list[int] = []
    shares: list[float] = []
    while left.any() and len(order) < most:
        gain = np.maximum(speaks[left] - covered, 0) @ wanted
        chosen = int(np.flatnonzero(left)[np.argmax(gain)])
        covered = np.maximum(covered, speaks[chosen])
        left[chosen] = False
        order.append(chosen)
        shares.append(float(covered.mean()))
    return Reading(tuple(order), tuple(shares))
