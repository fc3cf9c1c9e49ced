"""Figures of a whole survey: always counted afresh from the frame, never added to."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from feedback.analysis.intervals import wilson
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of, state_name
from feedback.models import FrameChunk, Status, Summary, Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import State

Figures = dict[str, Any]


def compile_survey(survey: Survey) -> Summary:
    """Bring the stored summary up to date, if the frames have moved on."""
    with transaction.atomic():
        Summary.objects.get_or_create(
            survey=survey, defaults={"figures": {}, "as_of": timezone.now(), "frames": -1}
        )
        summary = Summary.objects.select_for_update().get(survey=survey)
        moved_to = frames_at(survey)
        if summary.frames != moved_to:
            summary.as_of = timezone.now()
            summary.figures = figures(survey) | {"as_of": summary.as_of.isoformat()}
            summary.frames = moved_to
            summary.save()
    return summary


def frames_at(survey: Survey) -> int:
    """A number that grows whenever a chunk of the survey's frame is rebuilt."""
    return FrameChunk.objects.filter(survey=survey).aggregate(n=Sum("version"))["n"] or 0


def figures(survey: Survey, *, only: pl.Series | None = None) -> Figures:
    """Everything a report says, for all responses but spam.

    Args:
        only: ids of the responses to count; None for all.
    """
    layout = layout_of(survey)
    frame = frame_of(survey, layout)
    if only is not None:
        frame = frame.filter(pl.col("_id").is_in(only.implode()))
    spam = pl.col("_status") == Status.SPAM.value
    counted = frame.filter(~spam)
    return {
        "responses": counted.height,
        "spam": frame.height - counted.height,
        "by_day": by_day(counted),
        "items": {item.key: item_figures(item, counted) for item in layout.items},
    }


def by_day(frame: pl.DataFrame) -> dict[str, int]:
    """Responses received by day (UTC), in order; days without any are left out."""
    days = frame["_received"].dt.date().value_counts().sort("_received")
    return {day.isoformat(): n for day, n in days.iter_rows()}


def item_figures(item: Item, frame: pl.DataFrame) -> Figures:
    """How many stand in each state, and how those who answered are spread.

    Questions that it is made of, such as the rows of a grid, are counted alike in ``rows``.
    """
    states = frame[state_name(item.key)]
    counted = {state: int((states == state.value).sum()) for state in State}
    answered = frame.filter(states == State.ANSWERED.value)
    tally = {} if item.personal else item.tally(answered)
    rows = {name: part for name, part in item.operands().items() if name != item.key}
    return {
        "answered": counted[State.ANSWERED],
        "blank": counted[State.BLANK],
        "not_shown": counted[State.NOT_SHOWN],
        "declined": counted[State.DECLINED],
        **tally,
        "shares": shares(tally.get("counts", {}), counted[State.ANSWERED]),
        "written": written(item, frame),
        **({"rows": {n: item_figures(row, frame) for n, row in rows.items()}} if rows else {}),
    }


def shares(counts: dict[str, int], n: int) -> dict[str, Sequence[float]]:
    """Each code's share of those who answered, and its 95 % Wilson interval."""
    return {code: [count / n if n else 0.0, *wilson(count, n)] for code, count in counts.items()}


def written(item: Item, frame: pl.DataFrame) -> dict[str, int]:
    """How many answered each part beside the item's own, such as the text of "other"."""
    beside = [part for part in item.parts() if part != item.key]
    return {p: int((frame[state_name(p)] == State.ANSWERED.value).sum()) for p in beside}
