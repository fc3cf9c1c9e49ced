"""Lines over time or over steps, each with dashes of its own and its name at its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback.analysis.drawing.axis import thinned, ticks
from feedback.analysis.drawing.canvas import SMALL, WIDTH, Canvas, Point
from feedback.analysis.drawing.inks import DASHES, SERIES
from feedback.analysis.drawing.lettering import fitted, width_of
from feedback.analysis.drawing.numbers import plain_number

MOST = len(SERIES)
HIGH = 200.0
NAME = 110.0  # at most, for the name beside a line's end


@dataclass(frozen=True)
class Line:
    """One line: its name, and its points in the order they are drawn."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Field:
    """Where the lines are drawn, and which values its sides stand for."""

    left: float
    right: float
    top: float
    bottom: float
    first: float
    last: float
    most: float

    def at(self, point: Point) -> Point:
        x, y = point
        along = (x - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        up = min(max(y / self.most, 0.0), 1.0)
        return (
            self.left + (self.right - self.left) * min(max(along, 0.0), 1.0),
            self.bottom - (self.bottom - self.top) * up,
        )


def lines(
    series: Sequence[Line],
    *,
    title: str,
    desc: str,
    marks: Sequence[tuple[float, str]],
    top: float | None = None,
    words: Callable[[float], str] = plain_number,
    across: str = "",
    up: str = "",
    steps: bool = False,
    rtl: bool = False,
) -> str:
    """Lines from 0 up, all on one scale.

    Args:
        marks: places along the axis with their labels.
        top: the highest value of the scale; None for a round number above all points.
        words: how a value of the scale is written.
        across, up: what the axes are.
        steps: a value holds until the next one, as of a survival curve.

    Raises:
        ValueError: more lines than can be told apart.
    """
    if len(series) > MOST:
        raise ValueError(f"{len(series)} lines; at most {MOST} can be told apart")
    points = [point for line in series for point in line.points]
    highest = top if top is not None else max((y for _x, y in points), default=0.0)
    scale = ticks(highest)
    names = [(fitted(line.label, width=NAME, size=SMALL) or [""])[0] for line in series]
    beside = max((width_of(name, size=SMALL) for name in names), default=0.0) + 14
    places = [x for x, _y in points] + [x for x, _words in marks]
    field = Field(
        left=max(width_of(words(value), size=SMALL) for value in scale) + 8,
        right=WIDTH - beside,
        top=2.2 * SMALL if up else 8.0,
        bottom=HIGH,
        first=min(places, default=0.0),
        last=max(places, default=1.0),
        most=scale[-1],
    )
    canvas = Canvas(rtl=rtl)
    if up:
        canvas.label(0, 0, up, width=WIDTH, size=SMALL, lines=1)
    for value in scale:
        _x, y = field.at((field.first, value))
        canvas.line([(field.left, y), (field.right, y)], "line")
        canvas.text(field.left - 6, y + 4, words(value), ink="quiet", size=SMALL, anchor="end")
    canvas.line([(field.left, HIGH), (field.right, HIGH)], "ink")
    for line, ink, dash in zip(series, SERIES, DASHES, strict=False):
        drawn = [field.at(point) for point in line.points]
        if drawn:
            canvas.line(stepped(drawn) if steps else drawn, ink, thick=2.2, dash=dash)
    name_ends(canvas, series, names, field)
    below = mark(canvas, marks, field)
    if across:
        below = canvas.label(field.left, below, across, width=WIDTH / 2, size=SMALL, lines=1)
    return canvas.svg(height=below + 4, title=title, desc=desc)


def stepped(points: Sequence[Point]) -> list[Point]:
    """The same points with a corner before each that is not the first."""
    corners = [(after[0], before[1]) for before, after in pairwise(points)]
    return [points[0], *(p for pair in zip(corners, points[1:], strict=True) for p in pair)]


def name_ends(canvas: Canvas, series: Sequence[Line], names: Sequence[str], field: Field) -> None:
    """Each name where its line ends, moved apart where two lines end together."""
    ends = [(field.at(line.points[-1]), i) for i, line in enumerate(series) if line.points]
    apart = 1.25 * SMALL
    y = field.top - apart
    heights = {}
    for (_x, end), i in sorted(ends, key=lambda found: found[0][1]):
        y = max(end, y + apart)
        heights[i] = y
    over = max(max(heights.values(), default=0.0) - (field.bottom - 2), 0.0)
    for (x, end), i in ends:
        at = max(heights[i] - over, SMALL)
        if abs(at - end) > 4 or x < field.right - 2:
            canvas.line([(x, end), (field.right + 8, at)], "quiet", thick=0.6)
        canvas.text(field.right + 11, at + 4, names[i], ink=SERIES[i], size=SMALL)


def mark(canvas: Canvas, marks: Sequence[tuple[float, str]], field: Field) -> float:
    """The labels along the axis. Returns where they end."""
    words = [(fitted(label, width=NAME, size=SMALL) or [""])[0] for _at, label in marks]
    widths = [width_of(one, size=SMALL) for one in words]
    placed = [
        min(max(field.at((at, 0.0))[0], width / 2), WIDTH - width / 2)
        for (at, _label), width in zip(marks, widths, strict=True)
    ]
    for i in thinned(placed, widths):
        canvas.text(placed[i], HIGH + 4 + SMALL, words[i], ink="quiet", size=SMALL, anchor="middle")
    return HIGH + 4 + 1.5 * SMALL
