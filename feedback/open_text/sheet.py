"""A column of a CSV file from anywhere, and the themes of its rows as another."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from feedback.open_text.themes import Found

LONGEST_CELL = 10_000_000
SEPARATORS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(Exception):
    """The file, or the column, is not what was said; the message says what is there."""


def read_column(file: Path, column: str) -> list[str]:
    """The cells of one column, in order; "" for a row that is too short.

    Raises:
        Unreadable: if there is no such column, naming those that there are, or no text.
        OSError: if the file cannot be read.
    """
    raw = file.read_bytes()
    rows = _rows(_decoded(raw, file), file)
    header = [name.strip() for name in next(rows, [])]
    if not any(header):
        raise Unreadable(f"{file} is empty: its first row must name the columns.")
    if column.strip() not in header:
        there = "; ".join(name for name in header if name)
        raise Unreadable(f"{file} has no column {column}. It has: {there}.")
    if header.count(column.strip()) > 1:
        raise Unreadable(f"{file} has several columns {column}: rename all but one.")
    at = header.index(column.strip())
    return [row[at] if at < len(row) else "" for row in rows]


def _decoded(raw: bytes, file: Path) -> str:
    """UTF-8 or UTF-16, with or without a mark; otherwise what Windows wrote in the West."""
    for mark, encoding in MARKS.items():
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"{file} begins as {encoding} and does not go on so.") from error
    if b"\0" in raw[:200]:
        raise Unreadable(f"{file} is not a CSV file: it holds zero bytes.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _rows(text: str, file: Path) -> Iterator[list[str]]:
    """Rows as they are, but not lines without anything, which spreadsheets leave at the end."""
    usual = csv.field_size_limit(LONGEST_CELL)  # of the whole process, so it is put back
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    # Newlines as they are: one inside quotes is a part of the cell, whichever kind it is.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise Unreadable(f"{file}, line {reader.line_num}: {error}.") from error
    finally:
        csv.field_size_limit(usual)


def label(found: Found, theme: int) -> str:
    """The label of a theme; a remainder says that it is one."""
    told = str(found.labels[theme])
    if found.mixed[theme]:
        return f"Other / mixed: {told}" if told else "Other / mixed"
    return told or f"Theme {theme + 1}"


def write_themes(file: Path, found: Found) -> None:
    """``row`` counts from 1, without the header; a row that says nothing has no theme."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "theme id", "theme label"])
        for row, theme in enumerate(found.top.tolist(), start=1):
            named = [theme + 1, guarded(label(found, theme))] if theme >= 0 else ["", ""]
            writer.writerow([row, *named])


def guarded(text: str) -> str:
    """A label that begins like a formula is none to a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "'")) else text
