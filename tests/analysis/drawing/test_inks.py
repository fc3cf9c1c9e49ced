"""Colours: the same in Python and in the stylesheet, and never the only sign."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from feedback.analysis.drawing import diverging, inks
from feedback.analysis.drawing.inks import DASHES, INKS, SERIES, luminance

APART = 1.25  # contrast of neighbours that can be told apart without colour


def styles(name: str) -> str:
    return Path(settings.BASE_DIR, "static", "css", name).read_text(encoding="utf-8")


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def declared(css: str) -> dict[str, list[str]]:
    """The values of each token, on light and on dark."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css):
        found.setdefault(name, []).append(value)
    return found


def test_pages_and_files_have_the_same_colours() -> None:
    """A picture looks alike on a page, on paper and in a mail."""
    tokens = declared(styles("tokens.css") + styles("drawing.css"))

    assert {n: [ink.light, ink.dark] for n, ink in INKS.items()} == {
        name: tokens[ink.token] for name, ink in INKS.items()
    }
    assert inks.rules_of_pages() in styles("drawing.css")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_line_is_seen_and_differs_from_the_next_without_colour(scheme: str) -> None:
    """WCAG 2.2 asks 3:1 of what carries meaning; greyscale and colour-blind readers count on it."""
    colours = [getattr(INKS[name], scheme) for name in SERIES]
    sheet = getattr(INKS["sheet"], scheme)

    assert min(contrast(colour, sheet) for colour in colours) >= 3
    assert all(contrast(a, b) > APART for a, b in pairwise(colours))
    assert len(set(DASHES)) == len(DASHES) == len(SERIES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("steps", range(2, diverging.MOST_STEPS + 1))
def test_neighbours_on_a_scale_differ_without_colour(scheme: str, steps: int) -> None:
    """In lightness, or by the hatching of all that is below the middle."""
    names = diverging.inks(steps)
    hatched = [i < steps // 2 for i in range(steps)]

    assert len(names) == steps
    for (a, lined), (b, next_lined) in pairwise(zip(names, hatched, strict=True)):
        apart = contrast(getattr(INKS[a], scheme), getattr(INKS[b], scheme))
        assert lined != next_lined or apart > 1.15, (a, b)
