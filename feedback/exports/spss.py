"""SPSS, as compressed .zsav: labels of variables and values, and why a number is missing.

Not shown, refused and "don't know" are user-missing numbers, -97, -98 and -99, or farther
off where an answer could be mistaken for one; a blank is system-missing.
"""

from pathlib import Path

import polars as pl
import pyreadstat

from feedback.exports.coded import WORDS, Coded, Limits, coded, missing_numbers, notes, told_of
from feedback.exports.format import Format, Tick
from feedback.exports.table import Table, snapshot

LIMITS = Limits(name=64, label=256, value_label=120, text=32_767)
NOTE = 80  # bytes of a line


def write(table: Table, path: Path, tick: Tick) -> None:
    with snapshot():
        variables = coded(table, LIMITS, tick)
    missing = {one.name: missing_numbers(one.values) for one in variables if one.states is not None}
    values = [with_missing(one, missing.get(one.name, {})) for one in variables]
    pyreadstat.write_sav(
        pl.DataFrame(values),
        path,
        compress=True,
        file_label=f"Soundings: {table.survey.slug}"[:64],
        note=notes(table, NOTE),
        column_labels={one.name: one.label for one in variables},
        variable_value_labels={
            one.name: {number(n): words for n, words in labels.items()}
            for one, series in zip(variables, values, strict=True)
            for number in [float if series.dtype.is_float() else int]
            if (labels := {**one.labels, **in_words(missing.get(one.name, {}))})
        },
        missing_ranges={name: list(numbers.values()) for name, numbers in missing.items()},
    )


def with_missing(one: Coded, numbers: dict[str, int]) -> pl.Series:
    """The values, with a number where it is known why there is none."""
    if one.states is None:
        return one.values.alias(one.name)
    why = one.states.cast(pl.String).replace_strict(numbers, default=None, return_dtype=pl.Int64)
    values = one.values.cast(pl.Float64 if one.values.dtype.is_float() else pl.Int64)
    return values.fill_null(why.cast(values.dtype)).alias(one.name)


def in_words(numbers: dict[str, int]) -> dict[int, str]:
    return {number: WORDS[state] for state, number in numbers.items()}


ZSAV = Format(
    name="zsav",
    label="SPSS",
    mime="application/x-spss-sav",
    write=write,
    warnings=told_of(LIMITS),
    for_statistics=True,
    at_once=10_000,
)
