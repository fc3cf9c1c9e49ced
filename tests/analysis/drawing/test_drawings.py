"""What every drawing promises, whatever it is given; and what each kind of it means."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from feedback.analysis.drawing import bars, columns, diverging, lines
from feedback.analysis.drawing.canvas import WIDTH, standalone
from tests.analysis.drawing.pictures import SVG, boxes, read, size, texts

HOSTILE = [
    "</desc><script>alert(1)</script>",
    "]]><style>*{}</style>",
    "\" onload='alert(1)' x=\"",
    "\x00\x1b\ud800\ufffe",
    "\u202eevil\u2066",
    "&amp;&#0;&bogus;",
    "غالبًا ما أزور (الحديقة)",
    "公園にもっと木を植えてほしい" * 9,
    "W" * 400,
    "",
]
LABELS = st.one_of(st.text(max_size=200), st.sampled_from(HOSTILE))
SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 10**9)
POINTS = st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e9))
BARS = st.builds(
    bars.Bar,
    label=LABELS,
    n=COUNTS,
    share=SHARES,
    low=SHARES,
    high=SHARES,
    weighted=st.none() | SHARES,
)


@st.composite
def scales(draw: Callable[..., object], lines_of: int = 6) -> tuple[list[diverging.Row], list[str]]:
    steps = draw(st.integers(2, diverging.MOST_STEPS))
    parts = st.lists(st.integers(0, 100), min_size=steps, max_size=steps)
    rows = [
        diverging.Row(draw(LABELS), [part / (sum(given) or 1) for part in given])
        for given in draw(st.lists(parts, max_size=lines_of))
    ]
    return rows, draw(st.lists(LABELS, min_size=steps, max_size=steps))


def holds(svg: str) -> None:
    """One well-formed picture, named, with nothing in it that runs, and all on its sheet."""
    root = read(svg)
    read(standalone(svg))
    width, height = size(root)
    assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    assert root.attrib["role"] == "img"
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "path", "text"}
    for element in root.iter():
        assert not {n for n in element.attrib if n == "style" or n.startswith("on")}
    for box in boxes(root, "rect", "path", "text"):
        assert box.left >= -0.01 and box.right <= width + 0.01, box
        assert box.top >= -0.01 and box.bottom <= height + 0.01, box


@given(st.lists(BARS, max_size=bars.MOST), LABELS, st.booleans())
@example([bars.Bar(text, 1, 1.0, 1.0, 1.0, 1.0) for text in HOSTILE], HOSTILE[0], True)
def test_bars_hold_whatever_is_written_beside_them(
    rows: list[bars.Bar], title: str, rtl: bool
) -> None:
    """Labels are typed by authors, and read in files as much as on our pages."""
    holds(bars.bars(rows, title=title, desc=title, rtl=rtl))


@given(scales(), LABELS, st.booleans())
def test_scales_hold_whatever_is_written_beside_them(
    drawn: tuple[list[diverging.Row], list[str]], title: str, rtl: bool
) -> None:
    """Also with nobody on one side, and with nobody at all."""
    rows, scale = drawn
    holds(diverging.diverging(rows, scale=scale, title=title, desc=title, rtl=rtl))


@given(
    st.lists(st.builds(columns.Column, LABELS, COUNTS), max_size=60),
    LABELS,
    st.booleans(),
    st.booleans(),
)
def test_columns_hold_whatever_is_written_beside_them(
    rows: list[columns.Column], title: str, touching: bool, rtl: bool
) -> None:
    """From no day at all to many, and from nobody to a thousand million."""
    svg = columns.columns(
        rows, title=title, desc=title, across=title, up=title, touching=touching, rtl=rtl
    )
    holds(svg)


@given(
    st.lists(st.builds(lines.Line, LABELS, st.lists(POINTS, max_size=20)), max_size=lines.MOST),
    st.lists(st.tuples(st.floats(-1e6, 1e6), LABELS), max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_lines_hold_whatever_is_written_beside_them(
    series: list[lines.Line], marks: list[tuple[float, str]], steps: bool, rtl: bool
) -> None:
    """A line without a point, a field without width, marks in any order."""
    marks = sorted(marks)
    holds(lines.lines(series, marks=marks, title="t", desc="d", steps=steps, rtl=rtl, up="u"))


@given(st.lists(SHARES, min_size=1, max_size=bars.MOST), st.booleans())
def test_a_bar_is_as_wide_as_its_share(shares: list[float], rtl: bool) -> None:
    """The whole width is everybody; nothing is cut off to make differences look larger."""
    rows = [bars.Bar(str(i), i, share) for i, share in enumerate(shares)]
    root = read(bars.bars(rows, title="t", desc="d", rtl=rtl))

    drawn = [box for box in boxes(root, "rect") if box.ink == "bar"]
    assert [box.width for box in drawn] == pytest.approx([WIDTH * s for s in shares], abs=0.02)
    start = [box.right if rtl else box.left for box in drawn]
    assert start == pytest.approx([WIDTH if rtl else 0.0] * len(shares), abs=0.01)


@given(scales(lines_of=4), st.booleans())
def test_the_middle_of_every_scale_stands_in_the_middle(
    drawn: tuple[list[diverging.Row], list[str]], rtl: bool
) -> None:
    """So that rows can be compared on either side of it, with widths as their shares."""
    rows, scale = drawn
    root = read(diverging.diverging(rows, scale=scale, title="t", desc="d", rtl=rtl))
    segments = [b for b in boxes(root, "rect") if b.bottom - b.top > 17]
    each = len(scale)
    widths = [[box.width for box in segments[i * each : (i + 1) * each]] for i in range(len(rows))]

    units = {
        round(w / share, 0)
        for row, found in zip(rows, widths, strict=True)
        for w, share in zip(found, row.shares, strict=True)
        if share > 0.05
    }
    assert len(units) <= 1 or max(units) - min(units) <= 1
    for i, row in enumerate(rows):
        if not sum(row.shares):
            continue
        half = each // 2
        row_boxes = segments[i * each : (i + 1) * each]
        first, last = row_boxes[half - 1], row_boxes[each - half]
        between = (first.left + last.right) if rtl else (first.right + last.left)
        assert between / 2 == pytest.approx(WIDTH / 2, abs=0.05)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.booleans())
def test_a_column_is_as_high_as_its_number(counts: list[int], rtl: bool) -> None:
    """From zero up, on one scale."""
    rows = [columns.Column(str(i), n) for i, n in enumerate(counts)]
    root = read(columns.columns(rows, title="t", desc="d", rtl=rtl))
    heights = [b.bottom - b.top for b in boxes(root, "rect")]

    highest, tallest = max(counts), max(heights)
    expected = [tallest * n / highest if highest else 0.0 for n in counts]
    assert heights == pytest.approx(expected, abs=0.05)
    lefts = [b.left for b in boxes(root, "rect")]
    assert lefts == sorted(lefts, reverse=rtl)


def test_a_survival_curve_holds_its_value_until_the_next() -> None:
    """Between two steps nobody left, so nothing slopes."""
    points = [(0.0, 1.0), (1.0, 0.5), (2.0, 0.25)]
    assert lines.stepped(points) == [(0, 1), (1, 1), (1, 0.5), (2, 0.5), (2, 0.25)]


def names(svg: str, of: Sequence[str]) -> list[float]:
    root = read(svg)
    found = {t: b.bottom for t, b in zip(texts(root), boxes(root, "text"), strict=True)}
    return sorted(found[name] for name in of)


def test_names_of_lines_that_end_together_stand_apart() -> None:
    """Otherwise nobody could read which is which."""
    labels = ["one", "two", "three", "four"]
    series = [lines.Line(label, [(0, 1), (1, 0.5)]) for label in labels]
    svg = lines.lines(series, marks=[(0, "a"), (1, "b")], title="t", desc="d")

    assert all(below - above > 12 for above, below in pairwise(names(svg, labels)))


@pytest.mark.parametrize(
    "draw",
    [
        lambda: bars.bars([bars.Bar("a", 1, 0.1)] * (bars.MOST + 1), title="t", desc="d"),
        lambda: diverging.diverging([], scale=["a"] * 12, title="t", desc="d"),
        lambda: lines.lines([lines.Line("a", [])] * 7, marks=[], title="t", desc="d"),
    ],
)
def test_more_than_can_be_read_is_refused(draw: Callable[[], str]) -> None:
    """Who calls sums up the rest; a picture that left it out without a word would lie."""
    with pytest.raises(ValueError, match=r"rows|scale|lines"):
        draw()


def test_numbers_are_written_in_the_language_of_the_page() -> None:
    """And places in the picture never are: a comma there would end it."""
    rows = [bars.Bar("a", 1234, 0.125, 0.1, 0.15)]
    with translation.override("de"):
        root = read(bars.bars(rows, title="t", desc="d"))

    assert texts(root)[0] == "1.234 · 12,5 %"
    holds(bars.bars(rows, title="t", desc="d"))


def test_shares_are_rounded_and_not_cut_off() -> None:
    """Two of three are 66.7 %, in the picture as in the table."""
    assert texts(read(bars.bars([bars.Bar("a", 2, 2 / 3)], title="t", desc="d")))[0] == "2 · 66.7 %"


def test_words_from_right_to_left_keep_their_own_direction() -> None:
    """The sheet is always read from left to right, so that anchors mean the same everywhere."""
    root = read(bars.bars([bars.Bar("غالبًا (١٢)", 1, 0.5)], title="t", desc="d", rtl=True))

    assert root.attrib["direction"] == "ltr"
    label = texts(root)[1]
    assert label.startswith("\u2068") and label.endswith("\u2069")
