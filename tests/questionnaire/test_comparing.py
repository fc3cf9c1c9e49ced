"""What was changed in a text, told word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.questionnaire.comparing import MOST, Piece, compared

texts = st.text(alphabet="ab cd.\n長い椅子ก", max_size=40)


def test_what_came_and_what_went_stand_in_their_places() -> None:
    """A reader sees at a glance what a respondent took back."""
    assert compared("More benches, please", "More trees, please") == [
        Piece("More "),
        Piece("benches", "removed"),
        Piece("trees", "added"),
        Piece(", please"),
    ]


def test_scripts_without_spaces_are_compared_by_the_character() -> None:
    """A whole sentence of Chinese is one run of letters, and would be one word."""
    assert compared("公园的长椅", "公园的路灯") == [
        Piece("公园的"),
        Piece("长椅", "removed"),
        Piece("路灯", "added"),
    ]


@pytest.mark.parametrize("after", ["Trees", ""])
def test_texts_with_no_word_in_common_are_not_mixed(after: str) -> None:
    """Two sentences shuffled into one are harder to read than one after the other."""
    assert compared("Benches", after) == []


def test_texts_too_long_to_compare_are_left_alone() -> None:
    """Comparing takes the square of the length; a page must not wait for that."""
    assert compared("a " * MOST, "a " * MOST + "b") == []
    assert compared("a " * 10, "a " * 10 + "b")


@given(texts, texts)
def test_both_texts_can_be_read_out_of_the_comparison(before: str, after: str) -> None:
    """Nothing that was written is lost or made up, whatever it was."""
    pieces = compared(before, after)

    if pieces:
        assert "".join(p.text for p in pieces if p.change != "added") == before
        assert "".join(p.text for p in pieces if p.change != "removed") == after
