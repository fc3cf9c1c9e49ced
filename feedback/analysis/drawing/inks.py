"""Colours of pictures: as attributes for wherever they are read, as classes for our pages.

An attribute is what every reader of SVG understands, a mail program and a PDF included. A
page of ours overrides it by class with a token (static/css/drawing.css), a picture that was
downloaded by its own small style, which holds nothing but what dark surroundings change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEPS = 5  # grades of agreement on each side of the middle


@dataclass(frozen=True)
class Ink:
    """One colour: the token that pages know it by, and its value on light and on dark."""

    token: str
    light: str
    dark: str


def mixed(pale: str, strong: str, part: float) -> str:
    """A colour between two, ``part`` of the way from the first to the second."""
    pairs = ((int(pale[i : i + 2], 16), int(strong[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in pairs)


def graded(side: str, pale: Sequence[str], strong: Sequence[str]) -> dict[str, Ink]:
    """Grades from pale, at the middle, to strong, at the end; each on light and on dark."""
    parts = {f"{side}-{step + 1}": step / (STEPS - 1) for step in range(STEPS)}
    return {
        name: Ink(name, *(mixed(p, s, part) for p, s in zip(pale, strong, strict=True)))
        for name, part in parts.items()
    }


INKS: Mapping[str, Ink] = {
    "ink": Ink("ink", "#17262e", "#e6edee"),
    "quiet": Ink("quiet", "#4f626c", "#a3b5bb"),
    "line": Ink("line", "#cfd8d8", "#2d3f47"),
    "wash": Ink("wash", "#e4f0f2", "#17323b"),
    "sheet": Ink("sheet", "#ffffff", "#16242b"),
    "bar": Ink("bar", "#2f8aa6", "#57aec8"),
    # Neighbours differ in lightness, so that they can be told apart without colour.
    "series-1": Ink("series-1", "#0d5c75", "#8fd6ea"),
    "series-2": Ink("series-2", "#c47a12", "#c08a3e"),
    "series-3": Ink("series-3", "#6d2a63", "#eebfe6"),
    "series-4": Ink("series-4", "#348f52", "#4d9c66"),
    "series-5": Ink("series-5", "#7b2418", "#ffc4b5"),
    "series-6": Ink("series-6", "#6f7fc0", "#7586cf"),
    "middle": Ink("middle", "#e2e7e7", "#33444b"),
    **graded("against", ("#ecbfa6", "#5b3a30"), ("#9c3d1c", "#f0a184")),
    **graded("for", ("#a5d0dd", "#24505e"), ("#0b5a73", "#86d3e9")),
}
SERIES = tuple(name for name in INKS if name.startswith("series-"))
# On and off, in units of the picture; none for a line without gaps.
DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 2", "14 4")


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rules_of_pages() -> str:
    """The rules that give each ink its token within a page of ours."""
    return "\n".join(
        f".drawing .fill-{name} {{ fill: var(--{ink.token}, {ink.light}); }} "
        f".drawing .stroke-{name} {{ stroke: var(--{ink.token}, {ink.light}); }}"
        for name, ink in INKS.items()
    )


def rules_when_dark() -> str:
    """The style of a picture that stands alone: what dark surroundings change."""
    rules = (
        f".fill-{name}{{fill:{ink.dark}}}.stroke-{name}{{stroke:{ink.dark}}}"
        for name, ink in INKS.items()
    )
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
