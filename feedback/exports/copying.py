"""The rows of a table as PostgreSQL's COPY gives them, personal answers opened on the way."""

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import UTC
from uuid import UUID

from django.db import connection
from django.db.models import F

from feedback.exports.table import Table
from feedback.exports.variables import APART, Variable
from feedback.models import Tombstone
from feedback.models.copying import Cell, as_copied, copied
from feedback.models.identity import decrypt
from feedback.question_types.base import Answers
from feedback.questionnaire.codebook import BLANK, guarded

Rows = Generator[bytes, None, None]


def text_rows(table: Table) -> Rows:
    """Lines of CSV as people and programs get them: guarded, with missing codes."""
    yield from of_responses(table, [one.cell for one in table.variables], guard=True)
    for stone in table.tombstones.iterator():
        at = stone.withdrawn_at.astimezone(table.choices.at)
        yield tombstone(table, stone, at.isoformat(timespec="microseconds"))


def typed_rows(table: Table, states: Sequence[Cell]) -> Rows:
    """Lines of CSV with the values as they are, an empty cell for none; then the ``states``."""
    cells = [*(one.value for one in table.variables), *states]
    yield from of_responses(table, cells, guard=False)
    for stone in table.tombstones.iterator():
        at = stone.withdrawn_at.astimezone(UTC).replace(tzinfo=None)
        yield tombstone(table, stone, at.isoformat(timespec="microseconds"), more=len(states))


def of_responses(table: Table, cells: Sequence[Cell], *, guard: bool) -> Rows:
    if any(variable.personal for variable in table.variables):
        return opened_rows(table, cells, guard=guard)
    return as_copied(table.rows, cells, how="FORMAT csv")


def tombstone(table: Table, stone: Tombstone, at: str, *, more: int = 0) -> bytes:
    """The row of a withdrawn response: its number and the time, nothing else."""
    told = {"response": str(stone.response_id), "withdrawn_at": at}
    return line([*(told.get(one.name, "") for one in table.variables), *[""] * more])


def opened_rows(table: Table, cells: Sequence[Cell], *, guard: bool) -> Rows:
    """The rows with the encrypted column opened here, cell by cell under the same guard."""
    sealed = [F("nonce"), F("identity")]
    sql, params = copied(table.rows, [*sealed, *cells], how="FORMAT text")
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        places = places_of(table)
        yield from lines(filled(row, places, guard=guard) for row in copy.rows())


def places_of(table: Table) -> list[tuple[int, Variable]]:
    """Where the personal variables stand, behind nonce and identity."""
    return [(i, one) for i, one in enumerate(table.variables, 2) if one.personal]


def filled(
    row: Sequence[str | None], places: Sequence[tuple[int, Variable]], *, guard: bool
) -> list[str]:
    """The cells of a row, with those that lie apart put in."""
    cells = list(row)
    known = opened(str(row[0]), row[1]) if row[1] else {}
    for i, variable in places:
        if cells[i] == APART.value:
            text = personal_text(variable, known)
            cells[i] = guarded(text) if guard else text
    return [BLANK if cell is None else cell for cell in cells[2:]]


def opened(nonce: str, identity: str | None) -> Answers:
    sealed = bytes.fromhex(identity.removeprefix("\\x")) if identity else None
    return decrypt(sealed, nonce=UUID(nonce))


def personal_text(variable: Variable, known: Answers) -> str:
    """A personal answer; such columns hold text or codes, never numbers."""
    value = str(known[variable.part])
    return str(variable.labels.get(value, value)) if variable.worded else value


def line(cells: Iterable[object]) -> bytes:
    return next(lines([cells]))


def lines(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Rows as lines of CSV, one after another."""
    out = io.StringIO()
    # Told that lines end in CRLF, the writer quotes a cell with either of them.
    write = csv.writer(out, lineterminator="\r\n").writerow
    for row in rows:
        out.seek(0)
        out.truncate()
        write(row)
        yield out.getvalue()[:-2].encode() + b"\n"
