"""JSON Lines and joined ticks: what comes back, and that nothing invalid comes in."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import pytest

from feedback.models import Response, Status, Survey
from feedback.models.identity import decrypt
from feedback.question_types import REGISTRY
from feedback.question_types.base import Item
from feedback.questionnaire.definition import as_data
from feedback.questionnaire.readers.records import BadFile
from feedback.responses import importing
from tests import build

pytestmark = pytest.mark.django_db
ITEMS: list[dict[str, Any]] = [
    {"key": "name", "type": "short_text", "text": "Name", "personal": True},
    {"key": "clean", "type": "rating", "text": "How clean?"},
    {
        "key": "tools",
        "type": "multiple_choice",
        "text": "Tools?",
        "choices": [{"code": "saw", "text": "Saw"}, {"code": "axe", "text": "Axe"}],
        "other": "Another",
    },
    {
        "key": "paths",
        "type": "grid",
        "several": True,
        "text": "Paths?",
        "rows": [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}],
        "choices": [{"code": "good", "text": "Good"}, {"code": "bad", "text": "Bad"}],
    },
]
OWN: dict[str, Any] = {
    "response": 12, "received_at": "2026-05-31T14:05:00.123456Z", "revision": 2, "language": "de",
    "source": "=poster", "seconds": 41, "status": "done", "tags": ["a"], "reasons": ["fast"],
}  # fmt: skip


@pytest.fixture
def survey() -> Survey:
    return build.survey(ITEMS, slug="park")


def lines(*rows: dict[str, Any]) -> BytesIO:
    return BytesIO(b"".join(json.dumps(row).encode() + b"\n" for row in rows))


def told(survey: Survey, raw: BytesIO) -> list[str]:
    """Why rows are refused; nothing is stored then."""
    with pytest.raises(importing.Refused) as caught:
        importing.import_from(survey, raw)
    assert not Response.objects.exists()
    return [str(refusal) for refusal in caught.value.report.refusals]


def test_a_line_becomes_the_response_that_it_was(survey: Survey) -> None:
    """The lossless export is the one that a survey moves house with."""
    answers = {
        "name": True, "clean": {"state": "refused"}, "tools": ["axe", "other"],
        "tools__other": "'=x", "paths": ["day"], "paths__day": ["bad"], "paths__night": None,
    }  # fmt: skip
    line = OWN | {"answers": answers, "identity": {"name": "Ada"}}

    report = importing.import_from(survey, lines(line))

    row = Response.with_identity.get()
    assert (report.stored, report.absent) == (1, [])
    assert row.answers == answers
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}
    assert row.received_at.isoformat() == "2026-05-31T14:05:00.123456+00:00"
    assert (row.language, row.source, row.seconds) == ("de", "=poster", 41)
    assert (row.status, row.reasons) == (Status.DONE, ["fast"])


@pytest.mark.parametrize("kind", REGISTRY, ids=lambda kind: kind.model_fields["type"].default)
def test_every_stored_answer_of_every_type_comes_back(kind: type[Item]) -> None:
    """Of each type, each answer that it may store, and each state."""
    example = kind.example()
    if not example.item.asks:
        return
    survey = build.survey([as_data(item) for item in (*example.before, example.item)])
    whole = [answers for _posted, answers in example.accepts]
    declined = {example.item.key: {"state": "dont_know"}}

    importing.import_from(
        survey, lines(*({"answers": answers} for answers in [*whole, declined, {}]))
    )

    stored = list(Response.objects.order_by("id").values_list("answers", flat=True))
    assert stored == [*whole, declined, {}]


def test_what_was_withdrawn_is_counted_and_left_out(survey: Survey) -> None:
    """Whoever took an answer back finds it gone in the new house, too."""
    stone = {"response": 7, "withdrawn_at": "2026-05-31T14:05:00Z"}

    report = importing.import_from(survey, lines(stone, {"answers": {"clean": 4}}, stone))

    assert (report.stored, report.withdrawn) == (1, 2)
    assert Response.objects.get().answers == {"clean": 4}


def test_a_personal_answer_that_the_file_lacks_is_not_shown(survey: Survey) -> None:
    """Exports without personal answers say only that there was one."""
    report = importing.import_from(survey, lines({"answers": {"name": True, "clean": 4}}))

    assert Response.objects.get().answers == {"clean": 4}
    assert report.absent == ["name", "tools", "paths"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"clean": 9}, "not one of the options"),
        ({"clean": True}, "not one of the options"),
        ({"clean": "4"}, "no form gives this answer"),
        ({"clean": [4]}, "not one of the options"),
        ({"clean": {"state": "tired"}}, "no way to decline"),
        ({"clean": {"state": "refused", "clean": 4}}, "no way to decline"),
        ({"tools": ["axe", "saw"]}, "no form gives this answer"),
        ({"tools": ["spade"]}, "not one of the options"),
        ({"tools": []}, "no form gives this answer"),
        ({"tools": "axe"}, "no form gives this answer"),
        ({"tools__other": "x"}, "stands there without tools"),
        ({"tools": ["saw"], "tools__other": "x"}, "no form gives this answer"),
        ({"paths": ["day"], "paths__day": None}, "no form gives this answer"),
        ({"paths": None, "paths__noon": ["good"]}, "no form gives this answer"),
        ({"name": "Ada"}, "it is personal"),
        ({"wish": "So"}, "no longer asks"),
        ([], "holds no answers"),
        (None, "holds no answers"),
    ],
)
def test_an_answer_that_no_form_gives_is_refused(survey: Survey, answers: Any, reason: str) -> None:
    """A file may have been changed, and what is stored is believed from then on."""
    (refusal,) = told(survey, lines({"answers": answers}))

    assert refusal.startswith("line 1, ")
    assert reason in refusal


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        ({"received_at": 5}, "is no time"),
        ({"received_at": "2999-01-01T00:00:00Z"}, "in the future"),
        ({"seconds": -1}, "digits only"),
        ({"seconds": 1.5}, "is no seconds"),
        ({"status": {}}, "is no status"),
        ({"reasons": ["slow"]}, "no reason of screening"),
        ({"source": "x" * 101}, "at most 100"),
    ],
)
def test_the_values_of_the_response_itself_are_checked(
    survey: Survey, own: dict[str, Any], reason: str
) -> None:
    """They are as much believed as the answers."""
    (refusal,) = told(survey, lines({"answers": {"clean": 4}} | own))

    assert reason in refusal


@pytest.mark.parametrize("content", [b'{"answers": \n', b"{}\n[1]\n", b'{"a": ' + b"[" * 100_000])
def test_what_is_no_json_is_told_with_its_line(survey: Survey, content: bytes) -> None:
    """Half a download is the likeliest reason."""
    with pytest.raises(BadFile, match=r"line [12] is no"):
        importing.import_from(survey, BytesIO(content))


@pytest.mark.parametrize("place", ["answers", "identity"])
def test_half_a_character_is_told_with_its_line(survey: Survey, place: str) -> None:
    """JSON can name what no text holds; the database would refuse all of it without a word."""
    row = {"answers": {"clean": 4}, "identity": {}}
    content = json.dumps(row) + "\n" + json.dumps({**row, place: {"why": "bad \ud800 text"}})

    with pytest.raises(BadFile, match="line 2 holds half a character"):
        importing.import_from(survey, BytesIO(content.encode()))


def test_the_same_lines_again_store_nothing_twice(survey: Survey) -> None:
    """As with tables."""
    rows = [{"answers": {"clean": 4}}, {"answers": {"clean": 4}}]
    importing.import_from(survey, lines(*rows))

    again = importing.import_from(survey, lines(*rows))

    assert (again.stored, again.there_already) == (0, 2)


# -- joined ticks ----------------------------------------------------------------------


def table(*rows: dict[str, str]) -> BytesIO:
    out = StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return BytesIO(out.getvalue().encode())


def test_ticks_joined_in_one_column_are_read(survey: Survey) -> None:
    """An export can have them so; the states stay what they are."""
    blank = {"tools": "", "tools__other": "", "paths__day": "", "paths__night": ""}
    rows = table(
        blank | {"tools": "saw | other", "tools__other": "Plane", "paths__day": "good | bad"},
        blank,
        dict.fromkeys(blank, "[not_shown]"),
        blank | dict.fromkeys(["tools", "tools__other"], "[refused]"),
    )

    importing.import_from(survey, rows)

    grid = {"paths": None, "paths__day": None, "paths__night": None}
    stored = list(Response.objects.order_by("id").values_list("answers", flat=True))
    assert stored == [
        {"tools": ["saw", "other"], "tools__other": "Plane"}
        | {"paths": ["day"], "paths__day": ["good", "bad"], "paths__night": None},
        {"tools": None} | grid,
        {},
        {"tools": {"state": "refused"}} | grid,
    ]


def test_a_joined_code_that_is_none_is_refused(survey: Survey) -> None:
    """With the codes that there are."""
    (refusal,) = told(survey, table({"tools": "saw | spade"}))

    assert refusal == (
        "line 2, tools: “spade” is none of its codes. Use saw, axe, other, joined by “ | ”."
    )


def test_joined_and_apart_at_once_is_refused(survey: Survey) -> None:
    """They may say different things, and nobody knows which is meant."""
    with pytest.raises(BadFile, match="there twice: tools"):
        importing.import_from(survey, table({"tools": "saw", "tools__axe": "1"}))


def test_a_row_of_a_table_that_was_withdrawn_is_left_out(survey: Survey) -> None:
    """Exports with what was withdrawn have such rows, blank otherwise."""
    rows = table({"withdrawn_at": "", "clean": "4"}, {"withdrawn_at": "2026-05-31", "clean": ""})

    report = importing.import_from(survey, rows)

    assert (report.stored, report.withdrawn) == (1, 1)


def test_a_check_tells_what_an_import_would_do_and_stores_nothing(survey: Survey) -> None:
    """The page shows it before anybody says yes."""
    rows = [{"answers": {"clean": 4}}, {"answers": {"clean": 5}}]

    report = importing.import_from(survey, lines(*rows), storing=False)

    assert report.stored == 2
    assert not Response.objects.exists()
