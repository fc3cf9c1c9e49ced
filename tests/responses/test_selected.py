"""What a selection finds: just the responses it names, as a recount in plain Python does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product
from random import Random
from typing import Any

import pytest

from feedback.frames.layout import layout_of
from feedback.models import Mention, Note, Response, Status, Survey, Tag
from feedback.question_types.base import WAYS
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.asked import STATES
from feedback.responses.selection import BadSelection, Selection
from tests import build
from tests.responses.selecting import ITEMS, read


@pytest.fixture
def mixed(town: Survey) -> list[Response]:
    """Two of each: status, tag, choice, words."""
    rows = []
    Tag.objects.create(survey=town, name="unused")
    kinds = product([Status.NEW, Status.DONE], ["", "seats"], ["often", "never"], ["oak", "elm"])
    for status, tag, visit, tree in kinds:
        row = build.respond(town, wish=f"plant an {tree}", visit=visit)
        coding.set_status(row, status, actor=None)
        if tag:
            coding.add_tag(row, tag, actor=None)
        rows.append(Response.objects.get(pk=row.pk))
    refresh()
    return rows


SOME: list[Sequence[Any]] = [
    [(), ("new",), ("new", "done"), ("spam",)],
    [(), ("seats",), ("unused",)],
    [(), ("often",), ("often", "never")],
    ["", "oak"],
]


def test_values_of_a_kind_are_alternatives_and_kinds_are_combined(
    town: Survey, mixed: list[Response]
) -> None:
    """The rule in one sentence, against the same rule in plain Python."""
    for statuses, tags, visit, tree in product(*SOME):
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
        found = {row.pk for row in selection.responses(town, ITEMS)}
        assert found == expected, selection


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


def test_times_are_exact_where_they_are_given(town: Survey) -> None:
    """“Since my last visit” is no whole day."""
    rows = [build.respond(town, wish="x") for _ in range(3)]
    for row, minute in zip(rows, (4, 5, 6), strict=True):
        moment = datetime(2026, 5, 31, 14, minute, tzinfo=UTC)
        Response.objects.filter(pk=row.pk).update(received_at=moment)

    def found(query: str) -> list[int]:
        chosen = read(query).responses(town, ITEMS)
        return sorted(row.pk for row in chosen)

    assert found("since=2026-05-31T14:05Z") == [rows[1].pk, rows[2].pk]
    assert found("since=2026-05-31T16:05%2B02:00&until=2026-05-31T14:05") == [rows[1].pk]


WORKED_ON = ("both", "one", "none", "mine", "edited")


@pytest.fixture
def worked_on(town: Survey, reviewer: Any) -> dict[str, Response]:
    """Responses that staff did something with, by what they did."""
    rows = {name: build.respond(town, wish=name) for name in WORKED_ON}
    Response.objects.update(reasons=[])  # the forms of tests are sent very fast
    coding.add_tag(rows["both"], "seats", actor=None)
    coding.add_tag(rows["both"], "shade", actor=None)
    coding.add_tag(rows["one"], "seats", actor=None)
    note = Note.objects.create(response=rows["one"], author=reviewer, text="@reviewer look")
    Mention.objects.create(note=note, user=reviewer)
    Response.objects.filter(pk=rows["mine"].pk).update(assignee=reviewer, reasons=["fast"])
    Response.objects.filter(pk=rows["edited"].pk).update(
        edits=2, language="de", source="poster", reasons=["device", "network"]
    )
    return rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag=seats&tag=shade", "both one"),
        ("tag=seats&tag=shade&every=tag", "both"),
        ("every=tag", "both one none mine edited"),
        ("assignee=me", "mine"),
        ("assignee=reviewer", "mine"),
        ("assignee=nobody", "both one none edited"),
        ("assignee=nobody&assignee=me", "both one none mine edited"),
        ("assignee=owner", ""),
        ("noted=yes", "one"),
        ("noted=no", "both none mine edited"),
        ("mentions=me", "one"),
        ("edited=yes", "edited"),
        ("edited=no", "both one none mine"),
        ("edited=no&edited=yes", "both one none mine edited"),
        ("lang=de", "edited"),
        ("lang=en", "both one none mine"),
        ("lang=en&lang=de", "both one none mine edited"),
        ("lang=xx", ""),
        ("source=poster", "edited"),
        ("revision=1", "both one none mine edited"),
        ("revision=2", ""),
        ("screened=any", "mine edited"),
        ("screened=none", "both one none"),
        ("screened=fast", "mine"),
        ("screened=fast&screened=network", "mine edited"),
        ("screened=fast&screened=none", "both one none mine"),
        ("noted=yes&tag=shade", ""),
    ],
)
def test_what_staff_did_can_be_asked_for(
    town: Survey, owner: Any, reviewer: Any, worked_on: Any, query: str, expected: str
) -> None:
    """Triage is done from lists: mine, nobody's, flagged, changed since."""
    rows = read(query).responses(town, ITEMS, reader=reviewer)

    assert {row.answers["wish"] for row in rows} == {*expected.split()}


def test_a_tag_that_is_not_there_is_told(town: Survey) -> None:
    """No responses would be taken for an answer, by nightly exports most of all."""
    with pytest.raises(BadSelection, match="There is no tag “unheard of” here"):
        read("tag=unheard+of").responses(town, ITEMS)


def test_nobody_reads_as_me_where_nobody_reads(town: Survey, stranger: Any) -> None:
    """A stored selection is worked off by a machine; and a stranger is no assignee."""
    for query in ("assignee=me", "mentions=me"):
        with pytest.raises(BadSelection, match="is nobody here"):
            read(query).responses(town, ITEMS)
    for name in ("stranger", "unheard-of"):
        with pytest.raises(BadSelection, match=f"“{name}” is no member of this survey"):
            read(f"assignee={name}").responses(town, ITEMS)


def test_a_mention_of_somebody_else_is_not_mine(
    town: Survey, worked_on: Any, owner: Any, reviewer: Any
) -> None:
    """Both read the same address, and each finds their own."""
    assert not read("mentions=me").responses(town, ITEMS, reader=owner).exists()
    assert read("mentions=me").responses(town, ITEMS, reader=reviewer).exists()


def test_personal_answers_are_filtered_by_state_alone(town: Survey) -> None:
    """Whether there is a name may be asked by all; which one it is, by nobody."""
    build.respond(town, name="Ada", wish="named")
    build.respond(town, wish="nameless")

    def wishes(query: str) -> set[Any]:
        return {row.answers["wish"] for row in read(query).responses(town, ITEMS)}

    assert wishes("is.name=answered") == {"named"}
    assert wishes("is.name=blank") == {"nameless"}
    for query in ("answer.name=true", "q.name=Ada", "from.name=A"):
        with pytest.raises(BadSelection):
            read(query)


MIXED: list[dict[str, Any]] = [
    *build.TOWN,
    {"key": "age", "type": "number", "text": "Age?", "places": 1, "decline": [*WAYS]},
    {"key": "day", "type": "date", "text": "When?"},
]


def stands(answers: Mapping[str, Any], key: str) -> set[str]:
    if key not in answers:
        return {"not_shown"}
    match answers[key]:
        case None:
            return {"blank"}
        case {"state": way}:
            return {"declined", way}
    return {"answered"}


def meets(answers: Mapping[str, Any], name: str, values: list[str], every: bool) -> bool:
    """One filter, in plain Python."""
    kind, _point, key = name.partition(".")
    answer = answers.get(key)
    if kind == "answer":
        held = {*map(str, answer)} if isinstance(answer, list) else {str(answer)}
        return {*values} <= held if every else bool({*values} & held)
    if kind == "is":
        return bool(stands(answers, key) & {*values})
    if stands(answers, key) != {"answered"}:
        return False
    end = type(answer)(values[0]) if isinstance(answer, str) else float(values[0])
    return bool(answer >= end if kind == "from" else answer <= end)


def chance_query(chance: Random) -> list[tuple[str, str]]:
    """A few filters, drawn at random."""
    some: list[Callable[[], list[tuple[str, str]]]] = [
        lambda: [("answer.visit", code) for code in chance.sample(["often", "never"], 1)],
        lambda: [("answer.uses", "walk"), ("answer.uses", "rest"), ("every", "answer.uses")],
        lambda: [("answer.uses", "walk"), ("answer.uses", "rest")],
        lambda: [("answer.stars", code) for code in chance.sample("12345", 2)],
        lambda: [("is." + chance.choice(["age", "day", "uses", "stars", "visit"]), state)
                 for state in chance.sample([*STATES], 2)],
        lambda: [("from.stars", chance.choice("1234"))],
        lambda: [("from.age", str(chance.randint(-5, 50))), ("to.age", "60.5")],
        lambda: [("to.age", str(chance.randint(0, 90)))],
        lambda: [("from.day", f"2026-0{chance.randint(1, 5)}-01"), ("to.day", "2026-05-20")],
        lambda: [("to.day", "2026-03-15")],
    ]  # fmt: skip
    pairs = [pair for draw in chance.sample(some, chance.randint(1, 3)) for pair in draw()]
    # Of a range only the last end counts.
    ends = {name: value for name, value in pairs if name.startswith(("from.", "to."))}
    return [pair for pair in dict.fromkeys(pairs) if pair[0] not in ends] + [*ends.items()]


@pytest.mark.django_db
def test_the_database_finds_what_a_recount_finds() -> None:
    """Two hundred drawn selections over drawn responses, against plain Python."""
    chance = Random(7)
    survey = build.survey(MIXED)
    items = layout_of(survey).items
    first = build.respond(survey, wish="x")
    made = [{**first.answers, **drawn(chance)} for _ in range(120)]
    for answers in made:
        for key in [key for key in answers if chance.random() < 0.1]:
            del answers[key]
    Response.objects.bulk_create(
        Response(survey=survey, revision_id=first.revision_id, nonce=f"{n:032x}",
                 receipt=f"{n:032x}", answers=answers)
        for n, answers in enumerate(made)
    )  # fmt: skip
    rows = dict(Response.objects.values_list("pk", "answers"))

    for _ in range(200):
        asked: dict[str, list[str]] = {}
        for name, value in chance_query(chance):
            asked.setdefault(name, []).append(value)
        if not all(in_order_of(asked, key) for key in ("age", "day")):
            continue
        every = asked.pop("every", [])
        expected = {
            pk
            for pk, answers in rows.items()
            if all(meets(answers, name, values, name in every) for name, values in asked.items())
        }
        stored = asked | ({"every": every} if every else {})
        found = Selection.from_json(stored, items).responses(survey, items)
        assert {row.pk for row in found} == expected, stored


def in_order_of(asked: Mapping[str, list[str]], key: str) -> bool:
    """A drawn range of two filters may end before it begins."""
    least, most = asked.get(f"from.{key}"), asked.get(f"to.{key}")
    if not (least and most):
        return True
    return least[0] <= most[0] if key == "day" else float(least[0]) <= float(most[0])


def drawn(chance: Random) -> dict[str, Any]:
    declined = [{"state": way} for way in WAYS]
    return {
        "visit": chance.choice(["often", "never", "other", None]),
        "uses": chance.choice([["walk"], ["rest"], ["walk", "rest"], None]),
        "stars": chance.choice([1, 2, 3, 4, 5, None]),
        "age": chance.choice(
            [chance.randint(-10, 100), chance.randint(0, 99) + 0.5, None, *declined]
        ),
        "day": chance.choice([f"2026-0{chance.randint(1, 6)}-{chance.randint(10, 28)}", None]),
    }
