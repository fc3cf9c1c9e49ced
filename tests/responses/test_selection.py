"""A selection is its address: what a colleague opens is what one saw."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from feedback.question_types.base import operands
from feedback.responses.asked import SCREENED, STATES
from feedback.responses.search import text_parts
from feedback.responses.selection import STATUS_NAMES, BadSelection, Selection
from tests.responses.selecting import ITEMS, read

one_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=30)
words = st.lists(one_line, max_size=4).map(lambda parts: " ".join(" ".join(parts).split()))
ANSWER_CODES = {key: sorted(item.filters()) for key, item in operands(ITEMS).items()
                if item.filters() and not item.personal}  # fmt: skip
SPANNED = sorted(key for key, item in operands(ITEMS).items() if item.span)
names = st.lists(words.filter(bool), unique=True, max_size=3)
moments = st.none() | st.dates() | st.datetimes(timezones=st.just(UTC))


def some_of(values: Iterable[Any], least: int = 0) -> Any:
    known = sorted(values)
    return st.lists(
        st.sampled_from(known), unique=True, min_size=least, max_size=min(3, len(known))
    )


def by_key(keys: Iterable[str], values: Callable[[str], Any]) -> Any:
    return st.fixed_dictionaries({}, optional={key: values(key) for key in keys})


def ends() -> Any:
    number = st.none() | st.integers(-20, 20)
    return st.tuples(number, number).filter(in_order)


def in_order(ends: tuple[int | None, int | None]) -> bool:
    least, most = ends
    if least is None or most is None:
        return least is not most
    return least <= most


@st.composite
def selections(draw: Any) -> Selection:
    """Any that an address can name."""
    answers = draw(by_key(ANSWER_CODES, lambda k: some_of(ANSWER_CODES[k], 1)))
    tags = draw(names)
    every = [*(["tag"] if tags else []), *(f"answer.{key}" for key in answers)]
    return Selection(
        words=draw(words),
        words_in=draw(by_key(text_parts(ITEMS), lambda _key: words.filter(bool))),
        statuses=draw(some_of(STATUS_NAMES)),
        tags=tags,
        assignees=draw(names),
        screened=draw(some_of(SCREENED)),
        languages=draw(names),
        revisions=draw(st.lists(st.integers(1, 999), unique=True, max_size=2)),
        sources=draw(names),
        edited=draw(some_of(["yes", "no"])),
        noted=draw(some_of(["yes", "no"])),
        mentions=draw(some_of(["me"])),
        since=draw(moments),
        until=draw(moments),
        answers=answers,
        states=draw(by_key(operands(ITEMS), lambda _key: some_of(STATES, 1))),
        spans=draw(by_key(SPANNED, lambda _key: ends())),
        every=draw(st.lists(st.sampled_from(every), unique=True)) if every else [],
    )


@given(selections())
def test_every_selection_comes_back_from_its_address(selection: Selection) -> None:
    """Quotes, ampersands, emoji and all: a link that means something else misleads."""
    assert read(selection.to_query()).pairs() == selection.pairs()


@given(selections())
def test_hidden_fields_say_the_same_as_the_address(selection: Selection) -> None:
    """The export page hands the selection on in hidden fields."""
    query = QueryDict(mutable=True)
    for name, value in selection.pairs():
        query.appendlist(name, value)

    assert Selection.from_query(query, ITEMS).pairs() == selection.pairs()


@given(selections())
def test_a_selection_that_was_stored_is_the_same_again(selection: Selection) -> None:
    """Views are kept, and acts on many responses go on after a restart."""
    assert Selection.read(selection.to_query(), ITEMS).pairs() == selection.pairs()
    stored = json.loads(json.dumps(selection.to_json()))
    assert Selection.from_json(stored, ITEMS).pairs() == selection.pairs()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    """Addresses are written by hand and by robots; none may end in a server error."""
    for name in (
        "q",
        "tag",
        "status",
        "screened",
        "since",
        "until",
        "q.wish",
        "answer.visit",
        "is.visit",
        "from.stars",
        "to.stars",
        "assignee",
        "revision",
        "edited",
        "every",
        f"answer.{text}",
        f"q.{text}",
        f"is.{text}",
        f"from.{text}",
        text,
    ):
        query = QueryDict(mutable=True)
        query.appendlist(name, text)
        try:
            selection = Selection.from_query(query, ITEMS)
        except BadSelection:
            continue
        again = read(selection.to_query())
        assert again.pairs() == [pair for pair in selection.pairs() if pair[1]]


def test_a_tag_of_spaces_is_no_filter() -> None:
    """The list shows nothing then, while its link to the export leads to everything."""
    selection = read("tag=%20")

    assert list(read(selection.to_query()).tags) == list(selection.tags)


def test_what_is_no_filter_is_left_alone() -> None:
    """Pages have parameters of their own beside the selection's."""
    assert read("before=17&labels=1&utm_source=mail") == Selection()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("status=urgent", "“urgent” is not a status. Use one of: new, acknowledged"),
        ("status=new&status=urgent", "“urgent”"),
        ("screened=slow", "“slow” is no reason of screening. Use one of: honeypot, fast"),
        ("since=31.05.2026", "“31.05.2026” is not a day for “since”. Write it like 2026-05-31"),
        ("until=soon", "“soon” is not a day for “until”"),
        ("answer.visit=maybe", "“maybe” is not an answer to “visit”"),
        ("answer.visit=often&answer.visit=maybe", "“maybe” is not an answer to “visit”"),
        ("answer.name=Ada", "“Ada” is not an answer to “name”"),
        ("answer.wish=x", "“x” is not an answer to “wish”"),
        ("answer.gone=x", "“x” is not an answer to “gone”"),
        ("q.gone=x", "“gone” has no text to search. Choose an open question"),
        ("q.name=Ada", "“name” has no text to search"),
        ("q.visit=x", "“visit” has no text to search"),
        ("is.gone=blank", "“gone” is no question"),
        ("is.visit=empty", "“empty” is no value of “is.visit”. Use one of: answered, blank"),
        ("from.stars=many", "“many” cannot be where a range of “stars” ends: .* digits only"),
        ("from.stars=4&to.stars=2", "ends before it begins. Swap 4 and 2"),
        ("from.wish=4", "“wish” is no question that can be filtered like this"),
        ("from.name=4", "“name” is no question that can be filtered like this"),
        ("revision=first", "“first” is not the number of a revision. Write one like 2"),
        ("edited=maybe", "“maybe” is no value of “edited”. Use one of: yes, no"),
        ("mentions=ada", "“ada” is no value of “mentions”. Use one of: me"),
        ("every=status", "“status” is no value of “every”. Use one of: tag, answer.visit"),
        ("since=2026-05-31T25:00", "“2026-05-31T25:00” is not a day for “since”"),
        ("since=0001-01-01T00:00%2B14:00", "is not a day for “since”"),
    ],
)
def test_what_cannot_match_is_refused_with_the_remedy(query: str, message: str) -> None:
    """Dropping it silently would show everything in place of something."""
    with pytest.raises(BadSelection, match=message):
        read(query)
