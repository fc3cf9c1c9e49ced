"""The weights of a survey's responses, worked out over its frame.

Targets are shares of items whose answers part respondents into groups. Respondents who
are alike in all of these items are one joint cell; raking knows the cells only.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from django.db import transaction
from django.utils import timezone

from feedback.analysis.groupings import by_code, numbered
from feedback.analysis.raking import (
    ImpossibleTargets,
    Margin,
    Numbers,
    Problem,
    Raked,
    Wrong,
    rake,
    spread,
)
from feedback.analysis.significance import Floats
from feedback.frames.layout import Layout
from feedback.models import Status, Summary, Survey, Weighting
from feedback.models.audit import record
from feedback.question_types.base import Item, operands

logger = logging.getLogger(__name__)

Targets: TypeAlias = Mapping[str, Mapping[str, float]]  # by key of an item and code: shares of 1
MOST = 2**24  # what numbers of joint cells may grow to, before they are counted anew from 0
BANDS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, float("inf"))  # of weights, for a table


@dataclass(frozen=True)
class Cells:
    """A frame's rows as joint cells of some items.

    Attributes:
        numbers: joint cells × items, the category of each; the last is "no answer".
        counts: responses in each joint cell, spam not counted.
        cell_of: the joint cell of each row of the frame, spam too.
        counted: 1 for each row that counts, 0 for spam.
    """

    numbers: Numbers
    counts: Floats
    cell_of: Numbers
    counted: Numbers


@dataclass(frozen=True)
class Category:
    """One category of a target item, before and after; shares in per cent.

    Attributes:
        code: "" for those who did not answer.
        target: of all respondents; None for "no answer", which stays as it is.
    """

    code: str
    n: int
    raw: float
    weighted: float
    target: float | None


@dataclass(frozen=True)
class Weighed:
    """A frame with its weights, and what to tell of them."""

    margins: Sequence[Margin]
    cells: Cells
    raked: Raked

    @property
    def series(self) -> pl.Series:
        """The weight of each row of the frame; 0 for spam, else with mean 1."""
        weights = self.raked.weights[self.cells.cell_of] * self.cells.counted
        return pl.Series("_weight", weights, dtype=pl.Float64)

    @cached_property
    def of_counted(self) -> Floats:
        """The weights of the joint cells that anybody is in."""
        weights: Floats = self.raked.weights[self.cells.counts > 0]
        return weights

    @property
    def responses(self) -> int:
        return int(self.cells.counts.sum())

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest weight."""
        return float(self.of_counted.min()), float(self.of_counted.max())

    def categories(self, which: int) -> list[Category]:
        """The categories of one target item that anybody is in, or that have a share."""
        margin, column = self.margins[which], self.cells.numbers[:, which]
        counts, size = self.cells.counts, len(self.margins[which].codes) + 1
        n = np.bincount(column, weights=counts, minlength=size)
        raw = spread(np.ones(len(counts)), column, counts, size)
        after = spread(self.raked.weights, column, counts, size)
        answered, known = 1 - raw[-1], sum(margin.shares.values())
        wanted = [answered * margin.shares.get(code, 0.0) / known for code in margin.codes]
        targets = [*(float(100 * share) for share in wanted), None]
        found = zip([*margin.codes, ""], n, raw, after, targets, strict=True)
        return [
            Category(code, int(there), float(100 * before), float(100 * now), target)
            for code, there, before, now, target in found
            if there
        ]

    def bands(self) -> list[tuple[float, float, int]]:
        """How many responses weigh how much: from, to, number; empty ends left out."""
        here = self.cells.counts > 0
        # What is a limit but for dust belongs to it.
        held, counts = self.raked.weights[here].round(9), self.cells.counts[here]
        n, _edges = np.histogram(held, bins=np.array(BANDS), weights=counts)
        there = np.flatnonzero(n)
        return [(BANDS[i], BANDS[i + 1], int(n[i])) for i in range(there[0], there[-1] + 1)]


# -- which items, and which cells ------------------------------------------------------


def parting(layout: Layout) -> dict[str, Item]:
    """The items that part respondents into groups, rows of grids among them, by key."""
    found = operands(layout.items)
    return {key: item for key, item in found.items() if item.grouped_by and not item.personal}


def cells_of(frame: pl.DataFrame, items: Sequence[Item]) -> Cells:
    """The joint cells of some items, which all part respondents into groups."""
    numbers = np.column_stack([category(frame, item) for item in items])
    key = np.zeros(frame.height, dtype=np.int64)
    room = 1
    for column, item in zip(numbers.T, items, strict=True):
        size = len(item.filters()) + 1
        if room * size > MOST:
            key, room = counted_anew(key, room)
        key, room = key * size + column, room * size
    cell_of, cells = counted_anew(key, room)
    of_cell = np.empty((cells, len(items)), dtype=np.int64)
    of_cell[cell_of] = numbers
    counted = (frame["_status"] != Status.SPAM.value).to_numpy().astype(np.int64)
    counts = np.bincount(cell_of, weights=counted, minlength=cells)
    return Cells(of_cell, counts.astype(np.float64), cell_of, counted)


def counted_anew(key: Numbers, room: int) -> tuple[Numbers, int]:
    """The same with numbers from 0 without gaps, and how many there are."""
    if room > MOST:
        found, again = np.unique(key, return_inverse=True)
        return again, len(found)
    # A table of what is there takes a tenth of the time that sorting does.
    there = np.zeros(room, dtype=bool)
    there[key] = True
    return (np.cumsum(there) - 1)[key], int(there.sum())


def category(frame: pl.DataFrame, item: Item) -> Numbers:
    """The number of the category of each row; that after the last code is "no answer"."""
    return numbered(frame, by_code(item), nowhere=len(item.values()))


def category_shares(frame: pl.DataFrame, item: Item) -> dict[str, tuple[int, float]]:
    """How many chose each category, spam not counted, and their share of those who answered."""
    cells, codes = cells_of(frame, [item]), list(item.filters())
    n = np.bincount(cells.numbers[:, 0], weights=cells.counts, minlength=len(codes) + 1)[:-1]
    total = n.sum() or 1.0
    return {code: (int(k), float(k / total)) for code, k in zip(codes, n, strict=True)}


# -- weighing --------------------------------------------------------------------------


def weighed(
    frame: pl.DataFrame, layout: Layout, targets: Targets, *, low: float, high: float
) -> Weighed:
    """Weigh a whole frame.

    Raises:
        ImpossibleTargets: with everything that is wrong at once.
        ValueError: the limits do not hold 1 between them.
    """
    items = parting(layout)
    if unknown := [key for key in targets if key not in items]:
        raise ImpossibleTargets([Problem(key, "", Wrong.UNKNOWN, 0.0) for key in unknown])
    margins = [Margin(key, list(items[key].filters()), shares) for key, shares in targets.items()]
    cells = cells_of(frame, [items[key] for key in targets])
    return Weighed(margins, cells, rake(cells.numbers, cells.counts, margins, low=low, high=high))


def weights_of(survey: Survey, frame: pl.DataFrame, layout: Layout) -> pl.Series | None:
    """The weight of each row of the frame, mean 1 over all but spam, whose weight is 0.

    Args:
        frame: the whole one: weights are of the survey, and a part of it keeps those of
            its rows. Filter after weighing, never before.

    Returns:
        None where the survey is not weighted, or where its targets can no longer be met,
        such as when somebody chose an answer that has no target; the page of the weights
        says which.
    """
    weighting = Weighting.objects.filter(survey=survey).first()
    if weighting is None:
        return None
    try:
        return weighed(
            frame, layout, weighting.targets, low=weighting.low, high=weighting.high
        ).series
    except ImpossibleTargets as error:
        # Not which ones: they name answers.
        logger.warning("survey %s: %d targets cannot be met", survey.pk, len(error.problems))
        return None


@transaction.atomic
def use(survey: Survey, targets: Targets, *, low: float, high: float, actor: Any) -> None:
    """Weight the survey to these targets from now on, in place of any before."""
    about = {"targets": targets, "low": low, "high": high}
    about |= {"made_at": timezone.now(), "made_by": actor}
    Weighting.objects.update_or_create(survey=survey, defaults=about)
    figures_are_old(survey)
    record("weights_set", actor=actor, survey=survey, items=sorted(targets), low=low, high=high)


def figures_are_old(survey: Survey) -> None:
    """Have the stored summary compiled anew although no response has changed."""
    Summary.objects.filter(survey=survey).update(frames=-1)


@transaction.atomic
def stop(survey: Survey, *, actor: Any) -> None:
    """Let each response count as one again."""
    deleted, _by_model = Weighting.objects.filter(survey=survey).delete()
    if deleted:
        figures_are_old(survey)
        record("weights_stopped", actor=actor, survey=survey)
