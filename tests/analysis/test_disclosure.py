"""Rounding, suppression and what they give away: each rule, and the case that it is for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from feedback.analysis.disclosure import (
    Counted,
    Table,
    few_in,
    in_bins,
    ranges,
    rounded,
    suppressed,
)
from feedback.analysis.inference import Edition, given_away, releasable

K = 5


@pytest.mark.parametrize(("n", "told"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (99, 95)])
def test_counts_are_rounded_down_and_small_ones_withheld(n: int, told: int | None) -> None:
    """None at all looks like a few."""
    assert rounded(n, K) == told


def test_every_published_number_stands_for_k_counts() -> None:
    """One person more or less is seen by nobody, but at one step in k."""
    for k in (3, 5, 50):
        for n in range(4 * k):
            alike = [m for m in range(5 * k) if rounded(m, k) == rounded(n, k)]
            assert len(alike) == k


def test_beside_a_single_withheld_count_the_next_smallest_is_withheld() -> None:
    """Else the total, wherever it is known from, gives it away."""
    assert suppressed({"a": 40, "b": 12, "c": 2}, K) == {"a": 40, "b": None, "c": None}
    assert suppressed({"a": 40, "b": 1, "c": 2}, K) == {"a": 40, "b": None, "c": None}
    assert suppressed({"yes": 40, "no": 2}, K) == {"yes": None, "no": None}
    assert suppressed({"a": 40, "b": 12}, K) == {"a": 40, "b": 10}
    assert suppressed({"only": 2}, K) == {"only": None}


def test_of_two_that_are_withheld_nobody_can_tell_which_is_small() -> None:
    """The same cells are told, and the same may be true of each."""
    one, other = suppressed({"a": 40, "b": 12, "c": 2}, K), suppressed({"a": 40, "b": 3, "c": 9}, K)

    assert one == other
    told = ranges(one, K)
    assert told["b"] == told["c"] == (0, 44)
    assert ranges(suppressed({"a": 40, "b": 1, "c": 2, "d": 0}, K), K)["b"] == (0, 4)


def test_the_truth_always_lies_in_the_range_that_is_told() -> None:
    """For every table of three small counts."""
    for a in range(17):
        for b in range(17):
            counts = {"a": a, "b": b, "c": 7}
            for code, (least, most) in ranges(suppressed(counts, K), K).items():
                assert least <= counts[code] <= most


def test_shares_and_means_are_computed_from_what_is_shown() -> None:
    """Two surveys that publish the same counts publish the same of everything."""
    tables = [
        Table.of(Counted({"1": 10 + i, "2": 23 - i, "3": 30 + i}, {"blank": i}, 63 + i), K)
        for i in (0, 3)
    ]
    told = [(t.n, t.share("1"), t.mean(), t.median(), t.stored()) for t in tables]

    assert told[0] == told[1]
    assert told[0][:4] == (60, pytest.approx(100 * 10 / 60), pytest.approx(140 / 60), 2.0)


def test_where_several_answers_are_possible_n_is_rounded_by_itself() -> None:
    """The counts overlap, so their sum says nothing; a share is at most all."""
    table = Table.of(Counted({"a": 49, "b": 30, "c": 12}, {}, 49, several=True), K)

    assert (table.n, table.parted) == (45, False)
    assert table.share("a") == 100.0
    few = Table.of(Counted({"a": 3, "b": 2}, {}, 4, several=True), K)
    assert few.n is None and few.share("a") is None


def test_where_much_may_be_withheld_no_shares_are_told() -> None:
    """One of two withheld counts may be most of the answers: all of the rest is not all."""
    table = Table.of(Counted({"1": 36, "2": 25, "3": 0}, {}, 61), K)

    assert table.codes == {"1": 35, "2": None, "3": None}
    assert (table.share("1"), table.mean(), table.median()) == (None, None, None)
    few = Table.of(Counted({"1": 36, "2": 2, "3": 0, "4": 1}, {}, 39), K)
    assert (few.share("1"), few.mean()) == (100.0, 1.0)


def test_bins_hold_k_each_and_tell_no_least_or_greatest() -> None:
    """Neighbours are joined, and both ends are open."""
    bins = [("0", "10", 1), ("10", "20", 6), ("20", "30", 0), ("30", "40", 9), ("90", "100", 1)]

    assert in_bins(bins, K) == {"..20": 7, "20..": 10}
    assert in_bins([("0", "10", 2), ("10", "20", 2)], K) == {}
    assert in_bins([("7", "8", 5)], K) == {"..": 5}
    assert in_bins([], K) == {}


def table(codes: dict[str, int], **states: int) -> Table:
    return Table.of(Counted(codes, states, sum(codes.values())), K)


def test_a_table_that_adds_up_at_its_most_is_held_back() -> None:
    """All counts at the upper ends of their ranges: only so do they reach the total.

    Five counts of 4 more than is told are 20 more, so the total has them all.
    """
    full = {"a": 14, "b": 24, "c": 34, "d": 14, "e": 14}  # 100, told as 80
    other = {"x": 52, "y": 48}

    edition, held = releasable(Edition(1, K, 100, {"q": table(full), "p": table(other)}), [])

    assert held == {"q"}
    assert edition.tables.keys() == {"p"}


def test_an_ordinary_table_is_not_held_back() -> None:
    """The control of the above: one person moved, and nothing follows."""
    moved = {"a": 13, "b": 24, "c": 34, "d": 14, "e": 15}

    assert releasable(Edition(1, K, 100, {"q": table(moved)}), [])[1] == set()


def test_what_would_be_given_away_later_is_held_back_later() -> None:
    """The first release stands as it is; of the second nothing is left to publish."""
    before = Edition(1, K, 100, {"q": table({"a": 14, "b": 24, "c": 34, "d": 14, "e": 15})})
    after = Edition(2, K, 105, {"q": table({"a": 14, "b": 24, "c": 34, "d": 14, "e": 19})})
    assert given_away([before]) == set()

    edition, held = releasable(after, [before])

    assert held == {"q"}
    assert not edition.tables


def test_where_answers_were_withdrawn_that_is_found_out_and_no_longer_assumed() -> None:
    """A count that fell contradicts growth; what is believed then is the rest."""
    before = Edition(1, K, 100, {"q": table({"a": 60, "b": 42})})
    after = Edition(2, K, 100, {"q": table({"a": 42, "b": 61})})

    assert given_away([before, after]) == set()
    assert releasable(after, [before])[1] == set()


def test_beside_a_cell_of_few_another_goes_in_its_row_and_its_column() -> None:
    """Whoever knows the sums would have it by subtraction, and then that other likewise."""
    counts = np.array([[3.0, 30, 40], [20, 25, 90], [60, 70, 80]])

    assert few_in(counts, K).tolist() == [[True, True, False], [True, True, False], [False] * 3]
    assert few_in(counts, K, columns_add_up=False).tolist() == [
        [True, True, False],
        *[[False] * 3] * 2,
    ]


@given(arrays(float, some.tuples(*[some.integers(1, 6)] * 2), elements=some.integers(0, 12)))
def test_no_row_and_no_column_lacks_just_one(counts: np.ndarray) -> None:  # type: ignore[type-arg]
    """The rule, for tables of any size."""
    hidden = few_in(counts, K)

    assert hidden[counts < K].all()
    for lines in (hidden, hidden.T):
        assert not any(line.sum() == 1 and line.size > 1 for line in lines)
