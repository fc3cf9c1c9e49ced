"""A CSV file as records, each with its line, or a clear word about what is wrong with it."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 4_000_000  # bytes; more than any response can have


class BadFile(Exception):
    """The file as a whole cannot be read; the message says where and what to do."""


def records(raw: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line; blank lines are left out."""
    reader = csv.reader(lines(raw), strict=True)
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadFile(f"line {line}: {error}. Check the quotes from there on.") from error
        if cells is None:
            return
        if not cells:
            continue
        width = width or len(cells)
        if len(cells) != width:
            raise BadFile(
                f"line {line}: {len(cells)} cells, but the header has {width}. "
                "Quote each cell that holds a comma or a line end."
            )
        yield line, cells


def lines(raw: BinaryIO) -> Iterator[str]:
    """The file's lines as text, with their ends."""
    for number, line in enumerate(iter(lambda: raw.readline(LONGEST_LINE), b""), 1):
        if len(line) == LONGEST_LINE:
            raise BadFile(f"line {number} is longer than any response. Is it a CSV file?")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadFile(f"line {number} is not UTF-8. Save the file as CSV, in UTF-8.") from error
        if "\0" in text:
            raise BadFile(f"line {number} holds a NUL character. Remove it.")
        yield text
