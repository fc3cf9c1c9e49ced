"""Whose answers a figure is made of: all responses but spam, or a selection of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import polars as pl

from feedback.analysis.intervals import effective_n
from feedback.analysis.selecting import condition
from feedback.analysis.weights import weights_of
from feedback.frames.cache import frame_of
from feedback.frames.layout import Layout, layout_of
from feedback.models import Status, Survey
from feedback.responses.selection import Selection

WEIGHT = "_weight"


@dataclass(frozen=True)
class Sample:
    """Responses of one survey, as rows of a frame.

    Attributes:
        frame: what counts; with the column ``_weight``, of mean 1 over all, where weighted.
        spam: how many were left out as spam.
    """

    survey: Survey
    layout: Layout
    frame: pl.DataFrame
    spam: int

    @classmethod
    def of(cls, survey: Survey, selection: Selection | None = None, *, reader: Any = None) -> Self:
        """Raises: BadSelection: as ``Selection.responses``."""
        layout = layout_of(survey)
        everything = frame_of(survey, layout)
        # Before anything is filtered: a part of the responses keeps the weights of the whole.
        if (weights := weights_of(survey, everything, layout)) is not None:
            everything = everything.with_columns(weights.alias(WEIGHT))
        chosen = condition(
            selection or Selection(), survey=survey, items=layout.items, reader=reader
        )
        is_spam = pl.col("_status") == Status.SPAM.value
        counts = chosen & ~is_spam
        sums = everything.select(spam=(chosen & is_spam).sum(), number=counts.sum())
        spam, number = sums.row(0)
        # Where nothing is left out, which is so of most summaries, nothing is copied.
        frame = everything if number == everything.height else everything.filter(counts)
        return cls(survey, layout, frame, spam)

    def newest(self, most: int) -> list[int]:
        """The numbers of so many responses, the newest first."""
        order = ["_received", "_id"]
        newest = self.frame.select(order).top_k(most, by=order).sort(order, descending=True)
        return newest["_id"].to_list()

    @property
    def weighted(self) -> bool:
        return WEIGHT in self.frame.columns

    @cached_property
    def effective_n(self) -> float:
        """How many responses of equal weight would tell as much."""
        weights = self.frame[WEIGHT]
        return effective_n(float(weights.sum()), float((weights * weights).sum()))
