"""A selection on a frame: filters on closed answers without asking the database again.

What a frame does not know, such as words, tags and notes, the database is asked for, and
the responses that it names are looked up in the frame. Both ways give the same responses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl

from feedback.frames.layout import state_name
from feedback.models import Revision, Survey
from feedback.question_types.base import Item, operands
from feedback.question_types.columns import State
from feedback.responses.asked import ANSWER, STATES, STATUS_NAMES
from feedback.responses.chosen import begin, end
from feedback.responses.selection import Selection


def condition(
    selection: Selection, *, survey: Survey, items: Sequence[Item], reader: Any = None
) -> pl.Expr:
    """What holds for the rows of a frame that meet every filter.

    Args:
        reader: the user whom "me" means.

    Raises:
        BadSelection: as ``Selection.responses``.
    """
    conditions = list(conditions_of(selection, survey=survey, items=items))
    if rest := left_over(selection):
        rows = rest.responses(survey, items, reader=reader)
        ids = pl.Series("id", list(rows.values_list("pk", flat=True)), dtype=pl.Int64)
        conditions.append(pl.col("_id").is_in(ids.implode()))
    return reduce(and_, conditions, pl.lit(True))


def left_over(selection: Selection) -> Selection:
    """The filters that only the database can tell."""
    return replace(
        selection,
        statuses=(),
        languages=(),
        revisions=(),
        sources=(),
        since=None,
        until=None,
        answers={},
        states={k: names for k, names in selection.states.items() if not all_states(names)},
        spans={},
        every=tuple(name for name in selection.every if not name.startswith(ANSWER)),
    )


def all_states(names: Sequence[str]) -> bool:
    """Whether these are states that a frame tells apart: not the ways to decline."""
    return all(isinstance(STATES[name], State) for name in names)


def conditions_of(
    selection: Selection, *, survey: Survey, items: Sequence[Item]
) -> Iterator[pl.Expr]:
    """The filters that a frame can tell, each as an expression over its rows."""
    if selection.statuses:
        yield pl.col("_status").is_in([STATUS_NAMES[name].value for name in selection.statuses])
    if selection.languages:
        yield pl.col("_language").cast(pl.String).is_in(list(selection.languages))
    if selection.revisions:
        named = Revision.objects.filter(survey=survey, number__in=selection.revisions)
        yield pl.col("_revision").is_in(list(named.values_list("pk", flat=True)))
    if selection.sources:
        yield pl.col("_source").cast(pl.String).is_in(list(selection.sources))
    if selection.since:
        yield pl.col("_received") >= begin(selection.since)
    if selection.until:
        yield pl.col("_received") <= end(selection.until)
    yield from by_answer(selection, operands(items))


def by_answer(selection: Selection, parts: dict[str, Item]) -> Iterator[pl.Expr]:
    for key, codes in selection.answers.items():
        join = and_ if ANSWER + key in selection.every else or_
        marks = parts[key].marks()
        yield stands(key, [State.ANSWERED]) & reduce(join, (marks[code] for code in codes))
    for key, names in selection.states.items():
        if all_states(names):
            yield stands(key, [STATES[name] for name in names])
    for key, (least, most) in selection.spans.items():
        yield stands(key, [State.ANSWERED])
        if least is not None:
            yield pl.col(key) >= comparable(least, parts[key])
        if most is not None:
            yield pl.col(key) <= comparable(most, parts[key])


def stands(key: str, states: Sequence[Any]) -> pl.Expr:
    return pl.col(state_name(key)).is_in([state.value for state in states])


def comparable(bound: Any, item: Item) -> Any:
    """An end of a range, as stored, as what frames hold."""
    span = item.span
    assert span is not None
    read = {"date": date.fromisoformat, "time": time.fromisoformat}.get(span.input)
    return pl.lit(read(bound)) if read else bound
