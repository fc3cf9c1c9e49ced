"""A selection on a frame keeps the very responses that it keeps in the database."""

from random import Random
from typing import Any

import pytest
from django.http import QueryDict

from feedback.analysis.sample import Sample
from feedback.frames import cache
from feedback.frames.layout import layout_of
from feedback.models import Response, Status, Survey
from feedback.refresh import refresh
from feedback.responses.selection import Selection
from tests import build

ITEMS: list[dict[str, Any]] = [
    *build.TOWN,
    {"key": "age", "type": "number", "text": "Your age", "decline": ["refused", "dont_know"]},
    {"key": "area", "type": "number", "text": "How large?", "places": 2},
    {"key": "since", "type": "date", "text": "Since when?"},
    {"key": "wakes", "type": "time", "text": "When do you get up?"},
    {"key": "dog", "type": "yes_no", "text": "Have you a dog?"},
    {"key": "home", "type": "country", "text": "Where are you from?"},
    {
        "key": "order",
        "type": "ranking",
        "text": "What first?",
        "choices": [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}],
    },
    {
        "key": "speed",
        "type": "grid",
        "text": "How fast?",
        "rows": [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}],
        "choices": [{"code": "ok", "text": "Fine"}, {"code": "bad", "text": "Bad"}],
        "decline": ["refused"],
    },
]
POSSIBLE: dict[str, list[Any]] = {
    "visit": ["often", "never", ""],
    "uses": [["walk"], ["rest"], ["walk", "rest"], []],
    "stars": ["1", "3", "5", ""],
    "wish": ["Trees", "Benches and trees"],
    "age": ["7", "30", "31", ""],
    "area": ["0.5", "12.25", ""],
    "since": ["2020-02-29", "2026-05-31", ""],
    "wakes": ["00:00", "06:30", "23:59", ""],
    "dog": ["yes", "no", ""],
    "home": ["NO", "JP", ""],
    "order__a": ["1", ""],
    "speed__day": ["ok", "bad", ""],
}
QUERIES = [
    "",
    "status=new&status=done",
    "status=spam",
    "lang=en&source=flyer",
    "source=poster&source=flyer",
    "revision=1",
    "since=2000-01-01",
    "until=2000-01-01",
    "answer.visit=often&answer.visit=never",
    "answer.uses=walk&answer.uses=rest",
    "answer.uses=walk&answer.uses=rest&every=answer.uses",
    "answer.stars=3",
    "from.stars=2",
    "from.stars=2&to.stars=4",
    "from.age=30&to.age=30",
    "to.area=12.2",
    "from.since=2020-03-01",
    "to.wakes=06:30",
    "answer.dog=no",
    "answer.home=NO",
    "answer.order=a",
    "answer.speed=day",
    "answer.speed__day=bad",
    "is.speed__day=declined",
    "is.speed__night=blank&is.speed__night=not_shown",
    "is.age=declined",
    "is.age=refused",
    "is.age=dont_know&is.age=blank",
    "is.visit=blank&answer.dog=yes",
    "q=benches&answer.dog=yes",
    "q.wish=trees",
    "edited=yes",
    "screened=any&answer.visit=often",
    "noted=no&from.age=31",
]


@pytest.fixture
def filled(db: None) -> Survey:
    chance = Random(11)
    town = build.survey(ITEMS)
    for number in range(60):
        given = {key: chance.choice(of) for key, of in POSSIBLE.items()}
        if number % 7 == 0:
            given |= {"age": "", "age__declined": chance.choice(["refused", "dont_know"])}
        if number % 9 == 0:
            given |= {"speed__day": "", "speed__declined": "refused"}
        row = build.respond(town, source=chance.choice(["flyer", "poster", ""]), **given)
        Response.objects.filter(pk=row.pk).update(status=chance.choice(list(Status)))
    refresh()
    return town


def test_a_frame_and_the_database_keep_the_same_responses(filled: Survey) -> None:
    """A report that counted others than the list shows could not be looked behind."""
    items = layout_of(filled).items
    for query in QUERIES:
        selection = Selection.from_query(QueryDict(query), items)
        stored = selection.responses(filled, items).exclude(status=Status.SPAM)
        spam = selection.responses(filled, items).filter(status=Status.SPAM)
        cache.forget()  # each is the first question that a process is asked

        sample = Sample.of(filled, selection)

        assert sorted(sample.frame["_id"]) == sorted(stored.values_list("pk", flat=True)), query
        assert sample.spam == spam.count(), query


def test_the_queries_tell_responses_apart(filled: Survey) -> None:
    """Else the claim above would hold of filters that keep everything or nothing."""
    items = layout_of(filled).items
    kept = {q: Sample.of(filled, Selection.from_query(QueryDict(q), items)).frame for q in QUERIES}
    some = [query for query, frame in kept.items() if 0 < frame.height < 60]

    assert len(some) >= len(QUERIES) - 8, sorted({*QUERIES} - {*some})
