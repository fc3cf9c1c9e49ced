"""A table of text as records, each with its line, or a clear word about what is wrong with it.

Our own exports are UTF-8 with commas. Other tools write what they like, so ``shape_of``
looks at a file before it is read.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_CUR
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

LONGEST_LINE = 4_000_000  # bytes; more than any response can have
# From so many lines and characters the delimiter is guessed.
MOST_LINES, LOOKED_AT = 2_000, 1_000_000
BLOCK = 1 << 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NAMES = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


class BadFile(Exception):
    """The file as a whole cannot be read; the message says where and what to do."""


@dataclass(frozen=True)
class Shape:
    """How a table is written down.

    Args:
        quoted: quotes around a cell are not part of it.
        padded: short records get blank cells, and blank cells too many are dropped.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = True
    padded: bool = False

    def __str__(self) -> str:
        name = NAMES.get(self.encoding.removesuffix("-sig"), self.encoding)
        return f"{name}, {DELIMITERS.get(self.delimiter, self.delimiter)}"


OURS = Shape()
WORKBOOK = b"PK\x03\x04"  # how files of Excel and LibreOffice begin, as all ZIP archives


def records(raw: BinaryIO, shape: Shape = OURS) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line; blank lines are left out."""
    text = lines(raw, shape.encoding)
    reader = (
        csv.reader(text, strict=True, delimiter=shape.delimiter)
        if shape.quoted
        else csv.reader(text, strict=True, delimiter=shape.delimiter, quoting=csv.QUOTE_NONE)
    )
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            told = _("line %(line)d: %(error)s. Check the quotes from there on.")
            raise BadFile(told % {"line": line, "error": error}) from error
        if cells is None:
            return
        if not cells:
            continue
        width = width or len(cells)
        if shape.padded and len(cells) != width:
            cells = padded(cells, width)
        if len(cells) != width:
            told = _(
                "line %(line)d: %(n)d cells, but the header has %(width)d. "
                "Quote each cell that holds a comma or a line end."
            )
            raise BadFile(told % {"line": line, "n": len(cells), "width": width})
        yield line, cells


def padded(cells: list[str], width: int) -> list[str]:
    """The cells with as many blank ones at their end as make them ``width``."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells + [""] * (width - len(cells))


def lines(raw: BinaryIO, encoding: str = "utf-8") -> Iterator[str]:
    """The file's lines as text, with their ends."""
    begins = raw.read(len(WORKBOOK))
    raw.seek(-len(begins), SEEK_CUR)
    if begins == WORKBOOK:
        raise BadFile(_("it is a workbook or an archive. Save its sheet as CSV, in UTF-8."))
    if encoding == "utf-16":
        yield from lines_of_two_bytes(raw)
        return
    name = NAMES[encoding]
    for number, line in enumerate(iter(lambda: raw.readline(LONGEST_LINE), b""), 1):
        if len(line) == LONGEST_LINE:
            raise too_long(number)
        try:
            text = line.decode("utf-8-sig" if (number, encoding) == (1, "utf-8") else encoding)
        except UnicodeDecodeError as error:
            told = _("line %(line)d is not %(encoding)s. Save the file as CSV, in UTF-8.")
            raise BadFile(told % {"line": number, "encoding": name}) from error
        yield without_nul(text, number)


def lines_of_two_bytes(raw: BinaryIO) -> Iterator[str]:
    text = io.TextIOWrapper(raw, "utf-16", newline="")
    number = 0
    try:
        for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), 1):
            if len(line) == LONGEST_LINE:
                raise too_long(number)
            yield without_nul(line, number)
    except UnicodeError as error:
        told = _("line %(line)d is not %(encoding)s. Save the file as CSV, in UTF-8.")
        raise BadFile(told % {"line": number + 1, "encoding": "UTF-16"}) from error
    finally:
        text.detach()  # the file belongs to whoever opened it


def too_long(number: int) -> BadFile:
    told = _("line %(line)d is longer than any response. Is it a CSV file?")
    return BadFile(told % {"line": number})


def without_nul(text: str, number: int) -> str:
    if "\0" in text:
        told = _("line %(line)d holds a NUL character. Remove it.")
        raise BadFile(told % {"line": number})
    return text


# -- the shape of a file that somebody else wrote --------------------------------------


def shape_of(raw: BinaryIO) -> Shape:
    """Encoding and delimiter of a file, which is left at its beginning."""
    encoding = encoding_of(raw)
    raw.seek(0)
    delimiter = delimiter_of(lines(raw, encoding))
    raw.seek(0)
    quoted = delimiter != "\t" or not tells_nothing_by_quotes(raw, encoding)
    raw.seek(0)
    return Shape(encoding, delimiter, quoted=quoted, padded=True)


def tells_nothing_by_quotes(raw: BinaryIO, encoding: str) -> bool:
    """Whether quotes are just part of the texts: each line is a record, and they do not pair."""
    if len({line.count("\t") for line in lines(raw, encoding) if line.strip()}) != 1:
        return False
    raw.seek(0)
    try:
        for _cells in csv.reader(lines(raw, encoding), strict=True, delimiter="\t"):
            pass
    except csv.Error:
        return True
    return False


def encoding_of(raw: BinaryIO) -> str:
    """UTF-16 by its mark, UTF-8 if all of it is; else the old encoding of Windows."""
    if raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    raw.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := raw.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def delimiter_of(text: Iterator[str]) -> str:
    """The one under which the most records have as many cells as the header."""
    sample: list[str] = []
    room = LOOKED_AT
    for line in islice(text, MOST_LINES):
        sample.append(line)
        room -= len(line)
        if room < 0:
            break
    cut = room < 0 or len(sample) == MOST_LINES
    fits = {delimiter: fit(sample, delimiter, cut=cut) for delimiter in DELIMITERS}
    return max(fits, key=lambda delimiter: fits[delimiter])


def fit(sample: list[str], delimiter: str, *, cut: bool) -> tuple[bool, float, int]:
    """How well a delimiter explains some lines; more is better.

    Args:
        cut: whether the last record may lack its end.
    """
    try:
        found = [cells for cells in csv.reader(sample, delimiter=delimiter) if cells]
    except csv.Error:
        return False, 0.0, 0
    if not found:
        return False, 0.0, 0
    whole = found[:-1] if cut and len(found) > 1 else found
    width = len(found[0])
    return width > 1, sum(len(cells) == width for cells in whole) / len(whole), width
