"""Real files of other tools: drafted, published, imported, and counted by other means.

What is counted here is read with nothing but the csv module and the lines of the draft's
``imported_from``, so that a mistake of the importing code does not count along.
"""

import csv
import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from feedback.analysis.compile import figures
from feedback.models import Response, Survey
from feedback.question_types.base import Item
from feedback.refresh import refresh
from tests.questionnaires.data import FOLDER

pytestmark = pytest.mark.django_db
SURVEYS = FOLDER / "surveys"
LARGE = 100_000  # bytes; a file of more takes a minute
FILES = sorted(SURVEYS.glob("*.[ct]sv")) if SURVEYS.is_dir() else []


def rows_of(file: Path) -> list[list[str]]:
    tabs = file.suffix == ".tsv"
    quoting = csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
    text = StringIO(file.read_text(encoding="utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter="\t" if tabs else ",", quoting=quoting))


def one_space(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def moved_in(file: Path, folder: Path, *, slug: str = "moved") -> Survey:
    """The survey as somebody would make it, with two commands and the import."""
    out = folder / "draft.yaml"
    call_command("draft_survey", file, slug=slug, output=out, stdout=StringIO())
    call_command("load_survey", out, publish=True, stdout=StringIO(), stderr=StringIO())
    call_command("import_responses", slug, file, stdout=StringIO(), stderr=StringIO())
    return Survey.objects.get(slug=slug)


@pytest.mark.skipif(not FILES, reason=f"there is no {SURVEYS}; SOUNDINGS_TEST_DATA names one")
@pytest.mark.parametrize(
    "file",
    [pytest.param(f, marks=[pytest.mark.long] * (f.stat().st_size > LARGE)) for f in FILES],
    ids=lambda file: file.stem,
)
def test_every_row_and_every_count_of_a_real_file_arrives(file: Path, tmp_path: Path) -> None:
    """Somebody who moves in compares the figures with the old ones, and rightly so."""
    survey = moved_in(file, tmp_path)

    assert survey.live is not None
    questionnaire = survey.live.questionnaire
    told = questionnaire.imported_from
    assert told is not None
    header, *rows = rows_of(file)
    answers = list(Response.objects.order_by("id").values_list("answers", flat=True))
    assert len(answers) == len(rows)
    assert [column.header for column in told.columns] == [one_space(cell) for cell in header]
    closed = 0
    for place, column in enumerate(told.columns):
        item = questionnaire.by_key.get(column.item or "")
        if item is None or column.other or item.personal:
            continue
        cells = [row[place].strip() for row in rows]
        cells = ["" if cell in told.blank else cell for cell in cells]
        part = f"{item.key}__{column.row}" if column.row else item.key
        stored = [row.get(part) for row in answers]
        closed += compared(item, column, cells, stored)
    assert closed >= len(told.columns) // 5
    refresh()
    held_against_the_summary(figures(survey)["items"], questionnaire.questions, answers)


def held_against_the_summary(
    summed_up: dict[str, Any], items: list[Item], answers: list[dict[str, Any]]
) -> None:
    """Each question's figures beside a plain count of the answers that were compared above."""
    for item in (part for one in items for part in one.operands().values()):
        given = [row[item.key] for row in answers if item.key in row]
        known = [answer for answer in given if answer is not None and not isinstance(answer, dict)]
        found = summed_up.get(item.key) or next(
            of["rows"][item.key] for of in summed_up.values() if item.key in of.get("rows", {})
        )
        assert found["answered"] == len(known), item.key
        assert found["blank"] == sum(answer is None for answer in given), item.key
        assert found["not_shown"] == len(answers) - len(given), item.key
        if item.grouped_by and not item.personal:
            said = {code: known.count(value) for code, value in stored_as(item).items()}
            assert {code: n for code, n in found["counts"].items() if n} == {
                code: n for code, n in said.items() if n
            }, item.key
        elif "counts" in found and found.get("several"):
            chosen = Counter(code for answer in known for code in answer)
            assert {code: n for code, n in found["counts"].items() if n} == dict(chosen), item.key


def stored_as(item: Item) -> dict[str, Any]:
    """What stands in the rows for each code: true and false where frames have 1 and 0."""
    truths = {"yes": True, "no": False}
    return truths if dict(item.values()) == {"yes": 1, "no": 0} else dict(item.values())


def compared(item: Item, column: Any, cells: list[str], stored: list[Any]) -> bool:
    """Compare one column; whether it was a closed one."""
    texts = {code: one_space(str(text)) for code, text in words_of(item, column).items()}
    means = {one_space(meaning.cell): meaning.code for meaning in column.means}
    if column.option:
        codes = [answer or [] for answer in stored]
        assert sum(column.option in own for own in codes) == sum(bool(cell) for cell in cells)
    elif column.separator:
        counted: Counter[str] = Counter(code for answer in stored for code in answer or [])
        expected = Counter(code for cell in cells for code in set(codes_in(cell, column, texts)))
        assert {code: counted[code] for code in texts if code != "other"} == {
            code: expected[code] for code in texts if code != "other"
        }
    elif texts and item.type != "yes_no":
        by_text = {text: code for code, text in texts.items()}
        in_small = {text.casefold(): code for code, text in reversed(texts.items())}
        spelled = {name.casefold(): code for name, code in item.spellings().items()}
        alike = Counter(
            means.get(one_space(cell))
            or by_text.get(one_space(cell))
            or in_small.get(one_space(cell).casefold())
            or (cell if cell in texts else None)
            or spelled.get(one_space(cell).casefold(), "other")
            for cell in cells
            if cell
        )
        assert Counter(str(answer) for answer in stored if answer is not None) == alike
    else:
        assert sum(answer is not None for answer in stored) == sum(bool(cell) for cell in cells)
        return item.type in ("yes_no", "number", "date")
    return True


def words_of(item: Item, column: Any) -> dict[str, Any]:
    part = f"{item.key}__{column.row}" if column.row else item.key
    return dict(item.operands()[part].filters())


def codes_in(cell: str, column: Any, texts: dict[str, str]) -> list[str]:
    """The options in a joined cell: the longest first, as one may be a piece of another."""
    sign = re.escape(column.separator.strip())
    between = rf"\s*{sign}+\s+" if column.separator.endswith(" ") else rf"\s*{sign}\s*"

    def lined(text: str) -> str:
        return "\n" + re.sub(between, "\n\n", one_space(text)).rstrip(column.separator) + "\n"

    left, found = lined(cell), []
    by_length = sorted(texts.items(), key=lambda pair: -len(pair[1]))
    for changed in (str, str.casefold):
        for code, text in by_length:
            piece = changed(lined(text))
            if piece in changed(left):
                left = left.replace(left[changed(left).index(piece) :][: len(piece)], "\n", 1)
                found.append(code)
    return found
