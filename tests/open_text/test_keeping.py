"""A new fit keeps what there was, and never touches what staff made."""

from dataclasses import replace

import numpy as np
import pytest

from feedback.open_text.keeping import Fitted, Theme, refit

BUS, PARK, BOOKS = np.eye(3, dtype=np.float32)


def theme(id_: int, name: str, where: np.ndarray, **more: object) -> Theme:
    return Theme(id=id_, name=name, centroid=where, **more)  # type: ignore[arg-type]


OLD = [theme(1, "buses", BUS), theme(2, "parks", PARK), theme(3, "books", BOOKS)]
OLD_OF = {at: 1 + at // 10 for at in range(30)}
TEXTS = {at: f"text {at}" for at in range(60)}
# The same themes in another order and under other names, and one of more answers.
SHUFFLED = Fitted(
    ["library", "busses", "green"],
    np.stack([BOOKS, BUS, PARK]),
    {at: [1, 2, 0][at // 10] for at in range(30)},
)


def test_what_is_the_same_keeps_its_number_and_name() -> None:
    """The numbers of a fit mean nothing; staff and links know themes by theirs."""
    kept = refit(OLD, OLD_OF, SHUFFLED, texts=TEXTS)
    assert kept.theme_of == OLD_OF
    assert [(one.id, one.name) for one in kept.themes] == [(1, "buses"), (2, "parks"), (3, "books")]
    assert (kept.report.new, kept.report.gone) == ([], [])


@pytest.mark.parametrize(
    "edit",
    [
        {"name": "Late buses", "name_by_staff": True},
        {"locked": True},
        {"rule": ("bus",)},
        {"parent": 2, "locked": True},
    ],
)
def test_what_staff_edited_survives_any_fit(edit: dict[str, object]) -> None:
    """Renamed, locked, ruled or moved: the same theme, with the same answers, in full."""
    edited = [replace(OLD[0], **edit), *OLD[1:]]  # type: ignore[arg-type]
    other = Fitted(
        ["all"], (BUS + PARK)[None], dict.fromkeys(range(30), 0)
    )  # a fit that sees one theme in everything
    for fitted in (SHUFFLED, other, Fitted([], np.zeros((0, 3), np.float32), {})):
        kept = refit(edited, OLD_OF, fitted, texts=TEXTS)
        survived = next(one for one in kept.themes if one.id == 1)
        assert replace(survived, size=0) == edited[0]
        assert np.array_equal(survived.centroid, BUS)
        assert all(kept.theme_of[at] == 1 for at in range(10))


def test_moved_answers_stay_where_staff_put_them() -> None:
    """Though every vector says otherwise."""
    moved = OLD_OF | {0: 3, 25: 1}
    kept = refit(OLD, moved, SHUFFLED, texts=TEXTS, moved={0, 25})
    assert (kept.theme_of[0], kept.theme_of[25]) == (3, 1)


def test_merged_themes_stay_merged() -> None:
    """Answers of the one go to the other, new ones too, and its number is not given again."""
    merged = [*OLD[:2], replace(OLD[2], merged_into=1)]
    old_of = {at: 1 if at // 10 == 2 else 1 + at // 10 for at in range(30)}
    kept = refit(merged, old_of, SHUFFLED, texts=TEXTS)
    assert 3 not in kept.theme_of.values()
    assert next(one for one in kept.themes if one.id == 3).merged_into == 1


def test_a_rule_gathers_what_has_its_phrase() -> None:
    """Word for word, not letter for letter; answers that staff moved are not gathered."""
    ruled = [replace(OLD[0], rule=("night bus",)), *OLD[1:]]
    texts = TEXTS | {21: "a night bus please", 22: "midnight busker", 23: "the night bus"}
    kept = refit(ruled, OLD_OF, SHUFFLED, texts=texts, moved={23})
    assert (kept.theme_of[21], kept.theme_of[22], kept.theme_of[23]) == (1, 3, 3)


def test_the_report_says_what_split_and_what_is_new() -> None:
    """Staff read what became of their themes instead of finding it out."""
    split = Fitted(
        ["late", "early", "parks", "water"],
        np.stack([BUS, BUS * 0.1 + BOOKS * -1, PARK, -PARK]),
        {**dict.fromkeys(range(6), 0), **dict.fromkeys(range(6, 10), 1)}
        | dict.fromkeys(range(10, 30), 2)
        | dict.fromkeys(range(30, 40), 3),
    )
    kept = refit(OLD, OLD_OF, split, texts=TEXTS)
    assert kept.report.split == {1: [4]}
    assert kept.report.new == [4, 5]
    assert kept.report.gone == [3]
    assert kept.report.merged == {2: [3]}
    assert kept.report.grew == [2]


def test_parts_are_matched_with_parts() -> None:
    """A part keeps its number under its theme."""
    old = [*OLD, theme(4, "night", BUS, parent=1)]
    fitted = Fitted(
        ["night", "buses"], np.stack([BUS, BUS]), {at: at % 2 for at in range(10)}, (), {0: 1}
    )
    kept = refit(old, {at: 4 if at % 2 == 0 else 1 for at in range(10)}, fitted, texts=TEXTS)
    assert kept.theme_of == {at: 4 if at % 2 == 0 else 1 for at in range(10)}
    assert next(one for one in kept.themes if one.id == 4).parent == 1
