"""Bars that lie: how often each answer was given, with how exact that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from feedback.analysis.drawing.canvas import SIZE, SMALL, WIDTH, Canvas
from feedback.analysis.drawing.lettering import width_of
from feedback.analysis.drawing.numbers import counted, per_cent

MOST = 15  # rows; whoever has more sums up the rest in one
THICK = 12.0
GAP = 12.0


@dataclass(frozen=True)
class Bar:
    """One answer; shares from 0 to 1.

    Attributes:
        n: how many gave it.
        low, high: the ends of its interval; None for none.
        weighted: its share after weighting; None without.
    """

    label: str
    n: int
    share: float
    low: float | None = None
    high: float | None = None
    weighted: float | None = None

    @property
    def value(self) -> str:
        return f"{counted(self.n)} · {per_cent(self.share)}"


def bars(rows: Sequence[Bar], *, title: str, desc: str, rtl: bool = False) -> str:
    """Each answer's label and value over its bar; the whole width is all who answered.

    Raises:
        ValueError: there are more rows than can be read in a picture.
    """
    if len(rows) > MOST:
        raise ValueError(f"{len(rows)} rows; sum up those after the first {MOST - 1}")
    canvas, y = Canvas(rtl=rtl), 0.0
    for row in rows:
        y = draw(canvas, row, y)
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        words = per_cent(share, places=0)
        canvas.text(share * WIDTH, y + SMALL, words, ink="quiet", size=SMALL, anchor=anchor)
    y += 1.5 * SMALL
    if any(row.weighted is not None for row in rows):
        diamond(canvas, 6, y + 9)
        canvas.text(18, y + SMALL + 1, _("After weighting"), ink="quiet", size=SMALL)
        y += 1.6 * SMALL
    return canvas.svg(height=y, title=title, desc=desc)


def draw(canvas: Canvas, row: Bar, y: float) -> float:
    """One row from ``y`` on. Returns where it ends."""
    canvas.text(WIDTH, y + SIZE, row.value, anchor="end")
    room = WIDTH - width_of(row.value, size=SIZE) - SIZE
    y = canvas.label(0, y, row.label, width=room)
    middle = y + THICK / 2
    canvas.rect(0, y, WIDTH, THICK, "wash")
    canvas.rect(0, y, within(row.share), THICK, "bar")
    if row.low is not None and row.high is not None:
        for ink, thick in (("sheet", 4.0), ("ink", 1.5)):  # seen on the bar and beside it
            whisker(canvas, within(row.low), within(row.high), middle, ink=ink, thick=thick)
    if row.weighted is not None:
        diamond(canvas, min(max(within(row.weighted), 6), WIDTH - 6), middle)
    return y + THICK + GAP


def within(share: float) -> float:
    return WIDTH * min(max(share, 0.0), 1.0)


def whisker(canvas: Canvas, low: float, high: float, y: float, *, ink: str, thick: float) -> None:
    half = thick / 2  # the ends of the line are round, and stay on the sheet
    low, high = (min(max(x, half), WIDTH - half) for x in (low, high))
    canvas.line([(low, y), (high, y)], ink, thick=thick)
    for x in (low, high):
        canvas.line([(x, y - 3), (x, y + 3)], ink, thick=thick)


def diamond(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)], "sheet", edge="ink")
