"""``manage.py theme_texts``: any CSV in, a theme for every row out."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.open_text.answers import labelled

TEXTS, _SUBJECTS = labelled()


def themed(file: Path, *more: str, column: str = "Wish") -> list[dict[str, str]]:
    output = file.with_suffix(".out.csv")
    said = StringIO()
    call_command(
        "theme_texts", str(file), "--column", column, "--output", str(output), *more, stdout=said
    )
    assert f"{output}: " in said.getvalue()
    with output.open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def written(file: Path, cells: list[str], *, encoding: str = "utf-8", separator: str = ",") -> Path:
    with file.open("w", newline="", encoding=encoding) as out:
        writer = csv.writer(out, delimiter=separator)
        writer.writerow(["Number", " Wish "])
        writer.writerows([at, cell] for at, cell in enumerate(cells))
    return file


def test_every_row_is_there(tmp_path: Path) -> None:
    """Blank ones with no theme, so that the columns fit beside the file."""
    rows = themed(written(tmp_path / "in.csv", [*TEXTS, "", "n/a"]), "--themes", "4")
    assert [row["row"] for row in rows] == [str(at + 1) for at in range(len(TEXTS) + 2)]
    assert all(row["theme id"] and row["theme label"] for row in rows[:-2])
    assert [row["theme id"] for row in rows[-2:]] == ["", ""]
    assert {row["theme id"] for row in rows[:-2]} == {"1", "2", "3", "4"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_any_program_are_read(tmp_path: Path, encoding: str, separator: str) -> None:
    """A byte order mark, other separators, newlines and quotes inside a cell."""
    cells = [f'{text}\n\n"Señor", said;\t{text}' for text in TEXTS]
    file = written(tmp_path / "in.csv", cells, encoding=encoding, separator=separator)
    assert len(themed(file, "--themes", "3")) == len(TEXTS)


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    """Whoever mistypes one sees the right one."""
    file = written(tmp_path / "in.csv", TEXTS)
    with pytest.raises(CommandError, match=r"no column wish\. It has: Number; Wish\."):
        themed(file, column="wish")


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"", "is empty"), (b"Wish,Wish\na,b\n", "several columns"), (b"\0\0PK", "not a CSV file")],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, raw: bytes, said: str) -> None:
    """In a sentence, not a traceback."""
    file = tmp_path / "in.csv"
    file.write_bytes(raw)
    with pytest.raises(CommandError, match=said):
        themed(file)
    with pytest.raises(CommandError, match="No such file"):
        themed(tmp_path / "none.csv")


def test_a_column_of_blanks_has_no_themes(tmp_path: Path) -> None:
    """An empty answer to an empty question."""
    rows = themed(written(tmp_path / "in.csv", ["", "-", "none"]))
    assert [row["theme id"] for row in rows] == ["", "", ""]


def test_quotes_are_printed_on_request(tmp_path: Path) -> None:
    """What a theme is about shows best in an answer."""
    file = written(tmp_path / "in.csv", TEXTS)
    said = StringIO()
    call_command(
        "theme_texts", str(file), "--column=Wish", "--themes=4", "--quotes", "--vectors=lsa",
        f"--output={tmp_path / 'out.csv'}", stdout=said,
    )  # fmt: skip
    assert sum(text in said.getvalue() for text in TEXTS) >= 4
