"""A selection is its address: what a colleague opens is what one saw."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import Reason, Response, Status, Survey
from feedback.questionnaire.definition import Questionnaire
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.selection import STATUS_NAMES, BadSelection, Selection
from tests import build

QUESTIONNAIRE: Questionnaire = build.questionnaire()
ITEMS = QUESTIONNAIRE.questions
CODES = {item.key: sorted(item.filters()) for item in ITEMS if item.filters()}

one_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=30)
words = st.lists(one_line, max_size=4).map(lambda parts: " ".join(" ".join(parts).split()))
selections = st.builds(
    Selection,
    words=words,
    statuses=st.lists(st.sampled_from(sorted(STATUS_NAMES)), unique=True),
    tags=st.lists(words.filter(bool), unique=True, max_size=3),
    screened=st.lists(st.sampled_from(Reason.values), unique=True),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    answers=st.fixed_dictionaries(
        {},
        optional={
            key: st.lists(st.sampled_from(codes), min_size=1, unique=True)
            for key, codes in CODES.items()
        },
    ),
)


def read(query: str) -> Selection:
    return Selection.from_query(QueryDict(query), ITEMS)


@given(selections)
def test_every_selection_comes_back_from_its_address(selection: Selection) -> None:
    """Quotes, ampersands, emoji and all: a link that means something else misleads."""
    assert read(selection.to_query()).pairs() == selection.pairs()


@given(selections)
def test_hidden_fields_say_the_same_as_the_address(selection: Selection) -> None:
    """The export page hands the selection on in hidden fields."""
    query = QueryDict(mutable=True)
    for name, value in selection.pairs():
        query.appendlist(name, value)

    assert Selection.from_query(query, ITEMS).pairs() == selection.pairs()


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
        "answer.visit",
        f"answer.{text}",
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
    ],
)
def test_what_cannot_match_is_refused_with_the_remedy(query: str, message: str) -> None:
    """Dropping it silently would show everything in place of something."""
    with pytest.raises(BadSelection, match=message):
        read(query)


@pytest.fixture
def mixed(town: Survey) -> list[Response]:
    """Two of each: status, tag, choice, words."""
    rows = []
    kinds = product([Status.NEW, Status.DONE], ["", "seats"], ["often", "never"], ["oak", "elm"])
    for status, tag, visit, tree in kinds:
        row = build.respond(town, wish=f"plant an {tree}", visit=visit)
        coding.set_status(row, status, actor=None)
        if tag:
            coding.add_tag(row, tag, actor=None)
        rows.append(Response.objects.get(pk=row.pk))
    refresh()
    return rows


@pytest.mark.parametrize("statuses", [(), ("new",), ("new", "done"), ("spam",)])
@pytest.mark.parametrize("tags", [(), ("seats",), ("unheard of",)])
@pytest.mark.parametrize("visit", [(), ("often",), ("often", "never")])
@pytest.mark.parametrize("tree", ["", "oak"])
def test_values_of_a_kind_are_alternatives_and_kinds_are_combined(
    town: Survey, mixed: list[Response], statuses: Any, tags: Any, visit: Any, tree: str
) -> None:
    """The rule in one sentence, against the same rule in plain Python."""
    answers = {"visit": visit} if visit else {}
    selection = Selection(words=tree, statuses=statuses, tags=tags, answers=answers)

    expected = {
        row.pk
        for row in mixed
        if (not statuses or Status(row.status).name.lower() in statuses)
        and (not tags or {*tags} & {tag.name for tag in row.tags.all()})
        and (not visit or row.answers["visit"] in visit)
        and tree in row.answers["wish"]
    }
    assert {row.pk for row in selection.responses(town, ITEMS)} == expected


def test_a_selection_never_leaves_its_survey(town: Survey, mixed: list[Response]) -> None:
    """Tags and words of the same name exist elsewhere, too."""
    other = build.survey(slug="elsewhere")
    theirs = build.respond(other, wish="plant an oak", visit="often")
    coding.add_tag(theirs, "seats", actor=None)
    refresh()

    for query in ("", "tag=seats", "q=oak", "answer.visit=often", "since=2000-01-01"):
        found = {row.survey_id for row in read(query).responses(town, ITEMS)}
        assert found == {town.pk}, query
        assert [row.pk for row in read(query).responses(other, ITEMS)] == [theirs.pk]


def test_days_are_whole_and_both_included(town: Survey) -> None:
    """Whoever picks one day twice means that day, to its last microsecond."""
    edges = {
        "2026-05-30T23:59:59.999999+00": False,
        "2026-05-31T00:00:00+00": True,
        "2026-05-31T23:59:59.999999+00": True,
        "2026-06-01T00:00:00+00": False,
    }
    expected = []
    for moment, inside in edges.items():
        row = build.respond(town, wish="x")
        Response.objects.filter(pk=row.pk).update(received_at=moment)
        expected += [row.pk] if inside else []
    day = date(2026, 5, 31)

    rows = Selection(since=day, until=day).responses(town, ITEMS)
    assert sorted(row.pk for row in rows) == expected
