"""Corrected shares hold what they promise, however bad the classifier is."""

import numpy as np
import pytest

from feedback.open_text.prevalence import NothingCoded, Prevalence, by_error_rates, by_prediction

ROUNDS = 600
ANSWERS = 4_000
SAMPLE = 200


def surveys(
    *, share: float, sensitivity: float, specificity: float, rounds: int = ROUNDS
) -> list[tuple[Prevalence, Prevalence, float, float]]:
    """Both estimates of many made-up surveys, the true share, and the plain sample's error."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(rounds):
        truth = rng.random(ANSWERS) < share
        said = np.where(truth, rng.random(ANSWERS) < sensitivity, rng.random(ANSWERS) > specificity)
        first = slice(None, SAMPLE)
        coded, predicted = truth[first], said[first]
        if not 0 < coded.sum() < SAMPLE:
            continue
        found.append(
            (
                by_prediction(coded.tolist(), predicted.tolist(), said[SAMPLE:].tolist()),
                by_error_rates(
                    coded.tolist(),
                    predicted.tolist(),
                    flagged=int(said.sum()),
                    answers=ANSWERS,
                ),
                float(truth.mean()),
                float(coded.std(ddof=1)) / SAMPLE**0.5,
            )
        )
    return found


@pytest.mark.parametrize(
    ("share", "sensitivity", "specificity"),
    [(0.3, 0.9, 0.95), (0.3, 0.6, 0.7), (0.08, 0.8, 0.97), (0.5, 0.5, 0.5), (0.9, 0.95, 0.6)],
)
def test_intervals_hold_the_true_share_about_as_often_as_they_say(
    share: float, sensitivity: float, specificity: float
) -> None:
    """Ninety-five of a hundred surveys, with good classifiers and with a coin."""
    found = surveys(share=share, sensitivity=sensitivity, specificity=specificity)

    for which in (0, 1):
        covered = np.mean([each[which].low <= each[2] <= each[which].high for each in found])
        assert covered >= 0.925, which


def test_the_interval_of_predictions_is_no_wider_than_it_must_be() -> None:
    """One that holds always would say nothing."""
    found = surveys(share=0.3, sensitivity=0.8, specificity=0.9)

    assert np.mean([ppi.low <= true <= ppi.high for ppi, _, true, _ in found]) <= 0.98


def test_a_good_classifier_saves_reading() -> None:
    """Its interval is much shorter than the sample's own; a coin's is not longer by much."""
    for sensitivity, specificity, most in ((0.95, 0.97, 0.6), (0.5, 0.5, 1.06)):
        found = surveys(share=0.3, sensitivity=sensitivity, specificity=specificity, rounds=100)
        ours = np.mean([ppi.high - ppi.low for ppi, *_ in found])
        plain = np.mean([2 * 1.96 * error for *_, error in found])
        assert ours < most * plain


def test_the_classifiers_own_share_is_far_off_and_the_corrected_one_is_not() -> None:
    """Of a rare code, most hits are false; that is what is put right."""
    found = surveys(share=0.05, sensitivity=0.9, specificity=0.9)

    for which in (0, 1):
        assert abs(np.mean([each[which].share - each[2] for each in found])) < 0.01
        assert np.mean([each[which].uncorrected - each[2] for each in found]) > 0.08


def test_rogan_and_gladen_by_hand() -> None:
    """Eight of ten hit, nine of ten clear, thirty of a hundred flagged: (.3 - .1) / .7."""
    coded = [True] * 10 + [False] * 10
    said = [True] * 8 + [False] * 2 + [True] + [False] * 9

    found = by_error_rates(coded, said, flagged=30, answers=100)

    assert found.share == pytest.approx(2 / 7)
    assert found.low < 2 / 7 < found.high
    assert found.uncorrected == 0.3


def test_what_people_read_whole_is_known() -> None:
    """Nothing is left to estimate."""
    found = by_prediction([True, False, True, True], [0.9, 0.2, 0.1, 0.8], [])

    assert (found.low, found.share, found.high) == (0.75, 0.75, 0.75)


def test_no_hit_in_the_sample_is_not_none_at_all() -> None:
    """The interval stays open upwards, and a share is never below nothing."""
    found = by_prediction([False] * 50, [0.0] * 50, [0.0] * 950)

    assert found.low == 0 <= found.share < found.high < 0.2


def test_without_people_there_is_no_correction() -> None:
    """A figure would be made up."""
    with pytest.raises(NothingCoded, match="random sample"):
        by_prediction([], [], [0.2, 0.8])
    with pytest.raises(NothingCoded, match="with and without"):
        by_error_rates([True], [True], flagged=1, answers=2)
