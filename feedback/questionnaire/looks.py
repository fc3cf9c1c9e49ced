"""The looks of a survey: its colour, its typeface, its logo, and whether it can be read.

Contrast is measured as WCAG 2.2 defines it: (L1 + 0.05) / (L2 + 0.05), L1 the relative
luminance of the lighter colour and L2 that of the darker. Text needs 4.5 (criterion 1.4.3).
Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from feedback.question_types.base import PictureName
from feedback.questionnaire.problems import Place

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]

LEAST = 4.5
STRONGER = 0.25  # how far the colour under the pointer goes to black, or to white
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True)
class Ground:
    """What text stands on in light or in dark; ``paper`` and ``sheet`` as in tokens.css."""

    paper: str
    sheet: str
    away: str  # where a colour goes to stand out more
    tint: float  # how much of the colour is in the wash


LIGHT = Ground(paper="#fbfaf6", sheet="#ffffff", away=BLACK, tint=0.1)
DARK = Ground(paper="#0f1a20", sheet="#16242b", away=WHITE, tint=0.16)


class Logo(BaseModel):
    """A picture on top of every page of the survey."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image: PictureName = Field(min_length=1, description="A file beside the questionnaire")
    alt: str = Field(min_length=1, max_length=300, description="What it says, in words")


class Looks(BaseModel):
    """What an author may choose; all that is left out is as on our own pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    colour: Colour | None = Field(None, description="Of links and buttons, as #rrggbb")
    dark_colour: Colour | None = Field(None, description="The same in dark; else made from it")
    font: Literal["sans", "serif", "mono"] | None = Field(None, description="Of all text")
    logo: Logo | None = None

    def css(self) -> str:
        """The rules that go after our own stylesheet."""
        rules = f":root{{--heading:var(--{self.font});--body:var(--{self.font})}}"
        light = self.colour and palette(self.colour, LIGHT)
        dark = self.in_the_dark and palette(self.in_the_dark, DARK)
        return "".join(
            (
                rules if self.font else "",
                f":root{{{light}}}" if light else "",
                f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}" if dark else "",
            )
        )

    @property
    def in_the_dark(self) -> str | None:
        """The colour on a dark ground: as chosen, or the light one made light enough."""
        return self.dark_colour or (self.colour and nearest(self.colour, DARK))


def palette(accent: str, ground: Ground) -> str:
    """The tokens that come from one colour, as declarations of CSS."""
    tokens = {
        "accent": accent.lower(),
        "accent-strong": stronger(accent, ground),
        "on-accent": on(accent, ground),
        "wash": wash(accent, ground),
    }
    return ";".join(f"--{name}:{colour}" for name, colour in tokens.items())


def unreadable(looks: Looks) -> Iterator[tuple[Place, str]]:
    """Each chosen colour that some people could not read, with one that they can."""
    for name, colour, ground in (
        ("colour", looks.colour, LIGHT),
        ("dark_colour", looks.dark_colour, DARK),
    ):
        if colour is None:
            continue
        ratio, where = weakest(colour, ground)
        if ratio < LEAST:
            told = f"{math.floor(ratio * 100) / 100:.2f}"
            yield (
                ("looks", name),
                f"{colour} has a contrast of {told}:1 {where}, and everyone can read only"
                f" {LEAST}:1 or more; the nearest that has it is {nearest(colour, ground)}",
            )


def nearest(colour: str, ground: Ground) -> str:
    """The first shade on the way to black, or in the dark to white, that can be read."""
    shades = (mixed(colour, ground.away, share=step / 255) for step in range(256))
    return next(shade for shade in shades if weakest(shade, ground)[0] >= LEAST)


def weakest(accent: str, ground: Ground) -> tuple[float, str]:
    """The smallest contrast of text in this colour or on it, and where that is."""
    words, strong = on(accent, ground), stronger(accent, ground)
    return min(
        (contrast(accent, ground.paper), "on the page"),
        (contrast(accent, ground.sheet), "on the white of fields and cards"),
        (contrast(accent, wash(accent, ground)), "on the tint of chosen options"),
        (contrast(words, accent), "with the words on buttons"),
        (contrast(words, strong), "with the words on a button under the pointer"),
    )


def on(accent: str, ground: Ground) -> str:
    """Black or white: which can be read better on it, with the pointer there as well."""
    under = (accent, stronger(accent, ground))
    return max(WHITE, BLACK, key=lambda words: min(contrast(words, each) for each in under))


def stronger(accent: str, ground: Ground) -> str:
    return mixed(accent, ground.away, share=STRONGER)


def wash(accent: str, ground: Ground) -> str:
    return mixed(ground.paper, accent, share=ground.tint)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance: 0 for black, 1 for white."""
    parts = [part / 255 for part in channels(colour)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def mixed(colour: str, other: str, *, share: float) -> str:
    """``colour`` with this share of ``other`` in it."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(colour: str) -> bytes:
    """Red, green and blue, 0 to 255 each."""
    return bytes.fromhex(colour[1:])
