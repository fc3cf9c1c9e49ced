"""Stacked bars on both sides of a middle: ordered answers, such as from against to for.

The answers below the middle are hatched besides, so that the two sides can be told apart
in greyscale also where no answer stands between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feedback.analysis.drawing.canvas import SMALL, WIDTH, Canvas, Point
from feedback.analysis.drawing.inks import STEPS
from feedback.analysis.drawing.lettering import fitted, width_of
from feedback.analysis.drawing.numbers import per_cent

MOST_STEPS = 2 * STEPS + 1
ROOM = 56.0  # on either side, for the sum of that side
THICK = 18.0
GAP = 12.0


@dataclass(frozen=True)
class Row:
    """One item: the share of each answer, from 0 to 1, in the order of the scale."""

    label: str
    shares: Sequence[float]


def inks(steps: int) -> list[str]:
    """The ink of each answer of a scale, strong at its ends."""
    side = steps // 2
    grades = [1 + round(i * (STEPS - 1) / max(side - 1, 1)) for i in range(side)]
    grades = grades if side > 1 else [STEPS - 1] * side
    middle = ["middle"] * (steps % 2)
    return [f"against-{g}" for g in reversed(grades)] + middle + [f"for-{g}" for g in grades]


def diverging(
    rows: Sequence[Row], *, scale: Sequence[str], title: str, desc: str, rtl: bool = False
) -> str:
    """Each item over its bar; the middle of the scale stands in the middle of the sheet.

    Args:
        scale: the words of the answers, in order, as many as each row has shares.

    Raises:
        ValueError: more answers than can be told apart.
    """
    if not 2 <= len(scale) <= MOST_STEPS:
        raise ValueError(f"a scale of {len(scale)}; 2 to {MOST_STEPS} can be told apart")
    canvas = Canvas(rtl=rtl)
    y = legend(canvas, scale) + GAP
    unit = (WIDTH / 2 - ROOM) / (max((reach(row.shares) for row in rows), default=1.0) or 1.0)
    for row in rows:
        y = draw(canvas, row, y, unit=unit)
    return canvas.svg(height=y, title=title, desc=desc)


def sides(shares: Sequence[float]) -> tuple[float, float]:
    """The sums below and above the middle; what is in the middle belongs to neither."""
    side = len(shares) // 2
    return sum(shares[:side]), sum(shares[len(shares) - side :])


def reach(shares: Sequence[float]) -> float:
    """How far the longer side of a bar goes from the middle."""
    below, above = sides(shares)
    return max(below, above) + (sum(shares) - below - above) / 2


def draw(canvas: Canvas, row: Row, y: float, *, unit: float) -> float:
    """One row from ``y`` on. Returns where it ends."""
    y = canvas.label(0, y, row.label, width=WIDTH) + 2
    below, above = sides(row.shares)
    between = max(sum(row.shares) - below - above, 0.0)
    x = WIDTH / 2 - unit * (below + between / 2)
    for i, (share, ink) in enumerate(zip(row.shares, inks(len(row.shares)), strict=True)):
        wide = unit * share
        canvas.rect(x, y, wide, THICK, ink)
        if i < len(row.shares) // 2:
            hatch(canvas, x, y, wide, THICK)
        x += wide
        if 0 < i + 1 < len(row.shares) and wide > 0:
            canvas.line([(x, y + 0.5), (x, y + THICK - 0.5)], "sheet")
    canvas.line([(WIDTH / 2, y - 2), (WIDTH / 2, y + THICK + 2)], "ink")
    for side, at, anchor in ((below, 0.0, "start"), (above, WIDTH, "end")):
        words = per_cent(side, places=0)
        canvas.text(at, y + THICK - 4, words, ink="quiet", size=SMALL, anchor=anchor)
    return y + THICK + GAP


def hatch(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Slanted lines in a box, drawn rather than named as a pattern: every reader knows lines."""
    strokes: list[tuple[Point, Point]] = []
    start = x + 3
    while start < x + width + height:
        left, right = max(start - height, x), min(start, x + width)
        if right - left > 1.5:  # a little shorter than the box, so that no end stands out
            ends = (left + 0.5, y + start - left - 0.5), (right - 0.5, y + start - right + 0.5)
            strokes.append(ends)
        start += 6
    canvas.strokes(strokes, "sheet", thick=0.8)


def legend(canvas: Canvas, scale: Sequence[str]) -> float:
    """What each ink means, in rows. Returns where it ends."""
    x = y = 0.0
    side = len(scale) // 2
    for i, (words, ink) in enumerate(zip(scale, inks(len(scale)), strict=True)):
        (line,) = fitted(words, width=WIDTH - 20, size=SMALL) or [""]
        wide = 18 + width_of(line, size=SMALL) + 12
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 1.5 * SMALL
        canvas.rect(x, y + 1, 13, 13, ink)
        if i < side:
            hatch(canvas, x, y + 1, 13, 13)
        canvas.text(x + 18, y + SMALL, line, size=SMALL)
        x += wide
    return y + 1.5 * SMALL
