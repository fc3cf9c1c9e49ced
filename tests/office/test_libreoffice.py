"""What a spreadsheet makes of our files: ``make office``; needs LibreOffice on the machine."""

import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from feedback.exports import FORMATS
from feedback.exports.format import silent
from feedback.models import Response, Survey
from feedback.questionnaire.codebook import guarded
from tests import build
from tests.exports.naughty import TEXTS
from tests.exports.test_formats import LONG, from_xlsx

OFFICE = shutil.which("soffice") or ""
pytestmark = pytest.mark.skipif(not OFFICE, reason="soffice is not installed on this machine")
# LibreOffice itself loses these when it saves: control characters, and it does not escape
# again what reads like an escape of the format.
KEPT = [
    text
    for text in TEXTS
    if "_x" not in text and not any(ord(sign) < 32 and sign not in "\t\n" for sign in text)
]


@pytest.fixture
def survey(db: None) -> Survey:
    survey = build.survey(LONG)
    for text in KEPT:
        row = build.respond(survey, wish="x")
        Response.objects.filter(pk=row.pk).update(answers={"wish": text})
    return survey


def opened_and_saved(path: Path, *, how: str = "") -> Path:
    """The file as LibreOffice opens it, saved by it as a workbook."""
    folder = path.parent / "saved"
    command = [OFFICE, "--headless", f"-env:UserInstallation=file://{path.parent}/profile"]
    command += [f"--infilter={how}"] if how else []
    command += ["--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ})
    return folder / f"{path.stem}.xlsx"


def formulas(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.coordinate for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_text_becomes_a_formula(survey: Survey, tmp_path: Path, kind: str) -> None:
    """Opened with formulas evaluated, as a careless hand would: nothing is one."""
    path = tmp_path / f"answers.{kind}"
    FORMATS[kind].write(build.table(survey), path, silent)
    how = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,0,true"

    saved = opened_and_saved(path, how=how if kind == "csv" else "")

    assert formulas(saved) == []


def test_without_the_guard_texts_do_become_formulas(tmp_path: Path) -> None:
    """The control: else the test above would prove nothing."""
    path = tmp_path / "bare.csv"
    path.write_text("wish\n=1+1\n")
    how = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,0,true"

    assert formulas(opened_and_saved(path, how=how)) == ["A2"]


def test_a_workbook_keeps_each_text_through_a_spreadsheet(survey: Survey, tmp_path: Path) -> None:
    """Opened, looked at and saved: what people typed is still what they typed."""
    path = tmp_path / "answers.xlsx"
    FORMATS["xlsx"].write(build.table(survey), path, silent)

    rows = from_xlsx(opened_and_saved(path))

    missing = ("[not_shown]", "[refused]", "[dont_know]")
    expected = [guarded(t) if t.lstrip("'") in missing else t for t in KEPT]
    assert [row["wish"] for row in rows] == expected
