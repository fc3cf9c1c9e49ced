"""The rows of a table as PostgreSQL's COPY gives them, personal answers opened on the way."""

import csv
import io
import re
import secrets
from binascii import unhexlify
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC

from django.db.models import Case, Expression, F, TextField, Value, When
from django.db.models.lookups import Exact

from feedback.exports.table import Table
from feedback.exports.variables import APART, Variable
from feedback.models import Tombstone
from feedback.models.copying import Cell, as_copied
from feedback.models.identity import unsealed
from feedback.question_types.base import Answers
from feedback.questionnaire.codebook import guarded

TO_QUOTE = re.compile('[,"\r\n]')
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
    """The rows with the encrypted column opened here, and what is in it put where it belongs.

    PostgreSQL writes the line; each personal cell that has an answer holds a mark, drawn by
    lot for this file so that nobody can have typed it, and is exchanged in the line.
    """
    marks = {secrets.token_hex(16).encode(): one for one in table.variables if one.personal}
    marked = dict(zip([one.name for one in marks.values()], marks, strict=True))
    own = [
        marked_cell(cell, marked[one.name].decode()) if one.personal else cell
        for one, cell in zip(table.variables, cells, strict=False)
    ]
    states = cells[len(own) :]
    sealed = [F("nonce"), F("identity")]
    for row in as_copied(table.rows, [*sealed, *own, *states], how="FORMAT csv"):
        nonce, identity, rest = row.split(b",", 2)
        yield filled(rest, opened(nonce, identity), marks, guard=guard)


def marked_cell(cell: Cell, mark: str) -> Expression:
    there = When(Exact(cell, APART), then=Value(mark))
    return Case(there, default=cell, output_field=TextField())


def filled(line: bytes, known: Answers, marks: Mapping[bytes, Variable], *, guard: bool) -> bytes:
    """A line with what lies apart put in."""
    for mark, variable in marks.items():
        if mark in line:
            text = personal_text(variable, known)
            line = line.replace(mark, cell_of(guarded(text) if guard else text))
    return line


def cell_of(text: str) -> bytes:
    """As COPY writes a cell."""
    plain = text and not TO_QUOTE.search(text)
    return text.encode() if plain else f'"{text.replace(chr(34), chr(34) * 2)}"'.encode()


def opened(nonce: bytes, identity: bytes) -> Answers:
    """The personal answers of a row. Args: identity: as COPY writes it; empty for none."""
    if not identity:
        return {}
    sealed = unhexlify(identity.removeprefix(b"\\x"))
    return unsealed(sealed, nonce=unhexlify(nonce.replace(b"-", b"")))


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
