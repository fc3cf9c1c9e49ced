"""Raking against a plain loop over respondents, and what holds whatever the targets are."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from feedback.analysis.raking import ImpossibleTargets, Margin, Raked, Wrong, rake

AGE = Margin("age", ["young", "old"], {"young": 0.4, "old": 0.6})
TOWN = Margin("town", ["north", "mid", "south"], {"north": 0.5, "mid": 0.3, "south": 0.2})
WIDE = {"low": 0.0, "high": 1e6}  # no limits that anything would reach


def joint(rows: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Individual respondents as joint cells and how many are in each."""
    cells, counts = np.unique(np.array(rows), axis=0, return_counts=True)
    return cells, counts


def one_by_one(rows: Sequence[Sequence[int]], margins: Sequence[Margin]) -> dict[tuple, float]:
    """Raking as the books tell it: over individual respondents, with nothing but loops."""
    weights = [1.0] * len(rows)
    for _round in range(2_000):
        for v, margin in enumerate(margins):
            unanswered = sum(row[v] == len(margin.codes) for row in rows) / len(rows)
            wanted = [(1 - unanswered) * margin.shares[code] for code in margin.codes]
            wanted.append(unanswered)
            total = [0.0] * len(wanted)
            for row, weight in zip(rows, weights, strict=True):
                total[row[v]] += weight
            weights = [
                weight * wanted[row[v]] * len(rows) / total[row[v]]
                for row, weight in zip(rows, weights, strict=True)
            ]
    return {tuple(row): weight for row, weight in zip(rows, weights, strict=True)}


def shares(found: Raked, cells: np.ndarray, counts: np.ndarray, which: int) -> np.ndarray:
    held = found.weights * counts
    return np.bincount(cells[:, which], weights=held) / held.sum()


def test_weights_are_those_of_a_plain_loop_over_respondents() -> None:
    """Joint cells are only a shorter way of writing the same respondents down."""
    chance = Random(7)
    rows = [(chance.choice([0, 0, 0, 1, 2]), chance.choice([0, 1, 1, 2, 3])) for _ in range(300)]
    cells, counts = joint(rows)

    found = rake(cells, counts, [AGE, TOWN], **WIDE)

    theirs = one_by_one(rows, [AGE, TOWN])
    assert found.converged and found.met
    for cell, weight in zip(cells, found.weights, strict=True):
        assert weight == pytest.approx(theirs[tuple(cell)], rel=1e-6)


def test_two_answers_by_hand() -> None:
    """Three young and one old, of whom the population has as many of each."""
    even = Margin("age", ["young", "old"], {"young": 0.5, "old": 0.5})
    found = rake([[0], [1]], [3, 1], [even])

    assert found.weights == pytest.approx([2 / 3, 2])
    assert found.effective_n == pytest.approx(16 / (3 * 4 / 9 + 4))
    assert found.design_effect == pytest.approx(4 / found.effective_n)
    assert (found.rounds, found.limited, found.gap) == (1, 0, pytest.approx(0))


def test_who_did_not_answer_keeps_their_share() -> None:
    """Nothing is known of them; the targets are shares of those who did."""
    found = rake([[0], [1], [2]], [60, 20, 20], [AGE])

    assert shares(found, np.array([[0], [1], [2]]), np.array([60, 20, 20]), 0) == pytest.approx(
        [0.32, 0.48, 0.2]
    )
    assert found.weights[2] == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"young": 0.4, "old": 0.3, "unborn": 0.3}, [("unborn", Wrong.NOBODY)]),
        ({"young": 0.4, "old": 0.4}, [("", Wrong.SUM)]),
        ({"young": 0.5, "old": 0.502}, [("", Wrong.SUM)]),
        ({"young": 0.4, "elder": 0.6}, [("elder", Wrong.UNKNOWN), ("old", Wrong.UNTARGETED)]),
        ({"young": 1.2, "old": -0.2}, [("old", Wrong.NEGATIVE)]),
        ({"young": 1.0}, [("old", Wrong.UNTARGETED)]),
        ({"young": 1.0, "old": 0.0}, [("old", Wrong.UNTARGETED)]),
        ({}, [("young", Wrong.UNTARGETED), ("old", Wrong.UNTARGETED), ("", Wrong.SUM)]),
    ],
)
def test_impossible_targets_are_refused_by_name(
    given: dict[str, float], wrong: list[tuple[str, Wrong]]
) -> None:
    """All at once, item and category with each, so that they can be mended in one go."""
    margin = Margin("age", ["young", "old", "unborn"], given)
    with pytest.raises(ImpossibleTargets, match="age") as refusal:
        rake([[0, 0], [1, 0]], [3, 1], [margin, Margin("all", ["x"], {"x": 1.0})])

    assert [(p.code, p.wrong) for p in refusal.value.problems] == wrong
    assert all(p.item == "age" and p.code in str(p) for p in refusal.value.problems)


def test_what_rounding_leaves_is_forgiven() -> None:
    """Published shares are rounded: 33.3 three times over is meant to be everyone."""
    thirds = Margin("town", ["a", "b", "c"], dict.fromkeys("abc", 0.333))
    found = rake([[0], [1], [2]], [5, 5, 10], [thirds])

    assert found.met and found.weights == pytest.approx([4 / 3, 4 / 3, 2 / 3])


def test_nobody_at_all_cannot_be_weighed() -> None:
    """A survey before its first response says so instead of dividing by it."""
    with pytest.raises(ImpossibleTargets):
        rake(np.zeros((0, 1)), [], [AGE])


def test_limits_that_do_not_hold_the_mean_are_refused() -> None:
    """No weights between 2 and 3 have mean 1."""
    with pytest.raises(ValueError, match="mean 1"):
        rake([[0], [1]], [1, 1], [AGE], low=2, high=3)


def test_targets_that_no_weights_meet_are_told_as_not_met() -> None:
    """The young all live in the north, so both cannot have these shares."""
    north = Margin("town", ["north", "south"], {"north": 0.2, "south": 0.8})
    young = Margin("age", ["young", "old"], {"young": 0.6, "old": 0.4})
    found = rake([[0, 0], [1, 0], [1, 1]], [10, 10, 10], [young, north])

    assert not found.converged and not found.met and found.gap > 1


def test_limited_weights_that_cannot_meet_the_targets_say_so() -> None:
    """One in a hundred is to stand for half: at five times the mean that is 5 %."""
    half = Margin("age", ["young", "old"], {"young": 0.5, "old": 0.5})
    found = rake([[0], [1]], [1, 99], [half], low=0.2, high=5)

    assert found.converged and not found.met
    assert found.weights == pytest.approx([5, 95 / 99])
    assert found.gap == pytest.approx(45) and found.limited == 1


def test_limits_are_kept_by_moving_others() -> None:
    """Raked again in turns: where the targets can be met within the limits, they are."""
    chance = Random(3)
    rows = [(chance.choice([0, 0, 0, 1]), chance.choice([0, 1, 1, 1, 2])) for _ in range(500)]
    cells, counts = joint(rows)
    free = rake(cells, counts, [AGE, TOWN], **WIDE)
    limit = float(free.weights.max()) * 0.97

    found = rake(cells, counts, [AGE, TOWN], low=0.1, high=limit)

    assert found.met and found.weights.max() <= limit + 1e-9
    assert found.limited > 0


@st.composite
def samples(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[Margin]]:
    """Joint cells with respondents, and targets for the categories that anybody is in."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    cell = st.tuples(*(st.integers(0, size) for size in sizes))
    cells = np.array(draw(st.lists(cell, min_size=1, max_size=30, unique=True)))
    counts = np.array([draw(st.integers(1, 50)) for _cell in cells])
    margins = []
    for v, size in enumerate(sizes):
        codes = [f"c{k}" for k in range(size)]
        there = [codes[k] for k in sorted(set(cells[:, v])) if k < size]
        parts = [draw(st.integers(1, 9)) for _code in there]
        given = {code: part / sum(parts) for code, part in zip(there, parts, strict=True)}
        margins.append(Margin(f"v{v}", codes, given))
    return cells, counts, [margin for margin in margins if margin.shares]


def wanted(margin: Margin, column: np.ndarray, counts: np.ndarray) -> list[float]:
    unanswered = counts[column == len(margin.codes)].sum() / counts.sum()
    return [(1 - unanswered) * margin.shares.get(code, 0.0) for code in margin.codes]


def can_be_met(
    cells: np.ndarray, counts: np.ndarray, margins: list[Margin], low: float, high: float
) -> bool:
    """Whether any weights at all within the limits meet the targets: a linear programme."""
    rules, right = [counts / counts.sum()], [1.0]
    for v, margin in enumerate(margins):
        for k, share in enumerate(wanted(margin, cells[:, v], counts)):
            rules.append((cells[:, v] == k) * counts / counts.sum())
            right.append(share)
    found = linprog(
        np.zeros(len(counts)), A_eq=np.array(rules), b_eq=right, bounds=[(low, high)] * len(counts)
    )
    return bool(found.status == 0)


@settings(max_examples=150)
@given(samples())
def test_what_converged_meets_every_target(
    sample: tuple[np.ndarray, np.ndarray, list[Margin]],
) -> None:
    """And mean and size stay what they are, whatever the sample and the targets."""
    cells, counts, margins = sample
    if len(margins) < cells.shape[1]:
        return
    found = rake(cells, counts, margins, **WIDE)

    assert found.weights @ counts == pytest.approx(counts.sum())
    assert found.effective_n <= counts.sum() * (1 + 1e-9)
    assert found.gap >= 0
    if found.converged:
        for v, margin in enumerate(margins):
            got = [*shares(found, cells, counts, v), *[0.0] * len(margin.codes)]
            want = wanted(margin, cells[:, v], counts)
            assert got[: len(want)] == pytest.approx(want, abs=1e-6)


@settings(max_examples=60)
@given(samples(), st.sampled_from([(0.5, 1.5), (0.2, 5.0), (0.8, 1.1)]))
def test_limits_hold_and_nobody_is_told_that_it_cannot_be_if_it_can(
    sample: tuple[np.ndarray, np.ndarray, list[Margin]], limits: tuple[float, float]
) -> None:
    """Against a linear programme, which finds weights if there are any."""
    cells, counts, margins = sample
    if len(margins) < cells.shape[1]:
        return
    low, high = limits
    found = rake(cells, counts, margins, low=low, high=high)

    assert low - 1e-9 <= found.weights.min() and found.weights.max() <= high + 1e-9
    assert found.weights @ counts == pytest.approx(counts.sum())
    # A little room on both sides, as the last hundredth takes for ever.
    if found.met:
        assert found.gap < 0.01
    elif can_be_met(cells, counts, margins, low + 0.02, high - 0.02):
        assert found.converged and found.gap < 0.5


def test_weights_that_raking_took_to_nothing_are_brought_back() -> None:
    """Found by the test above: with three margins one half each, their mean was 0.93, not 1."""
    cells = np.array([[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 2, 0], [1, 0, 0], [0, 0, 1]])
    counts = np.array([1, 1, 1, 1, 1, 2])
    halves = {"c0": 0.5, "c1": 0.5}
    margins = [Margin(f"v{n}", ["c0", "c1"], halves) for n in range(3)]

    found = rake(cells, counts, margins, low=0.5, high=1.5)

    assert found.weights @ counts == pytest.approx(7)
    assert found.weights.min() >= 0.5 and found.weights.max() <= 1.5
