"""What a picture is made of, read back from its SVG."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as Tree

from feedback.analysis.drawing.lettering import width_of

SVG = "{http://www.w3.org/2000/svg}"


class Box(NamedTuple):
    """What a shape or a line of text covers, with the ink it is drawn in."""

    ink: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


def read(svg: str) -> Tree.Element:
    """Raises: ParseError, if it is no XML."""
    return Tree.fromstring(svg)


def size(root: Tree.Element) -> tuple[float, float]:
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    return width, height


def ink_of(element: Tree.Element) -> str:
    return re.split("fill-|stroke-", element.attrib["class"])[1].strip()


def boxes(root: Tree.Element, *kinds: str) -> Iterator[Box]:
    """The shapes of these kinds: rect, path, text."""
    for element in root.iter():
        if element.tag.removeprefix(SVG) in kinds:
            yield box_of(element)


def box_of(element: Tree.Element) -> Box:
    ink = ink_of(element)
    if element.tag == f"{SVG}rect":
        x, y, wide, high = (float(element.attrib[n]) for n in ("x", "y", "width", "height"))
        return Box(ink, x, y, x + wide, y + high)
    if element.tag == f"{SVG}text":
        x, y, tall = (float(element.attrib[n]) for n in ("x", "y", "font-size"))
        wide = width_of("".join(element.itertext()), size=tall)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[element.attrib["text-anchor"]]
        return Box(ink, left, y - 0.8 * tall, left + wide, y + 0.25 * tall)
    half = float(element.attrib.get("stroke-width", "0")) / 2
    points = [tuple(map(float, p.split())) for p in re.split("[MLZ]|h0", element.attrib["d"]) if p]
    # An end that is cut straight covers nothing beyond the point across the line.
    butt = element.attrib.get("stroke-linecap", "butt") == "butt"
    xs, ys = zip(*points, strict=True)
    out = 0.0 if butt else half
    return Box(ink, min(xs) - out, min(ys) - out, max(xs) + out, max(ys) + out)


def texts(root: Tree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
