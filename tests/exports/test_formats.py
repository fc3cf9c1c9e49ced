"""Every kind of file, read by another program than wrote it, against what is stored."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pyreadstat
import pytest
from openpyxl.utils.escape import unescape

from feedback.exports import FORMATS, xlsx
from feedback.exports.choices import BadChoice
from feedback.exports.coded import cut, missing_numbers, namer, shortened
from feedback.exports.format import silent
from feedback.models import Response, Status, Survey
from feedback.open_text import code_frame, naming
from feedback.open_text import coding as text_coding
from feedback.open_text.questions import column_of, digest_of, question_of
from feedback.question_types import REGISTRY
from feedback.question_types.base import Item
from feedback.questionnaire.codebook import unguarded
from feedback.responses import coding, notes
from feedback.responses.in_field import items_of
from tests import build
from tests.exports.naughty import TEXTS
from tests.exports.test_csv import table as csv_rows

every_type = pytest.mark.parametrize(
    "kind", [k for k in REGISTRY if k.example().cells], ids=lambda kind: kind.__name__
)
LONG = [{"key": "wish", "type": "long_text", "text": "?", "max_length": 50_000}]
Row = dict[str, Any]


def written(survey: Survey, kind: str, folder: Path, choices: str = "") -> Path:
    path = folder / f"export.{kind}"
    FORMATS[kind].write(build.table(survey, choices=choices), path, silent)
    return path


def from_xlsx(path: Path, sheet: str = "Responses") -> list[Row]:
    book = openpyxl.load_workbook(path, read_only=True)
    head, *rows = book[sheet].iter_rows()
    names = [cell.value for cell in head]
    book.close()
    return [dict(zip(names, map(excel_value, row), strict=True)) for row in rows]


def excel_value(cell: Any) -> Any:
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def from_parquet(path: Path) -> list[Row]:
    found = duckdb.sql(f"SELECT * FROM '{path}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def from_zsav(path: Path) -> list[Row]:
    return list(pyreadstat.read_sav(path, output_format="polars")[0].iter_rows(named=True))


def from_dta(path: Path) -> list[Row]:
    frame = pyreadstat.read_dta(path, output_format="polars")[0]
    return list(frame.iter_rows(named=True))


# -- every type ------------------------------------------------------------------------


@pytest.fixture
def stored(kind: type[Item], db: None) -> Survey:
    survey = build.survey([*kind.example().before, kind.example().item])
    for fields, _answers in kind.example().accepts:
        build.respond(survey, **fields)
    return survey


def plain(value: Any) -> Any:
    """A value as the examples write it."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return int(value) if isinstance(value, bool) else value


@every_type
@pytest.mark.parametrize(("name", "read"), [("xlsx", from_xlsx), ("parquet", from_parquet)])
def test_each_type_comes_back_from_workbooks_and_parquet(
    kind: type[Item], stored: Survey, tmp_path: Path, name: str, read: Callable[[Path], list[Row]]
) -> None:
    """A number is a number, a day a day, a code a code, in the order of the responses."""
    rows = read(written(stored, name, tmp_path))

    for row, cells in zip(rows, kind.example().cells, strict=True):
        for column, value in cells.items():
            if value is None:
                assert row[column] in (None, "[not_shown]"), column
            elif isinstance(value, float):
                assert row[column] == pytest.approx(value), column
            else:
                assert plain(row[column]) == plain(value) or str(plain(row[column])).startswith(
                    str(value)
                ), column


@every_type
@pytest.mark.parametrize(
    ("name", "read"), [("zsav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)]
)
def test_each_type_comes_back_from_spss_and_stata_with_its_labels(
    kind: type[Item], stored: Survey, tmp_path: Path, name: str, read: Callable[..., Any]
) -> None:
    """Codes are numbers there, and their labels say which option each is."""
    frame, meta = read(written(stored, name, tmp_path), output_format="polars")
    columns = {one.name: one for one in build.table(stored).variables}

    for number, cells in enumerate(kind.example().cells):
        row = frame.row(number, named=True)
        for column, value in cells.items():
            got, one = row.get(column[:28]), columns[column]
            if value is None:
                assert got in (None, "") or got != got, column  # not a number
            elif one.labels and one.dtype == "code":
                labels = meta.variable_value_labels[column]
                assert labels[got] == str(one.labels[str(value)]), column
            elif isinstance(value, int | float):
                assert got == pytest.approx(float(value)), column
            else:
                assert str(plain(got)).rstrip().startswith(str(value).rstrip()), column
            assert meta.column_names_to_labels[column[:28]]


# -- texts -----------------------------------------------------------------------------


@pytest.fixture
def naughty(db: None) -> Survey:
    survey = build.survey(LONG)
    for text in TEXTS:
        row = build.respond(survey, wish="x")
        Response.objects.filter(pk=row.pk).update(answers={"wish": text})
    return survey


def test_every_text_comes_back_as_it_was_typed(naughty: Survey, tmp_path: Path) -> None:
    """Whatever anyone typed: each format gives it back, by the one rule it is documented with."""
    lines = written(naughty, "jsonl", tmp_path).read_bytes().split(b"\n")[:-1]
    assert [json.loads(line)["answers"]["wish"] for line in lines] == TEXTS
    assert [unguarded(row["wish"]) for row in csv_rows(build.exported(naughty))] == TEXTS
    assert [row["wish"] for row in from_parquet(written(naughty, "parquet", tmp_path))] == TEXTS
    cells = [row["wish"] for row in from_xlsx(written(naughty, "xlsx", tmp_path))]
    assert [bare(cell) for cell in cells] == TEXTS
    texts = [row["wish"] for row in from_dta(written(naughty, "dta", tmp_path))]
    assert texts == [cut(text, 2_000) for text in TEXTS]
    # SPSS fills texts up with blanks, so that nobody can tell them from their own.
    texts = [row["wish"] for row in from_zsav(written(naughty, "zsav", tmp_path))]
    assert texts == [text.rstrip(" ") for text in TEXTS]


def bare(cell: str) -> str:
    """A workbook's text without the apostrophe that tells it from a missing code."""
    codes = ("[not_shown]", "[refused]", "[dont_know]")
    return cell[1:] if cell.startswith("'") and cell.lstrip("'") in codes else cell


def test_a_workbook_has_stars(town: Survey, tmp_path: Path) -> None:
    """A narrow column of numbers is compared with what only a wide one can hold."""
    build.respond(town, wish="Benches", stars="4")
    build.respond(town, wish="Trees")

    assert [row["stars"] for row in from_xlsx(written(town, "xlsx", tmp_path))] == [4, None]


def test_a_workbook_holds_texts_as_texts(naughty: Survey, tmp_path: Path) -> None:
    """A cell that is a formula or a link acts when it is opened."""
    book = openpyxl.load_workbook(written(naughty, "xlsx", tmp_path))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d", "inlineStr") and cell.hyperlink is None
    assert book["Responses"].freeze_panes == "B2"


def test_a_text_too_long_for_a_cell_is_marked_and_told_beforehand(db: None, tmp_path: Path) -> None:
    """Cut is cut; but never silently, and where the whole lies is said."""
    survey = build.survey(LONG)
    for text in ("x" * 40_000, "😀" * 17_000, "y" * 32_767):
        row = build.respond(survey, wish="x")
        Response.objects.filter(pk=row.pk).update(answers={"wish": text})

    (told,) = FORMATS["xlsx"].warnings(build.table(survey), 3)
    long, wide, fits = (row["wish"] for row in from_xlsx(written(survey, "xlsx", tmp_path)))
    codebook = from_xlsx(tmp_path / "export.xlsx", "Codebook")

    assert "32,767" in str(told)
    assert long.endswith("[cut here: 40,000 characters; whole in CSV and JSON Lines]")
    assert wide.endswith("[cut here: 17,000 characters; whole in CSV and JSON Lines]")
    assert xlsx.utf16(long) == 32_767 and xlsx.utf16(wide) in (32_766, 32_767)
    assert fits == "y" * 32_767
    assert [row["meaning"] for row in codebook if row["column"] == "cells that were cut"] == ["2"]


def test_rows_past_a_sheet_go_on_on_the_next(
    town: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet ends at 1,048,576; here at three, as nobody would wait for that many."""
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    for number in range(5):
        build.respond(town, wish=f"wish {number}")

    path = written(town, "xlsx", tmp_path)

    sheets = [from_xlsx(path, name) for name in ("Responses", "Responses 2", "Responses 3")]
    assert [[row["wish"] for row in rows] for rows in sheets] == [
        *(["wish 0", "wish 1"], ["wish 2", "wish 3"], ["wish 4"])
    ]
    assert "3 sheets" in str(FORMATS["xlsx"].warnings(build.table(town), 5)[0])


def test_too_many_columns_are_refused_before_anything_is_written(
    town: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_COLUMNS", 5)
    with pytest.raises(BadChoice, match="room for 5 columns"):
        written(town, "xlsx", tmp_path)
    assert not list(tmp_path.iterdir())


# -- states ----------------------------------------------------------------------------


@pytest.fixture
def states(town: Survey) -> Survey:
    """Answered, blank, not shown, refused, don't know: one response each."""
    known: list[dict[str, Any]] = [
        {"visit": "never", "uses": ["rest"], "stars": 3, "wish": "x"},
        {"visit": None, "uses": None, "stars": None, "wish": None},
        {},
        {name: {"state": "refused"} for name in ("visit", "uses", "stars", "wish")},
        {name: {"state": "dont_know"} for name in ("visit", "uses", "stars", "wish")},
    ]
    for answers in known:
        row = build.respond(town, wish="x")
        Response.objects.filter(pk=row.pk).update(answers=answers)
    return town


def test_each_state_is_told_apart_in_each_format(states: Survey, tmp_path: Path) -> None:
    """Left blank, never asked and declined are three facts, whatever program counts them."""
    workbook = from_xlsx(written(states, "xlsx", tmp_path))
    for name in ("visit", "stars", "uses__walk", "wish"):
        assert [row[name] for row in workbook][1:] == [
            *(None, "[not_shown]", "[refused]", "[dont_know]")
        ]
    for row, state in zip(
        from_parquet(written(states, "parquet", tmp_path)),
        ("answered", "blank", "not_shown", "refused", "dont_know"),
        strict=True,
    ):
        assert {row[f"{name}__state"] for name in ("visit", "stars", "uses", "wish")} == {state}

    spss, meta = pyreadstat.read_sav(
        written(states, "zsav", tmp_path), user_missing=True, output_format="polars"
    )
    assert spss["visit"].to_list() == [2, None, -97, -98, -99]
    assert spss["stars"].to_list() == [3, None, -97, -98, -99]
    assert spss["uses__rest"].to_list() == [1, None, -97, -98, -99]
    assert meta.variable_value_labels["visit"][-98] == "refused"
    assert spss["wish_state"].to_list() == [1, 2, 3, 4, 5]
    assert pyreadstat.read_sav(tmp_path / "export.zsav", output_format="polars")[0][
        "visit"
    ].to_list() == [2, None, None, None, None]

    stata, meta = pyreadstat.read_dta(
        written(states, "dta", tmp_path), user_missing=True, output_format="polars"
    )
    assert stata["visit"].to_list() == [2, None, "a", "b", "c"]
    assert meta.variable_value_labels["stars"]["b"] == "refused"


def test_no_answer_is_taken_for_a_missing_code() -> None:
    """-97 may be a temperature."""
    assert list(missing_numbers(pl.Series([1, 5])).values()) == [-97, -98, -99]
    assert list(missing_numbers(pl.Series([-97])).values()) == [-997, -998, -999]
    assert list(missing_numbers(pl.Series([-995.5])).values()) == [-9997, -9998, -9999]
    assert list(missing_numbers(pl.Series([], dtype=pl.Int64)).values()) == [-97, -98, -99]


def test_names_are_short_and_their_own() -> None:
    """Two long names must not become the same variable."""
    name = namer(10)
    names = [name(long) for long in ("colours__red", "colours__rose", "if", "a-b", "a.b", "A_B")]
    assert names == ["colours__r", "colours__2", "if_", "a_b", "a_b_2", "A_B_3"]
    assert shortened("ü" * 50, 80) == "ü" * 38 + "…" and shortened("short", 80) == "short"


@pytest.mark.parametrize("name", ["dta", "zsav"])
@pytest.mark.parametrize("key", ["str5", "strl", "with", "byte", "all"])
def test_a_question_may_be_called_as_the_program_calls_something(
    db: None, tmp_path: Path, name: str, key: str
) -> None:
    """One word of a language that its author does not speak must not cost the whole file."""
    survey = build.survey([{"key": key, "type": "number", "text": "?"}])
    build.respond(survey, **{key: "5"})
    read = from_zsav if name == "zsav" else from_dta

    assert read(written(survey, name, tmp_path))[0][f"{key}_"] == 5


def test_a_long_number_stands_beside_a_letter(db: None, tmp_path: Path) -> None:
    """A telephone number has more than 32 bits, and somebody always declines."""
    survey = build.survey([{"key": "phone", "type": "number", "text": "?"}])
    for answer in (999_999_999_999_999, {"state": "refused"}):
        row = build.respond(survey, phone="1")
        Response.objects.filter(pk=row.pk).update(answers={"phone": answer})

    frame, _meta = pyreadstat.read_dta(
        written(survey, "dta", tmp_path), user_missing=True, output_format="polars"
    )
    assert frame["phone"].to_list() == [999_999_999_999_999, "b"]


def test_a_number_that_excel_would_round_is_a_text(db: None, tmp_path: Path) -> None:
    """Sixteen digits of a card or an account: the last one matters."""
    survey = build.survey([{"key": "account", "type": "number", "text": "?"}])
    for answer in (1_234_567_890_123_456, 5):
        row = build.respond(survey, account="1")
        Response.objects.filter(pk=row.pk).update(answers={"account": answer})

    rows = from_xlsx(written(survey, "xlsx", tmp_path))
    assert [row["account"] for row in rows] == ["1234567890123456", 5]


def test_stata_gets_a_version_that_all_its_editions_read(town: Survey, tmp_path: Path) -> None:
    """119 is for more than 32,767 variables, and most editions refuse it."""
    assert b"<release>118<" in written(town, "dta", tmp_path).read_bytes()[:60]


def test_a_long_name_and_a_far_zone_fit_into_the_notes_of_spss(db: None, tmp_path: Path) -> None:
    """A line of its notes has 80 bytes, and one byte more is no file at all."""
    survey = build.survey(LONG, slug="a" * 60)
    file = written(survey, "zsav", tmp_path, "zone=America/Argentina/ComodRivadavia")

    notes = pyreadstat.read_sav(file, metadataonly=True)[1].notes
    assert notes[:2] == [
        f"Survey {'a' * 60}.",
        "Times are of the zone America/Argentina/ComodRivadavia.",
    ]


def test_spss_tells_beforehand_that_texts_may_be_cut(db: None) -> None:
    """They count bytes, and a character has up to four of them."""
    table = build.table(build.survey(LONG))
    short = build.table(build.survey([{**LONG[0], "max_length": 8_191}], slug="short"))

    assert "32,767 bytes" in str(FORMATS["zsav"].warnings(table, 3)[0])
    assert "2,000 bytes" in str(FORMATS["dta"].warnings(table, 3)[0])
    assert not FORMATS["zsav"].warnings(short, 3)


@pytest.mark.parametrize("name", ["xlsx", "parquet", "zsav", "dta"])
def test_a_file_that_is_given_up_leaves_nothing(town: Survey, tmp_path: Path, name: str) -> None:
    """Somebody who cancels a million rows must not wait until they are packed, nor keep them."""
    build.respond(town, wish="x")

    def ended(_rows: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        FORMATS[name].write(build.table(town), tmp_path / "file", ended)
    assert not list(tmp_path.iterdir())


# -- what staff made of it -------------------------------------------------------------


@pytest.fixture
def worked_on(town: Survey, owner: Any) -> Survey:
    """A response with two tags, a note, a status, somebody who has it, a code and a name."""
    row = build.respond(town, wish="Llama for the benches", visit="often")
    for tag in ("seats", "shade"):
        coding.add_tag(row, tag, actor=owner)
    coding.set_status(row, Status.DONE, actor=owner)
    coding.assign(row, owner, actor=owner)
    notes.add_note(row, "Ask the park's people", actor=owner)
    column = column_of(items_of(town), "wish")
    code = code_frame.add(town, "wish", {"name": "Benches"}, actor=owner)
    seen = digest_of(row.answers["wish"]).hex()
    question = question_of(town, "wish")
    text_coding.save(question, column, row.pk, {code.number: ""}, coder=owner, seen=seen)
    naming.set_names(town, column, catalogue="open_models", asks=True, actor=owner)
    return town


READ: dict[str, Callable[[Path], list[Row]]] = {
    "csv": lambda path: csv_rows(path.read_bytes()),
    "jsonl": lambda path: [json.loads(line) for line in path.read_text().splitlines()],
    "xlsx": from_xlsx,
    "parquet": from_parquet,
    "zsav": from_zsav,
    "dta": from_dta,
}


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_what_staff_made_of_a_response_is_in_every_kind_of_file(
    worked_on: Survey, tmp_path: Path, kind: str
) -> None:
    """One tag on one response must not cost a survey its exports."""
    path = written(worked_on, kind, tmp_path)

    if kind in READ:
        (row,) = READ[kind](path)
        assert row["tags"] in ("seats | shade", ["seats", "shade"])
        assert "Ask the park's people" in str(row["notes"])
        assert row["assignee"] == "owner"
    else:
        assert path.stat().st_size
