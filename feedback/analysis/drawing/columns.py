"""Columns that stand: a histogram, or how many came on each day or in each hour."""

from collections.abc import Sequence
from dataclasses import dataclass

from feedback.analysis.drawing.axis import thinned, ticks
from feedback.analysis.drawing.canvas import SMALL, WIDTH, Canvas
from feedback.analysis.drawing.lettering import fitted, width_of
from feedback.analysis.drawing.numbers import counted

HIGH = 170.0
WIDEST_LABEL = 110.0


@dataclass(frozen=True)
class Column:
    """One class of a histogram, one day, one hour: its label and how many fell into it."""

    label: str
    n: float


def columns(
    rows: Sequence[Column],
    *,
    title: str,
    desc: str,
    across: str = "",
    up: str = "",
    touching: bool = False,
    rtl: bool = False,
) -> str:
    """Columns side by side over an axis; of labels that would run together some are left out.

    Args:
        across: what the columns are, such as a unit; stands below them.
        up: what is counted; stands above the scale.
        touching: for classes that follow on each other without a gap.
    """
    marks = ticks(max((row.n for row in rows), default=0))
    top, bottom = (2.2 * SMALL if up else 8.0), HIGH
    left = max(width_of(counted(mark), size=SMALL) for mark in marks) + 8
    canvas = Canvas(rtl=rtl)
    if up:
        canvas.label(0, 0, up, width=WIDTH, size=SMALL, lines=1)
    scale(canvas, marks, left=left, top=top, bottom=bottom)
    each = (WIDTH - left) / max(len(rows), 1)
    gap = 0.0 if touching and each < 3 else min(each * (0.04 if touching else 0.22), 8.0)
    for i, row in enumerate(rows):
        high = (bottom - top) * row.n / marks[-1]
        canvas.rect(left + i * each + gap / 2, bottom - high, each - gap, high, "bar")
    canvas.line([(left, bottom), (WIDTH - 0.5, bottom)], "ink")
    middles = [left + (i + 0.5) * each for i in range(len(rows))]
    below = labels(canvas, [row.label for row in rows], middles, y=bottom + 4)
    if across:
        below = canvas.label(left, below, across, width=WIDTH - left, size=SMALL, lines=1)
    return canvas.svg(height=below + 4, title=title, desc=desc)


def scale(
    canvas: Canvas, marks: Sequence[float], *, left: float, top: float, bottom: float
) -> None:
    """Lines across the sheet at round numbers."""
    for mark in marks:
        y = bottom - (bottom - top) * mark / marks[-1]
        canvas.line([(left, y), (WIDTH - 0.5, y)], "line")
        words = counted(mark)
        canvas.text(left - 6, y + 4, words, ink="quiet", size=SMALL, anchor="end")


def labels(canvas: Canvas, words: Sequence[str], middles: Sequence[float], *, y: float) -> float:
    """As many labels as can stand side by side, each on the sheet. Returns where they end."""
    room = max(WIDEST_LABEL, 0.9 * (middles[1] - middles[0]) if len(middles) > 1 else WIDTH)
    cut = [(fitted(one, width=min(room, WIDTH), size=SMALL) or [""])[0] for one in words]
    widths = [width_of(one, size=SMALL) for one in cut]
    placed = [
        min(max(middle, width / 2), WIDTH - width / 2)
        for middle, width in zip(middles, widths, strict=True)
    ]
    for i in thinned(placed, widths):
        canvas.text(placed[i], y + SMALL, cut[i], ink="quiet", size=SMALL, anchor="middle")
    return y + 1.5 * SMALL
