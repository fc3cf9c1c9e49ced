"""The filter form and the filters in words: each leads to the address it says."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.template import Context, Template
from django.test import Client

from feedback.authoring.publish import publish
from feedback.models import Response, Role, Survey
from feedback.question_types.base import WAYS
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.counting import Count
from feedback.web.filters_in_words import counted_in_words
from tests import build
from tests.pages import Page

ITEMS: list[dict[str, Any]] = [
    *build.TOWN,
    {"key": "age", "type": "number", "text": "How old?", "unit": "years", "decline": [*WAYS]},
    {"key": "day", "type": "date", "text": "Since when?"},
    {
        "key": "speed",
        "type": "grid",
        "text": "How fast?",
        "rows": [{"code": "night", "text": "At night"}],
        "choices": [{"code": "good", "text": "Fast"}, {"code": "bad", "text": "Slow"}],
    },
]
EVERY_FILTER = [
    ("q", "benches"),
    ("q.wish", "shade"),
    ("status", "new"),
    ("tag", "seats"),
    ("tag", "shade"),
    ("assignee", "nobody"),
    ("screened", "any"),
    ("lang", "en"),
    ("revision", "1"),
    ("source", "poster"),
    ("edited", "no"),
    ("noted", "no"),
    ("since", "2020-01-01"),
    ("until", "2099-12-31"),
    ("answer.uses", "walk"),
    ("answer.uses", "rest"),
    ("answer.speed__night", "good"),
    ("is.name", "answered"),
    ("is.stars", "answered"),
    ("is.age", "refused"),
    ("is.age", "answered"),
    ("from.age", "20"),
    ("to.age", "40"),
    ("from.day", "2020-01-01"),
    ("every", "tag"),
    ("every", "answer.uses"),
]


@pytest.fixture
def survey(db: None) -> Survey:
    return build.survey(ITEMS)


@pytest.fixture
def row(survey: Survey) -> Response:
    """One response that meets every filter."""
    row = build.respond(
        survey, source="poster", name="Ada", wish="benches in the shade", uses=["walk", "rest"],
        stars="4", age="30", day="2024-02-29", speed__night="good",
    )  # fmt: skip
    coding.add_tag(row, "seats", actor=None)
    coding.add_tag(row, "shade", actor=None)
    refresh()
    return row


@pytest.fixture
def desk(survey: Survey) -> Client:
    return build.signed_in(build.member(survey, Role.REVIEWER))


def listed(desk: Client, query: Any) -> Page:
    answer = desk.get("/staff/town/responses/", query)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return Page.read(answer.content)


def filled_in(page: Page) -> list[tuple[str, str]]:
    """What the filter form would send, as a browser sends it."""
    start = page.tags.index(next(t for t in page.tags if t[1].get("role") == "search"))
    end = next(n for n, (tag, _a) in enumerate(page.tags) if n > start and tag == "button")
    inputs = [a for tag, a in page.tags[start:end] if tag == "input" and a.get("name")]
    ticked = [a for a in inputs if a.get("type") != "checkbox" or "checked" in a]
    pairs = [(a["name"], a.get("value", "")) for a in ticked if a.get("type") != "hidden"]
    return [(name, value) for name, value in pairs if value]


def test_the_form_sends_the_filters_that_it_shows(desk: Client, row: Response) -> None:
    """Sent again without a change, it must lead to the same responses."""
    query: dict[str, list[str]] = {}
    for name, value in EVERY_FILTER:
        query.setdefault(name, []).append(value)
    page = listed(desk, query)

    assert sorted(filled_in(page)) == sorted(EVERY_FILTER)
    assert page.links(f"/responses/{row.pk}/")


def test_what_is_new_can_be_chosen_at_once(desk: Client, survey: Survey, row: Response) -> None:
    """The form is kept as it was drawn, but never longer than it is true."""
    new = {("tag", "puddles"), ("assignee", "carol"), ("source", "stall"), ("answer.dog", "yes")}
    new |= {("revision", "2")}
    assert not new & offered(listed(desk, {}))

    coding.add_tag(row, "puddles", actor=None)
    build.member(survey, Role.REVIEWER, name="carol")
    publish(build.questionnaire([*ITEMS, {"key": "dog", "type": "yes_no", "text": "A dog?"}]))
    build.respond(survey, source="stall", wish="a lake")

    assert new <= offered(listed(desk, {}))


def offered(page: Page) -> set[tuple[str, str]]:
    """The boxes to tick, whether or not they are."""
    boxes = [a for tag, a in page.tags if tag == "input" and a.get("type") == "checkbox"]
    return {(a["name"], a.get("value", "")) for a in boxes if a.get("name")}


def test_each_filter_can_be_taken_away_alone(desk: Client, row: Response) -> None:
    """Who narrowed too far goes back one step, not all the way."""
    query: dict[str, list[str]] = {}
    for name, value in EVERY_FILTER:
        query.setdefault(name, []).append(value)
    page = listed(desk, query)
    chips = [
        a for tag, a in page.tags if tag == "a" and "Take the filter" in a.get("aria-label", "")
    ]

    taken = [set(EVERY_FILTER) - set(parse_qsl(a["href"].removeprefix("?"))) for a in chips]

    assert sorted(map(len, taken)) == [1] * len(EVERY_FILTER)
    assert set().union(*taken) == set(EVERY_FILTER)
    assert all(a["aria-label"].count("%(") == 0 for a in chips)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"q": "oak"}, "Words: oak"),
        ({"q.wish": "oak"}, "What do you wish for? – words: oak"),
        ({"is.age": "refused"}, "How old? – Prefer not to say"),
        ({"from.age": "20"}, "How old? – from 20 years"),
        ({"to.day": "2024-02-29"}, "Since when? – to Feb. 29, 2024"),
        ({"answer.speed__night": "bad"}, "How fast? – At night Slow"),
        ({"assignee": "nobody"}, "Assigned to: Nobody"),
        ({"screened": "none"}, "Screening: Not flagged"),
        ({"lang": "de"}, "Language: Deutsch"),
        ({"noted": "yes"}, "With notes"),
        ({"answer.uses": ["walk", "rest"], "every": "answer.uses"}, "What for? – all of these"),
    ],
)
def test_filters_are_told_in_words(desk: Client, row: Response, query: Any, words: str) -> None:
    """Codes and keys are for machines."""
    assert words in listed(desk, query).text


def test_only_groups_with_a_filter_on_are_open(desk: Client, row: Response) -> None:
    """Forty questions are a long form; what is on must be seen at once."""
    page = listed(desk, {"from.age": "20"})
    groups = [a for tag, a in page.tags if tag == "details" and "class" not in a]

    assert sum("open" in a for a in groups) == 1
    assert len(groups) > 8


def test_no_value_of_a_personal_question_is_asked_for(desk: Client, row: Response) -> None:
    """The form offers whether a name was given, and no place to look for one."""
    page = listed(desk, {})
    names = {a.get("name", "") for tag, a in page.tags if tag == "input"}

    assert "is.name" in names
    assert not names & {"answer.name", "q.name", "from.name", "to.name"}


def test_hits_are_marked_and_all_else_is_escaped() -> None:
    """A respondent's text must never become part of the page."""
    template = Template("{% load finding %}{{ text|hits:words }}")
    shown = template.render(Context({"text": "<b>Café</b> & more", "words": "cafe b"}))

    assert shown == "&lt;<mark>b</mark>&gt;<mark>Café</mark>&lt;/<mark>b</mark>&gt; &amp; more"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (Count(1, exact=True), "1 response"),
        (Count(9_876, exact=True), "9,876 responses"),
        (Count(56_000, exact=False), "About 56,000 responses"),
        (Count(300, exact=False, below=True), "Fewer than 300 responses"),
    ],
)
def test_an_estimate_is_called_one(count: Count, words: str) -> None:
    """Nobody may take it for a count."""
    assert counted_in_words(count) == words
