"""The rows of a table as typed data, some thousands at a time, for formats that know types."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import polars as pl

from feedback.exports.cells import ALL_STATES
from feedback.exports.copying import typed_rows
from feedback.exports.format import Tick
from feedback.exports.table import Table
from feedback.exports.variables import Variable
from feedback.frames.layout import dtype_of
from feedback.question_types.columns import Dtype

BATCH = 20_000  # rows
STATE = "__state"  # ends the name of the column that says how a respondent stands to a part


@dataclass(frozen=True)
class Typed:
    """A table as typed data: the variables, then the state of each part.

    ``frames`` gives polars frames with null where there is no answer, and Enum columns of
    states. Times are of the zone that the choices name.
    """

    table: Table

    @cached_property
    def states(self) -> dict[str, Variable]:
        """One variable of each part that has states, by the name of the state's column."""
        found: dict[str, Variable] = {}
        for variable in self.table.variables:
            if variable.state is not None:
                found.setdefault(variable.part + STATE, variable)
        return found

    @property
    def schema(self) -> dict[str, Any]:
        """The polars type of each column; built when asked for, never at import."""
        values = {one.name: self.dtype_of(one) for one in self.table.variables}
        return values | dict.fromkeys(self.states, pl.Enum(ALL_STATES))

    def dtype_of(self, variable: Variable) -> Any:
        """As in frames; but truths are such, and there are texts and moments, too."""
        match variable.dtype:
            case Dtype.BOOLEAN:
                return pl.Boolean
            case Dtype.MOMENT:
                return pl.Datetime("us", self.table.choices.zone)
            case Dtype.CODE if variable.item is None:
                return pl.String  # several may stand in one cell
            case Dtype.TEXT:
                return pl.String
        return dtype_of(variable.dtype, variable.labels)

    def frames(self, tick: Tick) -> Iterator[pl.DataFrame]:
        """All rows in order; closing the iterator ends the COPY."""
        states = [one.state for one in self.states.values() if one.state is not None]
        with closing(typed_rows(self.table, states)) as rows:
            while batch := list(islice(rows, BATCH)):
                yield self.frame(b"".join(batch))
                tick(len(batch))

    def frame(self, lines: bytes) -> pl.DataFrame:
        texts = pl.read_csv(
            lines,
            has_header=False,
            schema=dict.fromkeys(self.schema, pl.String),
        )
        return texts.select(read(name, dtype) for name, dtype in self.schema.items())


def read(name: str, dtype: Any) -> pl.Expr:
    """The texts of PostgreSQL as values; strictly, as all of them are of its making."""
    text = pl.col(name)
    if dtype == pl.Boolean:
        return text == "1"
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d")
    if dtype == pl.Time:
        return text.str.to_time("%H:%M")
    if isinstance(dtype, pl.Datetime):
        utc = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", time_zone="UTC")
        return utc.dt.convert_time_zone(str(dtype.time_zone))
    return text.cast(dtype)
