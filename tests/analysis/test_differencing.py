"""Nobody who collects all releases and adds up learns of few: a thousand towns, and controls.

Each town has respondents who come, change and withdraw by chance, and looks between; the
reader of ``town_of_numbers.py`` knows every rule and more than any reader does.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from feedback.analysis import disclosure
from tests.analysis import town_of_numbers
from tests.analysis.town_of_numbers import Reader, Town, lived

TOWNS = 1_000
FEW = 60  # towns for a control
Recovered = list[tuple[str, Any, int]]


def recovered(towns: int, *, batch: Any = None, **rules: Any) -> tuple[Recovered, list[Town]]:
    """What the reader recovers from so many towns, with and without a rounded total."""
    found: Recovered = []
    lives = [lived(seed, batch=batch) for seed in range(towns)]
    for town in lives:
        for told_n in (True, False):
            reader = Reader(town, told_n=told_n, **rules)
            found += reader.recovered(reader.by_intervals())
    return found, lives


def alone(counts: Mapping[str, int], k: int) -> dict[str, int | None]:
    """Suppression without a second cell."""
    return {code: disclosure.rounded(n, k) for code, n in counts.items()}


@pytest.fixture
def unaudited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases go out as they are: the guard is taken out."""
    monkeypatch.setattr(town_of_numbers, "releasable", lambda new, earlier: (new, set()))


def test_no_count_and_no_growth_of_few_is_recovered() -> None:
    """The promise of the public page; and it keeps it without publishing next to nothing."""
    found, towns = recovered(TOWNS)

    assert found == []
    tables = sum(len(edition.tables) for town in towns for edition in town.editions)
    held = sum(town.held for town in towns)
    assert tables > 5 * TOWNS
    assert held < tables / 20


@pytest.mark.long
def test_nor_by_exact_linear_programs() -> None:
    """Bounds alone may miss what sums of sums tell; a linear program misses nothing linear."""
    for seed in range(25):
        reader = Reader(lived(seed))
        assert reader.recovered(by_programs(reader)) == [], seed


def by_programs(reader: Reader) -> list[tuple[float, float]]:
    """The exact range of each number that is not far from known, over the reals, then whole."""
    table, least, most = reader.matrix()
    near, same = reader.by_intervals(), least == most
    open_rows = table[~same]
    limits = {
        "A_eq": table[same],
        "b_eq": least[same],
        "A_ub": np.vstack([open_rows, -open_rows]),
        "b_ub": np.concatenate([most[~same], -least[~same]]),
        "bounds": near,
    }
    ranges = []
    for i, (low, high) in enumerate(near):
        if reader.names[i][0] not in ("cell", "grown") or high - low > 2 * reader.town.k:
            ranges.append((low, high))
            continue
        aim = np.zeros(len(near))
        aim[i] = 1
        low, high = (sign * linprog(sign * aim, **limits, method="highs").fun for sign in (1, -1))
        ranges.append((float(np.ceil(low - 1e-6)), float(np.floor(high + 1e-6))))
    return ranges


# -- controls: with a guard taken out the same reader succeeds ---------------------------


@pytest.mark.usefixtures("unaudited")
def test_without_the_audit_some_is_recovered() -> None:
    """Rounding and suppression alone do not keep the promise."""
    assert recovered(FEW)[0]


@pytest.mark.usefixtures("unaudited")
def test_without_a_second_withheld_cell_more_is_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second cell is worth what it costs."""
    with_pairs = len(recovered(FEW)[0])
    monkeypatch.setattr(disclosure, "suppressed", alone)

    assert len(recovered(FEW, pairs=False)[0]) > with_pairs


@pytest.mark.usefixtures("unaudited")
def test_without_rounding_withheld_counts_are_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact counts tell those that are withheld by subtraction."""
    monkeypatch.setattr(disclosure, "rounded", lambda n, k: n if n >= k else None)

    found, _towns = recovered(FEW, exact=True)

    assert [n for kind, _cell, n in found if kind == "cell" and n < 3]


@pytest.mark.usefixtures("unaudited")
def test_in_batches_of_one_each_respondent_is_recovered() -> None:
    """Whoever looks before and after each response sees what it said."""
    found, _towns = recovered(FEW, batch=one_by_one, most_added=1.0)

    assert ("grown", 1) in {(kind, n) for kind, _cell, n in found}


def one_by_one(chance: Random, k: int) -> int:
    return 1
