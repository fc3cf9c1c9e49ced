"""Looks: a colour that some people cannot read is refused, with one that they can."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.questionnaire.definition import check
from feedback.questionnaire.looks import (
    DARK,
    LEAST,
    LIGHT,
    Ground,
    Looks,
    contrast,
    nearest,
    palette,
    stronger,
    unreadable,
    wash,
    weakest,
)
from feedback.questionnaire.problems import Problem
from tests import build

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
grounds = st.sampled_from([LIGHT, DARK])


def tokens(part: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))


IN_LIGHT, IN_DARK = (tokens(part) for part in TOKENS.split("@media"))


def told(**looks: Any) -> list[str]:
    _questionnaire, problems = check(build.questionnaire().definition() | {"looks": looks})
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffff00", 8.00),
        ("#0d5c75", "#0d5c75", 1.0),
    ],
)
def test_contrast_is_what_others_measure(one: str, other: str, ratio: float) -> None:
    """Known pairs, as every checker of contrast gives them."""
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.006)


@pytest.mark.parametrize(("ground", "css"), [(LIGHT, IN_LIGHT), (DARK, IN_DARK)])
def test_colours_are_measured_against_those_of_the_stylesheet(
    ground: Ground, css: dict[str, str]
) -> None:
    """A paper that changes in one place only would make every measurement a wrong one."""
    assert (ground.paper, ground.sheet) == (css["paper"], css["sheet"])


@pytest.mark.parametrize("css", [IN_LIGHT, IN_DARK], ids=["light", "dark"])
def test_our_own_colours_can_be_read(css: dict[str, str]) -> None:
    """What is asked of authors holds for the colours that come along."""
    for ground in ("paper", "sheet", "wash"):
        for text in ("ink", "quiet", "accent", "accent-strong"):
            assert contrast(css[text], css[ground]) >= LEAST, (text, ground)
    for button in ("accent", "accent-strong"):
        assert contrast(css["on-accent"], css[button]) >= LEAST
    assert contrast(css["alarm"], css["alarm-wash"]) >= LEAST


@given(colours, grounds)
def test_the_nearest_colour_that_is_offered_passes(colour: str, ground: Ground) -> None:
    """An author who takes the advice is not sent back again."""
    assert weakest(nearest(colour, ground), ground)[0] >= LEAST


@given(colours, grounds)
def test_a_colour_that_passes_makes_a_page_that_can_be_read(colour: str, ground: Ground) -> None:
    """The tint and the button are made from it, so all text on them hangs on the one choice."""
    accent = nearest(colour, ground)
    css = IN_LIGHT if ground is LIGHT else IN_DARK
    made = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", palette(accent, ground)))

    for under in (ground.paper, ground.sheet, wash(accent, ground)):
        assert contrast(accent, under) >= LEAST
        assert contrast(stronger(accent, ground), under) >= LEAST
        assert contrast(css["quiet"], under) >= LEAST
    for button in ("accent", "accent-strong"):
        assert contrast(made["on-accent"], made[button]) >= LEAST


def test_a_colour_too_faint_is_refused_with_its_place_ratio_and_remedy() -> None:
    """The author sees a fine yellow; somebody else sees an empty page."""
    (problem,) = told(colour="#ffcc00")

    found = re.fullmatch(
        r"looks\.colour: #ffcc00 has a contrast of 1\.\d\d:1 .*; the nearest .* is (#\w{6})",
        problem,
    )
    assert found, problem
    assert told(colour=found[1]) == []


def test_a_dark_colour_is_measured_in_the_dark() -> None:
    """Navy is fine on white paper and gone on black."""
    assert told(colour="#000080") == []
    (problem,) = told(colour="#000080", dark_colour="#000080")
    assert problem.startswith("looks.dark_colour: #000080 has a contrast of 1.")


def test_without_a_dark_colour_one_is_made_that_can_be_read() -> None:
    """Most authors look at their survey by day."""
    made = Looks(colour="#000080").in_the_dark

    assert made is not None and weakest(made, DARK)[0] >= LEAST
    assert Looks().in_the_dark is None and Looks().css() == ""


@pytest.mark.parametrize(
    ("looks", "problem"),
    [
        ({"colour": "red"}, "looks.colour: 'red' must be # and six digits"),
        ({"colour": "#fff}*{x:y"}, "looks.colour: '#fff}*{x:y' must be # and six"),
        ({"font": "Comic Sans"}, "looks.font: "),
        ({"logo": {"image": "../logo.png", "alt": "Us"}}, "looks.logo.image: '../logo.png' must"),
        ({"logo": {"image": "logo.png"}}, "looks.logo.alt: is missing"),
        ({"logo": {"image": "", "alt": "Us"}}, "looks.logo.image: "),
        ({"css": "*{}"}, "looks.css: is not a setting here"),
    ],
)
def test_what_is_no_look_is_refused(looks: dict[str, Any], problem: str) -> None:
    """Its words go into a style that every page allows, so nothing but these may."""
    assert [text[: len(problem)] for text in told(**looks)] == [problem]


def test_the_same_function_says_so_at_publish() -> None:
    """A reader of files is not the only way in."""
    ((place, _message),) = unreadable(Looks(colour="#ffcc00"))
    assert Problem.path(place) == "looks.colour"
