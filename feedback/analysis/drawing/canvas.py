"""A sheet that shapes are put on from its start, and the SVG that comes of it.

Whoever draws counts from the start of the line. Where that is on the right, the sheet turns
each place and each anchor around itself and says ``direction="ltr"`` of the whole, so that
every program that reads it understands the anchors alike, whatever page it stands in.
"""

import re
from collections.abc import Sequence
from html import escape

from feedback.analysis.drawing.inks import INKS, rules_when_dark
from feedback.analysis.drawing.lettering import FONTS, fitted, plain, written

WIDTH = 440.0  # narrow enough to be read on a phone
SIZE = 14.0
SMALL = 12.0
MARGIN = 12  # around a picture that stands alone
TURNED = {"start": "end", "end": "start", "middle": "middle"}
Point = tuple[float, float]


def number(value: float) -> str:
    """As SVG writes it, with a point in every language."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


class Canvas:
    """Shapes put on one after the other; the later cover the earlier."""

    def __init__(self, *, rtl: bool, width: float = WIDTH) -> None:
        self.width, self.rtl = width, rtl
        self.parts: list[str] = []

    def at(self, x: float, *, wide: float = 0.0) -> float:
        """Where on the sheet something begins that is so wide."""
        return self.width - x - wide if self.rtl else x

    def rect(self, x: float, y: float, width: float, height: float, ink: str) -> None:
        box = (self.at(x, wide=width), y, width, height)
        attributes = zip(("x", "y", "width", "height"), map(number, box), strict=True)
        placed = " ".join(f'{name}="{value}"' for name, value in attributes)
        self.parts.append(f'<rect class="fill-{ink}" {placed} fill="{INKS[ink].light}"/>')

    def line(
        self, points: Sequence[Point], ink: str, *, thick: float = 1.0, dash: str = ""
    ) -> None:
        """A line through points; one point alone is drawn as a dot."""
        places = [f"{number(self.at(x))} {number(y)}" for x, y in points]
        gaps = f' stroke-dasharray="{dash}"' if dash else ""
        path = "M" + "L".join(places) + ("h0" if len(places) == 1 else "")
        self.parts.append(
            f'<path class="stroke-{ink}" d="{path}" fill="none" stroke="{INKS[ink].light}" '
            f'stroke-width="{number(thick)}" stroke-linecap="{"butt" if dash else "round"}" '
            f'stroke-linejoin="round"{gaps}/>'
        )

    def strokes(self, pairs: Sequence[tuple[Point, Point]], ink: str, *, thick: float) -> None:
        """Many short lines as one path, which programs draw far quicker."""
        if pairs:
            path = "".join(
                f"M{number(self.at(x))} {number(y)}L{number(self.at(u))} {number(v)}"
                for (x, y), (u, v) in pairs
            )
            self.parts.append(
                f'<path class="stroke-{ink}" d="{path}" fill="none" '
                f'stroke="{INKS[ink].light}" stroke-width="{number(thick)}"/>'
            )

    def shape(self, points: Sequence[Point], ink: str, *, edge: str) -> None:
        """A filled shape with an edge of another ink."""
        path = "L".join(f"{number(self.at(x))} {number(y)}" for x, y in points)
        self.parts.append(
            f'<path class="fill-{ink} stroke-{edge}" d="M{path}Z" fill="{INKS[ink].light}" '
            f'stroke="{INKS[edge].light}" stroke-width="1.5"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ink: str = "ink",
        size: float = SIZE,
        anchor: str = "start",
    ) -> None:
        """One line of text; ``y`` is where it stands on."""
        anchor = TURNED[anchor] if self.rtl else anchor
        self.parts.append(
            f'<text class="fill-{ink}" x="{number(self.at(x))}" y="{number(y)}" '
            f'font-size="{number(size)}" text-anchor="{anchor}" fill="{INKS[ink].light}">'
            f"{written(plain(text))}</text>"
        )

    def label(
        self, x: float, y: float, text: str, *, width: float, size: float = SIZE, lines: int = 2
    ) -> float:
        """A label on as many lines as it takes. Returns where it ends."""
        for line in fitted(text, width=width, size=size, lines=lines) or [""]:
            self.text(x, y + size, line, size=size)
            y += 1.3 * size
        return y

    def svg(self, *, height: float, title: str, desc: str) -> str:
        """The whole, named and described for whoever does not see it."""
        wide, high = number(self.width), number(height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" '
            f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" direction="ltr" '
            f'font-family="{FONTS}">'
            f"<title>{escape(plain(title))}</title><desc>{escape(plain(desc))}</desc>"
            f"{''.join(self.parts)}</svg>"
        )


def standalone(svg: str, *, dark: bool = True) -> str:
    """A picture as a file of its own: on a sheet, and dark where its reader is.

    Args:
        dark: False for programs that draw it once and for all.
    """
    style = f"<style>{rules_when_dark()}</style>" if dark else ""
    # Whatever anybody typed is escaped and comes later, so the first of each is ours.
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"', svg)
    assert found, "no picture of ours"
    size = [number(float(side) + 2 * MARGIN) for side in found.groups()]
    box = f'width="{size[0]}" height="{size[1]}"'
    wider = f'viewBox="-{MARGIN} -{MARGIN} {" ".join(size)}" {box}'
    head, end, body = svg.replace(found[0], wider, 1).partition("</desc>")
    place = f'x="-{MARGIN}" y="-{MARGIN}" {box}'
    sheet = f'<rect class="fill-sheet" {place} fill="{INKS["sheet"].light}"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{end}{style}{sheet}{body}\n'
