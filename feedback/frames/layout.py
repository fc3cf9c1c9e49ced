"""Which columns a survey's frame has, and of which polars types.

Columns of the response itself begin with ``_``, as no item's can. Each part of an item
has its state in ``<part>:state``; each closed column its value under its own name, each
column of text how long the text is, in characters, in ``<column>:length``.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import polars as pl
from django.db.models import BigIntegerField, Expression, F, Func
from django.db.models.fields.json import KT
from django.db.models.functions import Length

from feedback.models import Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import Column, Dtype, state_of
from feedback.responses.in_field import items_of_revisions, revisions_of

# Grows when chunks written before can no longer be read, or when cells are worked out otherwise
# than before: `refresh` keeps of a chunk what did not change.
FORMAT = 2
MICROSECONDS = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
WORDS = pl.Categorical  # few, and not known beforehand
OWN: dict[str, tuple[Expression | F, Any]] = {
    "_id": (F("id"), pl.Int64),
    "_received": (
        Func(F("received_at"), template=MICROSECONDS, output_field=BigIntegerField()),
        pl.Datetime("us", "UTC"),
    ),
    "_status": (F("status"), pl.UInt8),
    "_revision": (F("revision_id"), pl.Int64),
    "_language": (F("language"), WORDS),
    "_source": (F("source"), WORDS),
    "_seconds": (F("seconds"), pl.UInt32),
    "_device": (KT("paradata__device_class"), WORDS),
}


def state_name(part: str) -> str:
    return f"{part}:state"


def length_name(column: str) -> str:
    return f"{column}:length"


def dtype_of(dtype: Dtype, codes: Iterable[str]) -> Any:
    """The polars type of a closed column. Args: codes: those it may have, if it has codes."""
    match dtype:
        case Dtype.CODE:
            return pl.Enum(list(codes))
        case Dtype.BOOLEAN:
            return pl.UInt8
        case Dtype.DECIMAL:
            return pl.Float64
        case Dtype.DATE:
            return pl.Date
        case Dtype.TIME:
            return pl.Time
        case _:
            return pl.Int64


@dataclass(frozen=True)
class Layout:
    """The frame of one survey: its pooled items and what is read for them."""

    items: Sequence[Item]

    @cached_property
    def columns(self) -> list[Column]:
        return [column for item in self.items for column in item.columns()]

    @cached_property
    def states(self) -> dict[str, Expression]:
        """The state of each part that has a column, and of each question besides."""
        parts = {state_name(column.part): column.state for column in self.columns}
        return parts | {
            state_name(item.key): state_of(item.key)
            for item in self.items
            if item.asks and state_name(item.key) not in parts
        }

    @cached_property
    def schema(self) -> dict[str, Any]:
        own = {name: dtype for name, (_cell, dtype) in OWN.items()}
        states = dict.fromkeys(self.states, pl.UInt8)
        values = {
            # The numbers of a scale are small, and of a million there are many; codes are
            # sorted, as labels come in the order of whoever's language it is.
            column.name: pl.Int16
            if column.dtype is Dtype.INTEGER and column.labels
            else dtype_of(column.dtype, sorted(column.labels))
            for column in self.columns
            if column.closed
        }
        return own | states | values | dict.fromkeys(self.lengths, pl.UInt32)

    @cached_property
    def expressions(self) -> dict[str, Expression | F]:
        """What the database is asked for, by column of the frame."""
        own = {name: cell for name, (cell, _dtype) in OWN.items()}
        values = {c.name: c.value for c in self.columns if c.closed and c.value is not None}
        return own | self.states | values | self.lengths

    @cached_property
    def lengths(self) -> dict[str, Expression]:
        return {
            length_name(column.name): Length(column.value)
            for column in self.columns
            if column.dtype is Dtype.TEXT and column.value is not None
        }

    @cached_property
    def digest(self) -> str:
        """Tells chunks of this layout from those of an earlier one."""
        return hashlib.sha256(f"{FORMAT} {self.schema}".encode()).hexdigest()


def layout_of(survey: Survey) -> Layout:
    """The layout over all revisions of a survey."""
    return layout_of_revisions(revisions_of(survey))


@lru_cache(maxsize=128)
def layout_of_revisions(newest_first: tuple[int, ...]) -> Layout:
    return Layout(items_of_revisions(newest_first))
