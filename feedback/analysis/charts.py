"""Figures as rows and shapes for templates: every picture is a table first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.question_types.columns import Message

MOST_AT_ONCE = 15  # bars; what was chosen less often is for who asks for it


@dataclass(frozen=True)
class Bar:
    """One code's row: how many chose it, their share with its interval, all in per cent.

    Attributes:
        weighted: share and its interval after weighting; () without weights.
        of_seen: of several answers, the share of those who saw the question.
    """

    code: str
    label: Message
    n: int
    share: float
    low: float
    high: float
    weighted: tuple[float, ...] = ()
    of_seen: float | None = None

    @property
    def shape(self) -> dict[str, str]:
        """Where it is drawn in a box of 100 by 10; as text, so that no locale moves the point."""
        numbers = {"width": self.share, "low": self.low, "span": self.high - self.low}
        if self.weighted:
            numbers["weighted"] = self.weighted[0]
        return {name: f"{value:.2f}" for name, value in numbers.items()}


def bars(figures: Mapping[str, Any], labels: Mapping[str, Message]) -> list[Bar]:
    """An item's counts as bars, in the order of its labels, or the largest first if many."""
    shares = figures.get("shares", {})
    counts = figures.get("counts", {})
    order = [code for code in labels if code in counts]
    if len(labels) > MOST_AT_ONCE:
        order.sort(key=lambda code: (-counts[code], str(labels[code])))
    weighted = figures.get("weighted", {}).get("shares", {})
    seen = figures.get("of_seen", {})
    return [
        Bar(
            code,
            labels[code],
            counts[code],
            share=100 * shares[code][0],
            low=100 * shares[code][1],
            high=100 * shares[code][2],
            weighted=tuple(100 * part for part in weighted.get(code, ())),
            of_seen=100 * seen[code] if code in seen else None,
        )
        for code in order
    ]


@dataclass(frozen=True)
class Standing:
    """How one option of a ranking fared; the mean rank is None where nobody ranked it."""

    label: Message
    mean_rank: float | None
    borda: float


def standings(figures: Mapping[str, Any], labels: Mapping[str, Message]) -> list[Standing]:
    """The options of a ranking, the best first; none without answers to a ranking."""
    scores = {code: score for code, score in figures.get("borda", {}).items() if score is not None}
    order = sorted(scores, key=lambda code: -scores[code])
    means = figures.get("mean_ranks", {})
    return [Standing(labels.get(code, code), means.get(code), scores[code]) for code in order]


@dataclass(frozen=True)
class Post:
    """One day in a row of columns: where it stands in a box of 100 high."""

    label: str
    n: int
    x: int
    top: str
    height: str


def posts(by_day: Mapping[str, int]) -> Sequence[Post]:
    """Days as columns, in order, 10 units apart; of no height where nothing came."""
    highest = max(by_day.values(), default=0) or 1
    heights = {day: 100 * n / highest for day, n in sorted(by_day.items())}
    return [
        Post(day, by_day[day], 10 * i, f"{100 - height:.1f}", f"{height:.1f}")
        for i, (day, height) in enumerate(heights.items())
    ]
