"""Agreement of coders against published figures and against another program."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as theirs

from feedback.open_text.agreement import (
    Level,
    NotNumbers,
    cohens_kappa,
    krippendorffs_alpha,
    overall_alpha,
    per_code,
    percent_agreement,
)

# The worked example of Krippendorff's book: three coders, fifteen units, * for unseen.
EXAMPLE = [
    [None if cell == "*" else int(cell) for cell in row.split()]
    for row in (
        "* * * * * 3 4 1 2 1 1 3 3 * 3",
        "1 * 2 1 3 3 4 3 * * * * * * *",
        "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
    )
]
YES_NO = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
ratings = st.lists(st.sampled_from(["a", "b", "c"]), min_size=8, max_size=40)


def coders(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [a for a, _ in pairs], [b for _, b in pairs]


@pytest.mark.parametrize(
    ("level", "alpha"), [(Level.NOMINAL, 0.691), (Level.ORDINAL, 0.807), (Level.INTERVAL, 0.811)]
)
def test_alpha_of_the_well_known_example(level: Level, alpha: float) -> None:
    """Many programs print these figures, so that anybody can compare."""
    assert krippendorffs_alpha(EXAMPLE, level=level) == pytest.approx(alpha, abs=5e-4)


def test_kappa_of_a_table_worked_by_hand() -> None:
    """Twenty and fifteen agreed of fifty: .7 seen, .5 by chance, so .4."""
    kappa = cohens_kappa(*coders(YES_NO))

    assert kappa.value == pytest.approx(0.4)
    assert kappa.low < 0.4 < kappa.high
    assert kappa.units == 50


def test_kappa_and_its_interval_are_those_of_statsmodels() -> None:
    """Somebody else's program, the standard error included."""
    table = [[15, 10, 1], [5, 20, 2], [0, 3, 9]]
    pairs = [(a, b) for a in range(3) for b in range(3) for _ in range(table[a][b])]

    ours, other = cohens_kappa(*coders(pairs)), theirs(table)

    assert ours.value == pytest.approx(other.kappa, abs=1e-12)
    assert ours.low == pytest.approx(other.kappa_low, abs=1e-9)
    assert ours.high == pytest.approx(other.kappa_upp, abs=1e-9)


@given(ratings)
def test_a_coder_agrees_with_herself_perfectly(given: list[str]) -> None:
    """One, whatever she said; and where she said one thing only, chance would too."""
    alone = len(set(given)) == 1
    kappa, alpha = cohens_kappa(given, given).value, krippendorffs_alpha([given, given])

    assert (kappa, alpha) == pytest.approx((nan, nan) if alone else (1, 1), nan_ok=True)
    assert percent_agreement([given, given]) == 1


@given(ratings, st.randoms(use_true_random=False))
def test_the_order_of_units_and_coders_changes_nothing(given: list[str], random: object) -> None:
    """Neither has a meaning."""
    other = given[1:] + given[:1]
    pairs = list(zip(given, other, strict=True))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    turned = [[b for _, b in pairs], [a for a, _ in pairs]]

    assert krippendorffs_alpha(turned) == pytest.approx(
        krippendorffs_alpha([given, other]), nan_ok=True
    )


def test_who_has_not_seen_a_unit_says_nothing_on_it() -> None:
    """Missing is not a value: a third coder who saw nothing changes nothing."""
    two = [[1, 2, 1, 1, 2], [1, 2, 2, 1, 2]]

    assert krippendorffs_alpha([*two, [None] * 5]) == krippendorffs_alpha(two)
    assert percent_agreement([*two, [None] * 5]) == percent_agreement(two) == 0.8


def test_nothing_seen_twice_is_nothing_known() -> None:
    """A fresh round of coding is opened before anybody has coded."""
    assert isnan(krippendorffs_alpha([[1, None], [None, 2]]))
    assert isnan(percent_agreement([[1, None], [None, 2]]))
    assert isnan(cohens_kappa([None], ["a"]).value)


def test_words_are_not_taken_for_numbers() -> None:
    """An interval between two words would be a made-up figure."""
    with pytest.raises(NotNumbers, match="nominal"):
        krippendorffs_alpha([["a", "b"], ["b", "b"]], level=Level.INTERVAL)


def test_each_code_is_judged_by_itself() -> None:
    """Two coders may agree on what is praise and not on what is a bug."""
    anna = [{"praise"}, {"bug", "praise"}, {"bug"}, set(), {"praise"}, None]
    ben = [{"praise"}, {"praise"}, {"bug"}, {"bug"}, {"praise"}, {"bug"}]

    bug, praise = per_code([anna, ben])

    assert (bug.code, praise.code) == ("bug", "praise")
    assert praise.alpha == praise.percent == 1
    assert bug.percent == pytest.approx(3 / 5)
    assert (bug.units, bug.used, praise.used) == (5, 5, 6)
    assert bug.kappa is not None and bug.kappa.value == pytest.approx(1 / 6)
    assert bug.alpha < overall_alpha([anna, ben]) < praise.alpha
