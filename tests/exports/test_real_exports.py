"""Real surveys of other tools, moved in and handed out again in every format.

That what was moved in is what their files hold, ``authoring/test_real_files.py`` shows by
counting independently; here each format's counts are held against what is stored.
"""

import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyreadstat
import pytest

from feedback.exports.variables import Variable
from feedback.models import Response
from feedback.question_types.columns import Dtype
from tests import build
from tests.authoring.test_real_files import FILES, SURVEYS, moved_in
from tests.exports.test_csv import table as csv_rows
from tests.exports.test_formats import from_parquet, from_xlsx, written

pytestmark = [pytest.mark.django_db, pytest.mark.long]
# Those with hundreds of columns take minutes each.
NARROW = [file for file in FILES if file.stat().st_size < 160_000]
CLOSED = (Dtype.CODE, Dtype.BOOLEAN, Dtype.INTEGER, Dtype.DECIMAL)
Counts = dict[str, Counter[str]]


def closed(variables: list[Variable]) -> list[Variable]:
    return [one for one in variables if one.item and one.dtype in CLOSED and not one.personal]


def told(value: Any) -> str:
    """A value as all formats can be brought to write it."""
    if isinstance(value, bool):
        return str(int(value))
    return f"{float(value):g}" if isinstance(value, int | float) else str(value)


def counts(rows: list[dict[str, Any]], columns: list[Variable]) -> Counts:
    return {
        one.name: Counter(
            told(number(row[one.name]) if one.dtype in CLOSED[1:] else row[one.name])
            for row in rows
            if row[one.name] is not None and not str(row[one.name]).startswith("[")
            if row[one.name] != ""
        )
        for one in columns
    }


def number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def stored(columns: list[Variable]) -> Counts:
    """Counted from the stored answers, for questions whose answer is one code or number."""
    answers = list(Response.objects.values_list("answers", flat=True))
    found: Counts = {}
    for one in columns:
        values = [row.get(one.part) for row in answers]
        if one.dtype is Dtype.BOOLEAN and any(isinstance(value, list) for value in values):
            code = one.name.removeprefix(f"{one.part}__").removesuffix("__chosen")
            chosen = [code in value for value in values if isinstance(value, list)]
            found[one.name] = Counter(told(flag) for flag in chosen)
        elif one.name == one.part and not any(isinstance(v, list | bool) for v in values):
            plain = (v for v in values if v is not None and not isinstance(v, dict))
            found[one.name] = Counter(
                told(number(v) if one.dtype in CLOSED[1:] else v) for v in plain
            )
    return found


@pytest.mark.skipif(not FILES, reason=f"there is no {SURVEYS}; SOUNDINGS_TEST_DATA names one")
@pytest.mark.parametrize("file", NARROW, ids=lambda file: file.stem)
def test_every_format_counts_a_real_survey_alike(file: Path, tmp_path: Path) -> None:
    """Whatever program an analyst opens it with, the figures are those of the survey."""
    survey = moved_in(file, tmp_path)
    table = build.table(survey)
    columns, total = closed(table.variables), Response.objects.count()
    rows = csv_rows(build.exported(survey))
    expected = counts(rows, columns)

    known = stored(columns)
    assert known == {name: expected[name] for name in known} and len(rows) == total
    assert counts(from_xlsx(written(survey, "xlsx", tmp_path)), columns) == expected
    assert counts(from_parquet(written(survey, "parquet", tmp_path)), columns) == expected
    lines = written(survey, "jsonl", tmp_path).read_bytes().split(b"\n")[:-1]
    assert Counter(json.dumps(json.loads(line)["answers"], sort_keys=True) for line in lines) == (
        Counter(
            json.dumps(answers, sort_keys=True)
            for answers in Response.objects.values_list("answers", flat=True)
        )
    )
    with ZipFile(BytesIO(written(survey, "zip", tmp_path).read_bytes())) as archive:
        assert counts(csv_rows(archive.read("data.csv")), columns) == expected
    for name, read in (("zsav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        frame, meta = read(written(survey, name, tmp_path), output_format="polars")
        whole = {
            label.split(": ")[0]: short for short, label in meta.column_names_to_labels.items()
        }
        for one in columns:
            short = one.name if one.name in frame.columns else whole[one.name]
            values = [v for v in frame[short].to_list() if v is not None and v == v]
            if one.dtype is Dtype.CODE:
                codes = list(one.labels)
                values = [codes[int(value) - 1] for value in values]
            assert Counter(told(value) for value in values) == expected[one.name], (name, one.name)
