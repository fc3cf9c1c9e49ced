"""Excel workbooks: typed cells, row by row in constant memory, by XlsxWriter.

Texts are cells of the type text, so that no formula is ever run, and need no apostrophe; only
one that reads like a missing code, or like one with apostrophes before it, gets one more.
Characters that XML cannot hold are written as the format's own ``_xHHHH_``: Excel shows
them right, openpyxl by ``openpyxl.utils.escape.unescape``. Whatever a workbook has no room
for is told before it starts, and marked in its cell.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import xlsxwriter
from django.utils.translation import gettext_lazy as _
from xlsxwriter.worksheet import Worksheet

from feedback.exports.batches import STATE, Typed
from feedback.exports.choices import BadChoice
from feedback.exports.codebook import described
from feedback.exports.format import Format, Tick
from feedback.exports.lengths import longest
from feedback.exports.table import Table, snapshot
from feedback.exports.variables import Variable
from feedback.question_types.columns import Dtype, Message
from feedback.questionnaire.codebook import GUARD, MISSING_CODES, NOT_SHOWN

MOST_ROWS, MOST_COLUMNS, LONGEST = 1_048_576, 16_384, 32_767  # of a sheet; of a text, in UTF-16
DAY_ZERO = date(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)  # before it Excel's own count of days is wrong
ROUNDED = 10**15  # whole numbers from which on Excel rounds; these are texts
FORMATS = {
    Dtype.DATE: "yyyy-mm-dd",
    Dtype.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Dtype.TIME: "hh:mm:ss",
}
WIDTH = {Dtype.TEXT: 40, Dtype.MOMENT: 19}
# Whoever answered may have left a part open; other states are ways to decline: [way].
CODES = {"not_shown": NOT_SHOWN, "blank": None, "answered": None}

UNFIT = "\x00-\x08\x0b-\x1f\ufffe\uffff"  # for XML; CR, as it would be altered
# Also before a sign that is unfit: its own escape begins with an underscore.
LIKE_ESCAPES = re.compile(f"_(?=x[0-9a-fA-F]{{4}}[_{UNFIT}])")
NOT_IN_XML = re.compile(f"[{UNFIT}]")
CODE_WORDS = {code for code in MISSING_CODES if code}


def write(table: Table, path: Path, tick: Tick) -> None:
    if len(table.variables) > MOST_COLUMNS:
        raise BadChoice(TOO_WIDE % {"n": len(table.variables), "most": MOST_COLUMNS})
    with snapshot(), TemporaryDirectory(dir=path.parent) as folder, opened(path, folder) as book:
        sheets = Sheets(book, table)
        for frame in Typed(table).frames(tick):
            sheets.add(frame)
        sheets.explain()


@contextmanager
def opened(path: Path, folder: str) -> Iterator[Any]:
    """A workbook that is packed at the end; of one that is given up nothing is.

    Args:
        folder: for its rows, until they are packed.
    """
    # A sheet of many columns is more than the 4 GB that a plain zip has room for.
    options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
    book: Any = xlsxwriter.Workbook(path, options)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()
        raise
    book.close()


class Sheets:
    """The sheets of one workbook, begun one after another."""

    def __init__(self, book: Any, table: Table) -> None:
        self.book, self.table = book, table
        self.bold = book.add_format({"bold": True, "text_wrap": False})
        self.formats = {
            dtype: book.add_format({"num_format": kind}) for dtype, kind in FORMATS.items()
        }
        self.number = 0  # of sheets of responses
        self.cut = 0  # cells
        self.begin()

    def begin(self) -> None:
        """A further sheet with the header, which stays in sight."""
        self.number += 1
        name = "Responses" if self.number == 1 else f"Responses {self.number}"
        self.sheet: Worksheet = self.book.add_worksheet(name)
        # The library's own leaves every second of two escapes that share an underscore.
        self.sheet._escape_control_characters = escaped
        self.sheet.freeze_panes(1, 1)
        for column, one in enumerate(self.table.variables):
            self.sheet.set_column(column, column, WIDTH.get(one.dtype, 12))
        for column, one in enumerate(self.table.variables):
            self.sheet.write_string(0, column, one.name, self.bold)
        self.row = 1

    def add(self, frame: pl.DataFrame) -> None:
        columns = [self.cells(one, frame) for one in self.table.variables]
        kinds = [self.formats.get(one.dtype) for one in self.table.variables]
        for row in zip(*columns, strict=True):
            if self.row == MOST_ROWS:
                self.begin()
            at, text, number = self.row, self.sheet.write_string, self.sheet.write_number
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if type(cell) is str:
                    text(at, column, cell)
                else:
                    number(at, column, cell, kinds[column])
            self.row += 1

    def cells(self, one: Variable, frame: pl.DataFrame) -> Sequence[str | float | None]:
        """The values of a variable; where there is none, why."""
        values = in_excel(one, frame[one.name])
        if one.dtype in (Dtype.TEXT, Dtype.CODE):
            values = [text if text is None else self.fitting(text) for text in values]
        if one.state is None:
            return list(values)
        states = frame[one.part + STATE].to_list()
        return [
            missing(state) if cell is None else cell
            for cell, state in zip(values, states, strict=True)
        ]

    def fitting(self, text: str) -> str:
        """A text as its cell; one that is too long ends with a mark that says so."""
        if text.lstrip(GUARD) in CODE_WORDS:
            text = GUARD + text
        if len(text) * 2 <= LONGEST or utf16(text) <= LONGEST:
            return text
        self.cut += 1
        mark = f"… [cut here: {len(text):,} characters; whole in CSV and JSON Lines]"
        short = text[: LONGEST - len(mark)]
        while utf16(short) + len(mark) > LONGEST:
            short = short[: len(short) - (utf16(short) + len(mark) - LONGEST + 1) // 2]
        return short + mark

    def explain(self) -> None:
        """The codebook's sheet: names, questions, codes, and how to read an empty cell."""
        sheet = self.book.add_worksheet("Codebook")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 60)
        for number, row in enumerate(explained(self.table, cut=self.cut)):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text, None if number else self.bold)


def in_excel(one: Variable, values: pl.Series) -> list[Any]:
    """Days as Excel counts them, truths as 1 and 0, codes as texts."""
    match one.dtype:
        case Dtype.MOMENT:
            since = values.dt.replace_time_zone(None) - datetime.combine(DAY_ZERO, time())
            return (since.dt.total_microseconds() / 864e8).to_list()
        case Dtype.TIME:
            return (values.cast(pl.Int64) / 864e11).to_list()
        case Dtype.DATE:
            return [None if day is None else serial(day) for day in values]
        case Dtype.BOOLEAN:
            return values.cast(pl.UInt8).to_list()
        case Dtype.CODE:
            return values.cast(pl.String).to_list()
        case Dtype.INTEGER if (values.cast(pl.Int64).abs() >= ROUNDED).any():
            return [str(n) if n is not None and abs(n) >= ROUNDED else n for n in values]
    return values.to_list()


def serial(day: date) -> int | str:
    """A day's number; of one that Excel would count wrong, its text."""
    return (day - DAY_ZERO).days if day >= FIRST_DAY else day.isoformat()


def missing(state: str | None) -> str | None:
    return None if state is None else CODES.get(state, f"[{state}]")


def escaped(text: str) -> str:
    """A text as the format stores it: see ECMA-376, part 1, 22.9.2.19."""
    if "_x" in text:
        text = LIKE_ESCAPES.sub("_x005F_", text)
    if text.startswith("<r>"):  # which the library would write as markup of its own
        text = "_x003C_" + text[1:]
    return NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def explained(table: Table, *, cut: int) -> Iterator[tuple[str, ...]]:
    """The codebook as far as a sheet beside the answers needs it."""
    yield ("column", "meaning", "holds", "code", "label")
    for one in described(table, counts=False).variables:
        yield (one.name, one.label, str(one.dtype), "", "")
        for code in (*one.codes, *one.missing):
            yield (one.name, "", "", code.code or "empty", code.label)
    yield ("time zone", table.choices.zone, "", "", "")
    yield ("cells that were cut", str(cut), "", "", "")


TOO_WIDE = _(
    "A workbook has room for %(most)d columns; these are %(n)d. Choose some questions, or CSV."
)
SPLIT = _(
    "A sheet has room for %(most)s rows, so the responses will be on %(sheets)d sheets of the "
    "workbook. CSV has them in one piece."
)
CUT = _(
    "A cell has room for %(most)s characters. Answers that are longer end with a mark that says "
    "so; they are whole in CSV and JSON Lines."
)


def warnings(table: Table, rows: int) -> Sequence[Message]:
    """What there may not be room for; whether an answer is that long nobody has looked."""
    found: list[Message] = []
    if (sheets := -(-rows // (MOST_ROWS - 1))) > 1:
        found.append(SPLIT % {"most": f"{MOST_ROWS:,}", "sheets": sheets})
    if any(longest(one) > LONGEST // 2 for one in table.variables):
        found.append(CUT % {"most": f"{LONGEST:,}"})
    return found


XLSX = Format(
    name="xlsx",
    label="Excel",
    mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=write,
    warnings=warnings,
    at_once=5_000,
)
