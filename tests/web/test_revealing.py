"""Characters that cannot be seen are told of, and shown to whoever asks."""

from typing import Any

import pytest

from feedback.models import Survey
from feedback.web.revealing import hides, revealed
from tests import build
from tests.pages import Page
from tests.web.naughty import NAUGHTY

TURNED = "safe\u202egpj.exe"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("plain words", 0),
        ("two\nlines", 0),
        (TURNED, 1),
        ("in\u200bvi\u200csi\u200dble\u2060", 4),
        ("a\u00a0b\u202fc\u3000d\te", 4),
        ("\U000e0041\U000e007f\ufeff", 3),
        ("\u3164\u2800\u115f\ufe0f", 4),
        ("\u2028\x07\x9b\ue000", 4),
        ("Grüße, שלום, 你好, العربية 😀", 0),
    ],
)
def test_each_character_that_cannot_be_seen_is_marked(text: str, marks: int) -> None:
    """One mark for each, and none for what anybody can see."""
    assert revealed(text).count('class="revealed"') == marks


def test_a_mark_says_which_character_it_is() -> None:
    """By the number to look it up by, and by its name."""
    assert Page.read(revealed(TURNED).encode()).text == "safe U+202E right-to-left override gpj.exe"


@pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY)
def test_what_is_revealed_stays_text(text: str) -> None:
    """The filter writes tags, so it is the one place where a text could become one."""
    tags = Page.read(revealed(text).encode()).tags

    assert {tag for tag, _attributes in tags} <= {"span", "br"}
    assert all(set(attributes) <= {"class", "dir"} for _tag, attributes in tags)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (TURNED, True),
        ("in\u200bvisible", True),
        ("\U000e0041", True),
        ("plain\nlines\r\n", False),
        ("خانه\u200cها 👨\u200d👩 ❤\ufe0f prix\u00a0: 5\u202f€", False),
    ],
)
def test_a_hint_is_given_where_there_is_reason(text: str, hint: bool) -> None:
    """Persian, emoji and French spacing need such characters: a hint there would be noise."""
    assert hides(text) is hint


def test_the_page_of_a_response_hints_and_shows(owner: Any, town: Survey) -> None:
    """By an address, so that it works without scripts and the filter is kept."""
    row = build.respond(town, wish=TURNED)
    desk, at = build.signed_in(owner), f"/staff/town/responses/{row.pk}/"

    hinted = Page.read(desk.get(at, {"status": "new"}).content)
    (link,) = set(hinted.links("reveal=1"))
    shown = Page.read(desk.get(link).content)

    assert "status=new" in link and "U+202E" not in hinted.text
    assert "U+202E right-to-left override" in shown.text
    assert shown.links("reveal=1") == []


def test_a_plain_response_has_no_hint(owner: Any, town: Survey) -> None:
    """The control."""
    row = build.respond(town, wish="Benches, and Bänke")

    page = Page.read(build.signed_in(owner).get(f"/staff/town/responses/{row.pk}/").content)

    assert page.links("reveal") == []
