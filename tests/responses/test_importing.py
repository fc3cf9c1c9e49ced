"""Importing: what comes in, what is refused and why, and that it is all or nothing."""

import csv
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from feedback.authoring.publish import publish
from feedback.models import AuditEntry, Response, Status
from feedback.models.identity import decrypt, encrypt
from feedback.question_types import REGISTRY
from feedback.questionnaire.codebook import guarded
from feedback.questionnaire.definition import Questionnaire, as_data
from feedback.questionnaire.readers.records import BadFile
from feedback.responses import importing, receipts
from tests import build

ITEMS = [
    {"key": "name", "type": "short_text", "text": "Name", "required": True, "personal": True},
    {"key": "clean", "type": "rating", "text": "How clean?"},
    {
        "key": "tools",
        "type": "multiple_choice",
        "text": "Tools?",
        "choices": [{"code": "saw", "text": "Saw"}, {"code": "axe", "text": "Axe"}],
        "other": "Another",
    },
    {"key": "why", "type": "long_text", "text": "Why?"},
]


def survey_of(items, slug="park"):
    data = {"slug": slug, "title": "The park", "pages": [{"items": items}]}
    return publish(Questionnaire.parse(data))[0].survey


@pytest.fixture
def survey(db):
    return survey_of(ITEMS)


@pytest.fixture
def write(tmp_path):
    """Write rows, each a dict of cells, as a CSV file."""

    def to_file(*rows):
        file = tmp_path / "responses.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as output:
            writer = csv.DictWriter(output, dict.fromkeys(name for row in rows for name in row))
            writer.writeheader()
            writer.writerows(rows)
        return file

    return to_file


def refused(survey, file):
    with pytest.raises(importing.Refused) as caught:
        build.imported(survey, file)
    assert not Response.objects.exists()
    return [str(refusal) for refusal in caught.value.report.refusals]


@pytest.mark.parametrize("kind", REGISTRY, ids=lambda kind: kind.model_fields["type"].default)
@pytest.mark.django_db
def test_what_the_columns_give_comes_back_as_the_same_answer(kind, write):
    """An export that does not read back in is no backup; true of every type."""
    example = kind.example()
    if not example.item.columns():
        return
    survey = survey_of([as_data(item) for item in (*example.before, example.item)])
    shown = [
        {name: told(example, name, cell, stored) for name, cell in cells.items()}
        for (_posted, stored), cells in zip(example.accepts, example.cells, strict=True)
    ]

    build.imported(survey, write(*shown))

    stored = [row.answers for row in Response.objects.order_by("id")]
    assert stored == [answers for _posted, answers in example.accepts]


def told(example, name, cell, stored):
    """A cell of the example as an export writes it."""
    part = next(column.part for column in example.item.columns() if column.name == name)
    if part not in stored:
        return "[not_shown]"
    return "" if cell is None else guarded(cell) if isinstance(cell, str) else cell


@pytest.mark.django_db
def test_an_export_reads_back_in(survey, tmp_path):
    """With every state, and with texts that an export has to guard."""
    declined = {"state": "refused"}
    kept = [
        {
            "name": True,
            "clean": 5,
            "tools": ["axe", "other"],
            "tools__other": "@home",
            "why": "'a'",
        },
        {"name": True, "clean": None, "tools": None, "why": "[refused]"},
        {"name": True, "clean": declined, "tools": declined, "why": declined},
        {"why": 'two\nlines, "quoted"', "tools": ["other"], "tools__other": None},
    ]
    for number, answers in enumerate(kept):
        nonce = uuid4()
        personal = {"name": f"=Ada{number}"} if "name" in answers else {}
        Response.objects.create(
            survey=survey,
            revision=survey.live,
            nonce=nonce,
            receipt=uuid4(),
            language="de",
            source="-poster",
            seconds=number,
            answers=answers,
            identity=encrypt(personal, nonce=nonce),
            status=Status.DONE,
            reasons=["honeypot", "fast", "network"][:number],
        )
    columns = ["received_at", "language", "source", "seconds", "status", "reasons", "answers"]
    before = list(Response.objects.order_by("id").values_list(*columns))
    whole = build.exported(survey, choices="with=personal")
    Response.objects.all().delete()
    file = tmp_path / "export.csv"
    file.write_bytes(whole)

    build.imported(survey, file)

    rows = Response.with_identity.order_by("id")
    assert list(rows.values_list(*columns)) == before
    names = [decrypt(row.identity, nonce=row.nonce).get("name") for row in rows]
    assert names == ["=Ada0", "=Ada1", "=Ada2", None]


@pytest.mark.django_db
def test_a_row_becomes_a_response_with_its_own_columns(survey, write):
    file = write(
        {
            "response": "17", "received_at": "2026-05-31T14:05:00+02:00", "revision": "9",
            "language": "de", "source": "'=1+1", "seconds": "61", "status": "done", "tags": "a | b",
            "name": "Ada", "clean": "4", "tools__saw": "1", "tools__axe": "0",
            "tools__other__chosen": "1", "tools__other": "'-plane", "why": "''tis\nnice",
        }
    )  # fmt: skip

    report = build.imported(survey, file)

    row = Response.with_identity.get()
    assert (report.stored, report.there_already, report.absent) == (1, 0, [])
    assert row.answers == {
        "name": True,
        "clean": 4,
        "tools": ["saw", "other"],
        "tools__other": "-plane",
        "why": "'tis\nnice",
    }
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}
    assert row.received_at == datetime(2026, 5, 31, 12, 5, tzinfo=UTC)
    assert (row.language, row.source, row.seconds, row.status) == ("de", "=1+1", 61, Status.DONE)
    assert row.revision == survey.live
    assert receipts.find(receipts.code_for(row.nonce)) == row


@pytest.mark.django_db
def test_the_four_states_stay_apart(survey, write):
    """Blank, not shown and declined mean different things in every statistic."""
    ticks = ("tools__saw", "tools__axe", "tools__other__chosen")
    file = write(
        {"name": "Ada", "clean": "", "why": "'[refused]", **dict.fromkeys(ticks, "")},
        {"name": "Bob", "clean": "[refused]", "why": "[not_shown]"}
        | dict.fromkeys(ticks, "[refused]"),
        {"name": "[not_shown]", "clean": "[not_shown]", "why": ""}
        | dict.fromkeys(ticks, "[not_shown]"),
    )

    build.imported(survey, file)

    declined = {"state": "refused"}
    assert [row.answers for row in Response.objects.order_by("id")] == [
        {"name": True, "clean": None, "tools": None, "why": "[refused]"},
        {"name": True, "clean": declined, "tools": declined},
        {"why": None},
    ]


@pytest.mark.django_db
def test_a_question_without_a_column_was_not_shown(survey, write):
    report = build.imported(survey, write({"name": "Ada", "why": "So"}))

    assert Response.objects.get().answers == {"name": True, "why": "So"}
    assert report.absent == ["clean", "tools"]


@pytest.mark.django_db
def test_one_wrong_row_keeps_all_out_and_every_reason_is_told(survey, write):
    """Half a file is worse than none: nobody knows which half."""
    file = write(
        {"name": "Ada", "clean": "4", "tools__saw": "1"},
        {"name": "", "clean": "9", "tools__saw": "yes"},
        {
            "name": "Line\nend\0".replace("\0", ""),
            "clean": "[refused]",
            "tools__saw": "[refused]",
        },
        {"name": "Bob", "clean": "four", "tools__saw": "0"},
    )

    reasons = refused(survey, file)

    assert [reason.split(":")[0] for reason in reasons] == [
        "line 3, name",
        "line 3, clean",
        "line 3, tools",
        "line 6, clean",
    ]
    assert "needs an answer" in reasons[0]
    assert "neither 1 nor 0" in reasons[2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("received_at", "yesterday", "Write it like"),
        ("received_at", "0001-01-01T00:00:00+14:00", "Write it like"),
        ("received_at", "2999-01-01T00:00:00Z", "in the future"),
        ("language", "x" * 36, "no language"),
        ("source", "x" * 101, "at most 100"),
        ("seconds", "-1", "digits only"),
        ("reasons", "fast | slow", "Use honeypot, fast, held_key, network, device"),
        ("reasons", "fast |", "is no reason of screening"),
        ("seconds", "9999999999", "digits only"),
        ("status", "wonderful", "acknowledged"),
    ],
)
def test_the_columns_of_the_response_itself_are_checked(survey, write, column, cell, reason):
    (told,) = refused(survey, write({"name": "Ada", column: cell}))

    assert told.startswith(f"line 2, {column}: ")
    assert reason in told


@pytest.mark.django_db
def test_the_same_file_again_stores_nothing_twice(survey, write):
    """After a broken connection one imports again, not knowing how far it came."""
    file = write({"name": "Ada"}, {"name": "Ada"})
    build.imported(survey, file)

    again = build.imported(survey, file)

    assert (again.stored, again.there_already) == (0, 2)
    assert Response.objects.count() == 2


@pytest.mark.django_db
def test_a_dropped_question_is_taken_only_without_answers(survey, write):
    """The export has its column; there is no item left that could check an answer."""
    survey = survey_of(ITEMS[:-1])
    build.imported(survey, write({"name": "Ada", "why": "[not_shown]"}))
    assert Response.objects.get().answers == {"name": True}
    Response.objects.all().delete()

    (told,) = refused(survey, write({"name": "Ada", "why": "So"}))

    assert "no longer asks" in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1: no column holds an answer"),
        (b"name,town\nAda,Bonn\n", "line 1: the survey has no column 'town'"),
        (b"name,name\nAda,Bob\n", "line 1: there twice: name"),
        (b"language\nde\n", "line 1: no column holds an answer"),
        (b"name,why\nAda,So\nBob\n", "line 3: 1 cells, but the header has 2"),
        (b"name\n\xc4da\n", "line 2 is not UTF-8"),
        ("name\nAda\n".encode("utf-16"), "line 1 is not UTF-8"),
        (b"name\nA\0da\n", "line 2 holds a NUL"),
        (b'name\nAda\n"Bob\n', "line 3: unexpected end of data"),
        (b'name\n"Ada" B\n', "line 2: "),
        (b'name\n"' + b"x" * 200_000 + b'"\n', "line 2: field larger than field limit"),
        (b"name\n" + b"x" * 4_000_001, "line 2 is longer than any response"),
    ],
)
def test_a_file_that_is_no_csv_of_the_survey_is_told_with_its_line(survey, tmp_path, content, told):
    file = tmp_path / "responses.csv"
    file.write_bytes(content)

    with pytest.raises(BadFile) as caught:
        build.imported(survey, file)

    assert str(caught.value).startswith(told)
    assert not Response.objects.exists()


@pytest.mark.django_db
def test_the_command_lists_fifty_refusals_and_counts_the_rest(survey, write, capsys):
    file = write(*({"name": ""} | {"clean": "1"} for _ in range(70)))

    with pytest.raises(CommandError, match="70 rows are refused; nothing was stored"):
        call_command("import_responses", "park", str(file))

    told = capsys.readouterr().err.splitlines()
    assert sum("line " in line for line in told) == 50
    assert told[-1] == "… and 20 more"
    assert told[0] == f"{file}, line 2, name: This question needs an answer."


@pytest.mark.django_db
def test_the_command_tells_what_it_stored(survey, write, capsys):
    file = write({"name": "Ada"})
    call_command("import_responses", "park", str(file))
    call_command("import_responses", "park", str(file))

    told = capsys.readouterr().out
    assert "1 responses stored in park" in told
    assert "1 of the file were there already" in told
    assert "not shown: clean, tools, why" in told
    (entry,) = AuditEntry.objects.filter(action="import")
    assert (entry.actor, entry.details) == (None, {"responses": 1})


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_named(survey):
    with pytest.raises(CommandError, match="Check the path"):
        call_command("import_responses", "park", "/nowhere.csv")
