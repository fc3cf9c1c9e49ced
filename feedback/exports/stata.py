"""Stata, as .dta of version 118: labels of variables and values, and why a number is missing.

Not shown, refused and "don't know" are the extended missing values .a, .b and .c; a blank
is the plain one. Texts end at 2,000 bytes, with a mark.
"""

from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat

from feedback.exports.coded import WORDS, Coded, Limits, coded, told_of
from feedback.exports.format import Format, Tick
from feedback.exports.table import Table, snapshot

# Longer names with labels the writer refuses; its long strings (strL) fail on real files.
LIMITS = Limits(name=28, label=80, value_label=2_000, text=2_000)
LETTERS = dict(zip(WORDS, "abc", strict=True))


def write(table: Table, path: Path, tick: Tick) -> None:
    with snapshot():
        variables = coded(table, LIMITS, tick)
    used = {one.name: letters(one) for one in variables}
    pyreadstat.write_dta(
        pl.DataFrame([with_letters(one, used[one.name]) for one in variables]),
        path,
        version=14,  # which writes 118; of 119 few editions read any
        file_label=f"Soundings: {table.survey.slug}"[:80],
        column_labels={one.name: one.label for one in variables},
        variable_value_labels={
            one.name: labels for one in variables if (labels := with_words(one, used[one.name]))
        },
        missing_user_values={
            name: [LETTERS[state] for state in states] for name, states in used.items() if states
        },
    )


def with_words(one: Coded, states: list[str]) -> dict[Any, str]:
    """The labels of its numbers, and of its letters."""
    return {**one.labels, **{LETTERS[state]: WORDS[state] for state in states}}


def letters(one: Coded) -> list[str]:
    """The states that occur and have a letter."""
    if one.states is None:
        return []
    there = set(one.states.cast(pl.String).unique())
    return [state for state in LETTERS if state in there]


def with_letters(one: Coded, states: list[str]) -> pl.Series:
    """The values, with a letter where it is known why there is none."""
    if one.states is None or not states:
        return one.values.alias(one.name)
    whys = one.states.cast(pl.String).replace_strict(LETTERS, default=None, return_dtype=pl.String)
    # Among letters the writer takes whole numbers for such of 32 bits.
    values = one.values.cast(pl.Float64) if one.values.dtype == pl.Int64 else one.values
    mixed: list[Any] = [
        why if value is None else value for value, why in zip(values, whys, strict=True)
    ]
    return pl.Series(one.name, mixed, dtype=pl.Object)


DTA = Format(
    name="dta",
    label="Stata",
    mime="application/x-stata-dta",
    write=write,
    warnings=told_of(LIMITS),
    for_statistics=True,
    at_once=10_000,
)
