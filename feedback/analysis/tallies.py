"""One item's figures: who answered, how the answers are spread, and how sure that is."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from feedback.analysis.intervals import effective_n, mean_interval, nps_interval, wilson
from feedback.analysis.sample import WEIGHT
from feedback.frames.layout import length_name, state_name
from feedback.question_types.base import Item
from feedback.question_types.columns import Dtype, State
from feedback.question_types.counted import Numbers, spread

Figures = dict[str, Any]
QUARTILES = {"q25": 0.25, "q50": 0.5, "q75": 0.75}


def item_figures(item: Item, frame: pl.DataFrame) -> Figures:
    """How many stand in each state, and how those who answered are spread.

    Questions that it is made of, such as the rows of a grid, are counted alike in ``rows``.
    Weighted figures, where the frame has weights, stand beside the others in ``weighted``.
    """
    counted = states(frame, state_name(item.key))
    answered = those_who_answered(item, frame)
    tally = {} if item.personal else item.tally(answered)
    rows = {name: part for name, part in item.operands().items() if name != item.key}
    n = counted["answered"]
    return {
        **counted,
        **tally,
        **intervals(tally, n),
        "shares": shares(tally.get("counts", {}), n),
        **of_several(tally, counted),
        "written": written(item, frame),
        **lengths(item, frame),
        **({"weighted": weighted(item, answered)} if WEIGHT in frame.columns and tally else {}),
        **({"rows": {n: item_figures(row, frame) for n, row in rows.items()}} if rows else {}),
    }


def states(frame: pl.DataFrame, column: str) -> dict[str, int]:
    sums = {state.name.lower(): (pl.col(column) == state.value).sum() for state in State}
    return frame.select(**sums).row(0, named=True)


def those_who_answered(item: Item, frame: pl.DataFrame) -> pl.DataFrame:
    """Their rows, with just what the item's figures are made of."""
    names = [column.name for column in item.columns() if column.closed]
    names += [WEIGHT] if WEIGHT in frame.columns else []
    own = [state_name(name) for name in item.operands()]  # marks of a grid ask its rows' states
    answered = pl.col(state_name(item.key)) == State.ANSWERED.value
    return frame.lazy().filter(answered).select([*names, *own]).collect()


def shares(counts: Mapping[str, float], n: float) -> dict[str, Sequence[float]]:
    """Each code's share of those who answered, and its 95 % Wilson interval."""
    return {code: [count / n if n else 0.0, *wilson(count, n)] for code, count in counts.items()}


def intervals(tally: Figures, n: float) -> Figures:
    """The 95 % intervals of the mean and of the score, where it has them."""
    found: Figures = {}
    if tally.get("mean") is not None and tally.get("deviation") is not None:
        found["mean_interval"] = mean_interval(tally["mean"], tally["deviation"], n)
    if "promoters" in tally and n:
        found["score_interval"] = nps_interval(tally["promoters"], tally["detractors"], n)[1:]
    if "top_2" in tally and n:
        found["top_2_share"] = [tally["top_2"] / n, *wilson(tally["top_2"], n)]
    return found


def of_several(tally: Figures, counted: Mapping[str, int]) -> Figures:
    """Where several may be chosen: each option's share of those who saw it, and of all choices."""
    if not tally.get("several"):
        return {}
    counts = tally["counts"]
    seen = counted["answered"] + counted["blank"] + counted["declined"]
    chosen = sum(counts.values())
    return {
        "of_seen": {code: count / seen if seen else 0.0 for code, count in counts.items()},
        "of_choices": {code: count / chosen if chosen else 0.0 for code, count in counts.items()},
    }


def written(item: Item, frame: pl.DataFrame) -> dict[str, int]:
    """How many answered each part beside the item's own, such as the text of "other"."""
    beside = [part for part in item.parts() if part != item.key]
    return {p: int((frame[state_name(p)] == State.ANSWERED.value).sum()) for p in beside}


def lengths(item: Item, frame: pl.DataFrame) -> Figures:
    """Of an item that is answered in words: how long the answers are, in characters."""
    own = [c for c in item.columns() if c.part == item.key and c.dtype is Dtype.TEXT]
    if not own or item.personal:
        return {}
    answered = frame[state_name(item.key)] == State.ANSWERED.value
    found = Numbers.of(frame[length_name(own[0].name)].filter(answered))
    return {"length": spread(found, (0.25, 0.5, 0.75))}


def weighted(item: Item, answered: pl.DataFrame) -> Figures:
    """Weighted shares, mean and quartiles, what follows, and the effective n behind these."""
    weights = answered[WEIGHT]
    total, squares = float(weights.sum()), float((weights * weights).sum())
    n = effective_n(total, squares)
    counts = weighted_counts(item, answered)
    scaled = {code: part / total * n if total else 0.0 for code, part in counts.items()}
    derived = item.derived(scaled)
    figures = {**derived, **weighted_spread(item, answered)}
    return {"n": n, "shares": shares(scaled, n), **figures, **intervals(figures, n)}


def weighted_counts(item: Item, answered: pl.DataFrame) -> dict[str, float]:
    """The sum of the weights of those who chose each code."""
    if item.grouped_by:
        by = answered.group_by(item.grouped_by).agg(pl.col(WEIGHT).sum())
        found = dict(by.iter_rows())
        return {code: found.get(value, 0.0) for code, value in item.values().items()}
    sums = {code: (mark * pl.col(WEIGHT)).sum() for code, mark in item.marks().items()}
    numbered = answered.select(e.alias(str(i)) for i, e in enumerate(sums.values()))
    return dict(zip(sums, numbered.row(0), strict=True)) if sums else {}


def weighted_spread(item: Item, answered: pl.DataFrame) -> Figures:
    """Weighted mean, deviation and quartiles; None without any number."""
    if not item.scored_by:
        return {}
    known = answered.select(x=pl.col(item.scored_by).cast(pl.Float64), w=WEIGHT).drop_nulls()
    by_value = known.group_by("x").agg(pl.col("w").sum()).sort("x")
    values, weights = by_value["x"].to_numpy(), by_value["w"].to_numpy()
    total = float(weights.sum())
    if not total:
        return dict.fromkeys(["mean", "deviation", *QUARTILES])
    mean = float(values @ weights) / total
    squares = float((values - mean) ** 2 @ weights)
    at = {name: weighted_quantile(values, weights, q) for name, q in QUARTILES.items()}
    return {"mean": mean, "deviation": (squares / total) ** 0.5, **at}


def weighted_quantile(values: Any, weights: Any, q: float) -> float:
    """The value up to which the share ``q`` of all weight lies.

    Where it is reached exactly, the middle between that value and the next: SAS procedures
    guide, UNIVARIATE, percentile definition 5 with weights, as statsmodels has it.

    Args:
        values: each once, in order.
        weights: the sum of those of each value.
    """
    ends = weights.cumsum()
    wanted = q * ends[-1]
    at = min(int(ends.searchsorted(wanted)), len(values) - 1)
    exactly = abs(ends[at] - wanted) <= 1e-9 * ends[-1]
    if exactly and at + 1 < len(values):
        return float(values[at] + values[at + 1]) / 2
    return float(values[at])
