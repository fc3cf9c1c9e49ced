"""How many answers have a code, when a classifier read them all and people read a sample.

A classifier's share is wrong by as much as the classifier is. What people said on a random
sample corrects it, and the interval then holds whether the classifier is good or bad; a good
one makes it short. Both need the sample to be random: corrections that staff happened to
make are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054  # the normal distribution's 97.5th percentile
Floats = NDArray[np.float64]


class NothingCoded(ValueError):
    """Without hand-coded answers there is nothing to correct by."""


@dataclass(frozen=True)
class Prevalence:
    """A share with its 95 % interval, and the classifier's uncorrected share."""

    share: float
    low: float
    high: float
    uncorrected: float
    coded: int  # by people


def by_prediction(
    coded: Sequence[bool], predicted_coded: Sequence[float], predicted_rest: Sequence[float]
) -> Prevalence:
    """Prediction-powered estimate of a share.

    A. N. Angelopoulos et al. (2023), Science 382, 669-674; how much the predictions count is
    chosen from the data, so that a useless classifier costs nothing: A. N. Angelopoulos,
    J. C. Duchi and T. Zrnic (2023), "PPI++". Two answers of each kind are added to the sample
    for its variance, as in A. Agresti and B. A. Coull (1998), since a sample without a single
    hit does not show that there is none.

    Args:
        coded: what people said on each answer of the random sample.
        predicted_coded: what the classifier said on the same answers: 0 or 1, or a
            probability.
        predicted_rest: what it said on the answers that nobody read.

    Raises:
        NothingCoded: the sample is smaller than two.
    """
    truth, said = np.asarray(coded, np.float64), np.asarray(predicted_coded, np.float64)
    rest = np.asarray(predicted_rest, np.float64)
    if len(truth) < 2:
        raise NothingCoded("let people code a random sample first, of a hundred answers or more")
    n, many = len(truth), len(rest)
    if not many:  # people have read everything
        share = float(truth.mean())
        return Prevalence(share, share, share, float(said.mean()), n)
    weight = power(truth, said, rest)
    share = float(weight * rest.mean() + (truth - weight * said).mean())
    # The sample speaks for the rest; of the whole, what people read is known for certain.
    whole = (n * float(truth.mean()) + many * share) / (n + many)
    variance = weight**2 * spread(rest) / many + off_variance(truth - weight * said) / n
    error = Z95 * sqrt(variance) * many / (n + many)
    raw = float((said.sum() + rest.sum()) / (n + many))
    return Prevalence(*within(whole, error), uncorrected=raw, coded=n)


def power(truth: Floats, said: Floats, rest: Floats) -> float:
    """How much the predictions count, from 0 to 1, for the shortest interval."""
    both = np.concatenate([said, rest])
    if spread(both) == 0:
        return 0.0
    together = float(((truth - truth.mean()) * (said - said.mean())).sum()) / (len(truth) - 1)
    return min(1.0, max(0.0, together / (spread(both) * (1 + len(truth) / len(rest)))))


def off_variance(off: Floats) -> float:
    """The variance of what the predictions are off by, with two misses either way added."""
    return spread(np.concatenate([off, off.mean() + np.array([-1.0, 1.0])]))


def by_error_rates(
    coded: Sequence[bool], predicted_coded: Sequence[bool], *, flagged: int, answers: int
) -> Prevalence:
    """The classifier's share, corrected for how often it misses and how often it cries wolf.

    W. J. Rogan and B. Gladen (1978), Am. J. Epidemiol. 107, 71-76; the interval after Z. Lang
    and J. Reiczigel (2014), Prev. Vet. Med. 113, 13-22, which holds for small samples.

    Args:
        coded: what people said on each answer of the sample.
        predicted_coded: what the classifier said on the same answers.
        flagged: answers to which the classifier gave the code, of all ``answers``.

    Raises:
        NothingCoded: the sample has no answer with the code, or none without.
    """
    truth, said = np.asarray(coded, bool), np.asarray(predicted_coded, bool)
    with_code, without = int(truth.sum()), int((~truth).sum())
    if not with_code or not without:
        raise NothingCoded("let people code answers with and without this code")
    hits, clear = int((truth & said).sum()), int((~truth & ~said).sum())
    raw = flagged / answers
    share = rogan_gladen(raw, hits / with_code, clear / without)
    # Adjusted as by Agresti and Coull: one more success and one more failure each.
    sensitivity, specificity = (hits + 1) / (with_code + 2), (clear + 1) / (without + 2)
    apparent = (answers * raw + Z95**2 / 2) / (answers + Z95**2)
    youden = sensitivity + specificity - 1
    if youden <= 0:  # no better than chance: it says nothing
        return Prevalence(min(1.0, max(0.0, share)), 0.0, 1.0, raw, len(truth))
    adjusted = rogan_gladen(apparent, sensitivity, specificity)
    variance = (
        apparent * (1 - apparent) / (answers + Z95**2)
        + adjusted**2 * sensitivity * (1 - sensitivity) / (with_code + 2)
        + (1 - adjusted) ** 2 * specificity * (1 - specificity) / (without + 2)
    )
    shift = (
        2
        * Z95**2
        * (
            adjusted * sensitivity * (1 - sensitivity) / (with_code + 2)
            - (1 - adjusted) * specificity * (1 - specificity) / (without + 2)
        )
    )
    _, low, high = within(adjusted + shift, Z95 * sqrt(variance) / youden)
    share = min(1.0, max(0.0, share))
    return Prevalence(share, min(low, share), max(high, share), raw, len(truth))


def rogan_gladen(apparent: float, sensitivity: float, specificity: float) -> float:
    youden = sensitivity + specificity - 1
    return (apparent + specificity - 1) / youden if youden else apparent


def within(share: float, error: float) -> tuple[float, float, float]:
    """A share and its interval, between none and all."""
    low, high = max(0.0, share - error), min(1.0, share + error)
    return min(1.0, max(0.0, share)), min(low, 1.0), max(high, 0.0)


def spread(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
