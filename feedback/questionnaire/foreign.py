"""A row of another tool's file as a row of our own columns, by what ``imported_from`` tells.

Cells are matched with options by their text or their code, whatever the case and the
spaces. What is not an option is the text of "other", where the item has that.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from feedback.question_types.base import Item
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.cells import Wrong
from feedback.questionnaire.codebook import NOT_SHOWN, guarded
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.imported_from import ImportedColumn, ImportedFrom, targets
from feedback.questionnaire.readers import moments
from feedback.questionnaire.readers.records import BadFile

IMPORT_ID = '{"ImportId"'  # how the cells of Qualtrics' third header row begin
OTHER = "other"
TRUTHS = {"yes": "1", "no": "0"}
UNTICKED = {"", "0", "no", "n", "false", "unchecked", "not selected", "not chosen", "nein", "non"}

Cells = dict[str, str]
Read = Callable[[str], Cells]


def squeezed(text: str) -> str:
    """With single spaces, as headers and options are compared."""
    return " ".join(text.split())


def headers_of(rows: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """The name of each column and how many of that name there are so far.

    Where there are several header rows, a blank cell of the first continues the one before.
    """
    told = [row for row in rows if not is_import_id(row)]
    before, count, found = "", dict[str, int](), []
    for place, first in enumerate(told[0] if told else []):
        below = [row[place] if place < len(row) else "" for row in told[1:]]
        before = first if first.strip() or not below else before
        name = " | ".join(cell for cell in map(squeezed, [before, *below]) if cell)
        count[name] = count.get(name, 0) + 1
        found.append((name, count[name]))
    return found


def is_import_id(row: Sequence[str]) -> bool:
    return any(cell.startswith(IMPORT_ID) for cell in row)


@dataclass(frozen=True)
class Reader:
    """A file's columns, each with how its cells are read.

    Attributes:
        header: the names of our own columns that a row becomes.
    """

    told: ImportedFrom
    header: list[str]
    reads: Sequence[tuple[int, str, Read]]

    def cells(self, values: Sequence[str]) -> tuple[Cells, list[tuple[str, str]]]:
        """A row by our own columns; and for each column that is wrong, why."""
        found: Cells = {}
        wrong = []
        for place, header, read in self.reads:
            try:
                found |= read(values[place])
            except Wrong as error:
                wrong.append((header, str(error)))
        return found, wrong


def reader_of(questionnaire: Questionnaire, rows: Sequence[Sequence[str]]) -> Reader:
    """How the rows below these header rows are read.

    Raises:
        BadFile: a column of the file is told of nowhere.
    """
    return reader_by(questionnaire, headers_of(rows))


def reader_by(questionnaire: Questionnaire, headers: Sequence[tuple[str, int]]) -> Reader:
    """Likewise, for columns of these names. Raises: BadFile, as above."""
    told = questionnaire.imported_from
    assert told is not None
    by_name = {(column.header, column.nth): column for column in told.columns}
    if odd := [name for name in headers if name not in by_name]:
        names = ", ".join(repr(name) for name, _nth in odd[:5])
        message = _(
            "line 1: imported_from does not tell what the column %(names)s is. Add it there, "
            "with `ignored: true` if it is to be left out."
        )
        raise BadFile(message % {"names": names})
    explicit = {column.stem for column in told.columns if column.other}
    zone = ZoneInfo(told.time_zone)
    reads, header = [], list[str]()
    for place, name in enumerate(headers):
        column = by_name[name]
        if not column.ignored:
            ours, read = read_of(column, questionnaire, zone, explicit)
            header += ours
            reads.append((place, name[0], with_states(read, ours, told)))
    return Reader(told, header, reads)


def with_states(read: Read, names: Sequence[str], told: ImportedFrom) -> Read:
    """The reading, where the cell is not one that only says why there is no answer."""
    blank = {"", *told.blank}
    nothing = dict.fromkeys(names, "")
    unasked = dict.fromkeys(names, NOT_SHOWN)
    not_shown = frozenset(told.not_shown)

    def by_state(cell: str) -> Cells:
        stripped = cell.strip()
        if stripped in not_shown:
            return unasked
        return nothing if stripped in blank else read(cell)

    return by_state


def read_of(
    column: ImportedColumn, questionnaire: Questionnaire, zone: tzinfo, explicit: Collection[str]
) -> tuple[list[str], Read]:
    """The names of our columns that a column of the file fills, and how.

    Args:
        explicit: the texts of "other" that have a column of their own in the file.
    """
    if column.column:
        return [column.column], own(column, zone)
    item = questionnaire.by_key[column.item or ""]
    names = targets(item, column)
    ours = {each.name: each for each in item.columns()}
    first = ours[names[0]]
    if first.tick and column.option:
        return names, ticked(first.name)
    typed = f"{item.key}__{OTHER}"
    if typed not in ours or typed in explicit or column.row or column.other:
        typed = ""
    words = Words.of(item, first.part, column, ["en", questionnaire.language])
    if first.tick:
        return several({ours[name].tick: name for name in names}, words, column.separator, typed)
    return one(first, words, column, typed)


# -- what cells say --------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The code that each text of a cell stands for: as it is, and in small letters."""

    exact: dict[str, str]
    small: dict[str, str]

    @classmethod
    def of(cls, item: Item, part: str, column: ImportedColumn, languages: Iterable[str]) -> "Words":
        asked = item.operands().get(part, item)
        pairs = [(meant.cell, meant.code) for meant in column.means]
        for language in dict.fromkeys(languages):
            with translation.override(language):
                pairs += [(str(text), code) for code, text in asked.filters().items()]
        pairs += [(code, code) for code in asked.filters()]
        pairs += asked.spellings().items()
        exact, small = dict[str, str](), dict[str, str]()
        for text, code in pairs:
            exact.setdefault(squeezed(text), code)
            small.setdefault(squeezed(text).casefold(), code)
        return cls(exact, small)

    def code(self, text: str) -> str | None:
        told = squeezed(text)
        return self.exact.get(told) or self.small.get(told.casefold())

    def longest(self, separator: str) -> int:
        """The most pieces that one of the texts falls into."""
        return max((text.count(separator) + 1 for text in self.exact), default=1)


def one(ours: Column, words: Words, column: ImportedColumn, typed: str) -> tuple[list[str], Read]:
    """A cell that holds one answer."""
    name, dtype, form = ours.name, ours.dtype, column.format

    def text(cell: str) -> Cells:
        return {name: guarded(cell)}

    def moment(cell: str) -> Cells:
        try:
            read = moments.day_of if dtype is Dtype.DATE else moments.time_of
            return {name: read(cell, form)}
        except moments.NoMoment as error:
            raise Wrong(unlike(column.format, cell)) from error

    def coded(cell: str) -> Cells:
        code = words.code(cell)
        if code is None and typed:
            return {name: OTHER, typed: guarded(cell)}
        if code is None and ours.labels:
            raise Wrong(not_offered(cell))
        if code is None and dtype is Dtype.BOOLEAN:
            raise Wrong(_("“%(cell)s” is neither yes nor no.") % {"cell": cell[:60]})
        if dtype is Dtype.BOOLEAN:
            code = TRUTHS.get(str(code), code)
        return {name: code or cell.strip(), **({typed: ""} if typed else {})}

    if dtype is Dtype.TEXT:
        return [name], text
    if dtype in (Dtype.DATE, Dtype.TIME) and form:
        return [name], kept(moment)
    return [name, typed] if typed else [name], kept(coded)


def several(
    ticks: dict[str, str], words: Words, separator: str, typed: str
) -> tuple[list[str], Read]:
    """A cell that holds any number of options, and perhaps what was typed in as other."""
    none = dict.fromkeys(ticks.values(), "0") | ({typed: ""} if typed else {})
    longest = words.longest(separator) if separator else 1

    def read(cell: str) -> Cells:
        codes, rest = taken_apart(cell, words, separator, longest)
        if rest and not typed:
            raise Wrong(not_offered(rest[0]))
        found = none | {ticks[code]: "1" for code in codes}
        return found | ({ticks[OTHER]: "1", typed: guarded(separator.join(rest))} if rest else {})

    return list(none), kept(read)


def kept(read: Read) -> Read:
    """The reading of a closed column, whose few different cells come again and again."""
    return lru_cache(maxsize=2_048)(read)


def taken_apart(
    cell: str, words: Words, separator: str, longest: int
) -> tuple[list[str], list[str]]:
    """The codes in a cell, and the pieces that are no option.

    An option may hold what separates: of the texts that begin at a piece, the longest is it.
    """
    pieces = cell.split(separator) if separator else [cell]
    codes, rest = list[str](), list[str]()
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + longest), at, -1):
            told = separator.join(pieces[at:end])
            code = words.code(told) or words.code(told.strip(separator))
            if code is not None:
                codes.append(code)
                at = end
                break
        else:
            rest += [pieces[at]] if pieces[at].strip() else []
            at += 1
    return codes, rest


def ticked(name: str) -> Read:
    """A cell of one option: whatever it holds, unless that says no."""
    return lambda cell: {name: "0" if cell.strip().casefold() in UNTICKED else "1"}


def own(column: ImportedColumn, zone: tzinfo) -> Read:
    """A cell of one of the response's own columns."""
    name = str(column.column)

    def read(cell: str) -> Cells:
        told = cell.strip()
        try:
            match name:
                case "received_at" if column.format:
                    told = moments.read(told, column.format, zone=zone).isoformat()
                case "seconds":
                    told = str(round(float(told.replace(",", "."))))
                case "language":
                    told = told.replace("_", "-").lower()
                case "source":
                    told = guarded(told)
        except moments.NoMoment as error:
            raise Wrong(unlike(column.format, cell)) from error
        except (ValueError, OverflowError):
            pass  # told by whoever reads our own columns
        return {name: told}

    return read


def unlike(form: str, cell: str) -> str:
    return _("“%(cell)s” is not written as %(format)s.") % {"cell": cell[:60], "format": form}


def not_offered(cell: str) -> str:
    return _("“%(cell)s” is not one of the options.") % {"cell": cell[:60]}
