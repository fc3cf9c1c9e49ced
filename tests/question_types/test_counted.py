"""Counting the values of a column: by a table or by hashing, the same is found."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.question_types import counted
from feedback.question_types.counted import Numbers, by_value, how_many

CODES = ["ash", "birch", "cedar"]
COLUMNS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "codes": (pl.Enum(CODES), st.sampled_from(CODES)),
    "words": (pl.Categorical, st.text(st.characters(codec="utf-8"), max_size=3)),
    "scores": (pl.UInt8, st.integers(0, 10)),
    "lengths": (pl.UInt32, st.integers(0, 2 * counted.PLACES)),
    "wholes": (pl.Int64, st.integers(-3, 3)),
    "hours": (pl.Int64, st.integers(490_000, 490_300)),
    "bytes": (pl.Int8, st.integers(-128, 127)),
    "ends": (pl.Int64, st.sampled_from([-(2**52), 1 - 2**52, 0, 2**52 - 1, 2**52])),
    "numbers": (pl.Float64, st.floats(allow_nan=False)),
    "ticks": (pl.Boolean, st.booleans()),
}


WAYS = {  # from how many answers on, and up to how many values, by the way it makes us count
    "one by one": (1, 512),
    "table": (1, 0),
    "hashing": (counted.MANY, 0),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", COLUMNS)
@given(data=st.data())
def test_each_value_is_counted_once(name: str, way: str, data: st.DataObject) -> None:
    """Whatever type a column has, and however its numbers lie; nulls are no values."""
    dtype, values = COLUMNS[name]
    given_: Sequence[Any] = data.draw(st.lists(st.none() | values, max_size=30))
    column = pl.Series("answers", given_, dtype=dtype)

    with pytest.MonkeyPatch.context() as patch:
        for setting, value in zip(("MANY", "FEW"), WAYS[way], strict=True):
            patch.setattr(counted, setting, value)
        found, counts = by_value(column)
        numbers = Numbers.of(column) if dtype.is_numeric() else None

    told = [one for one in given_ if one is not None]
    assert found.dtype == column.dtype
    assert Counter(dict(zip(found.to_list(), counts.tolist(), strict=True))) == Counter(told)
    if numbers:
        finite = sorted({float(n) for n in told if abs(n) != float("inf")})
        assert numbers.values.tolist() == finite


def test_many_answers_are_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: without it, all its cases might hash."""
    monkeypatch.setattr(pl.Series, "value_counts", None)
    many = pl.Series([3, 1, 3] * counted.MANY)

    with monkeypatch.context() as without_table:
        without_table.setattr(counted, "in_a_table", None)
        assert how_many(many) == {1: counted.MANY, 3: 2 * counted.MANY}
    with monkeypatch.context() as few:
        few.setattr(counted, "FEW", 0)
        assert how_many(many) == {1: counted.MANY, 3: 2 * counted.MANY}
    with pytest.raises(TypeError):
        how_many(pl.Series([3, 1, 3]))
