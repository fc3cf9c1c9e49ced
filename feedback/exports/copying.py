"""The rows of a table as PostgreSQL's COPY gives them, personal answers opened on the way."""

import csv
import io
import re
import secrets
from binascii import unhexlify
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import UTC

from django.db.models import Expression, F, TextField, Value
from django.db.models.functions import Replace

from feedback.exports.table import Table
from feedback.exports.variables import APART, Variable
from feedback.models import Tombstone
from feedback.models.copying import Cell, as_copied
from feedback.models.identity import Ciphers, UnreadableIdentity, ciphers, unsealed
from feedback.question_types.base import Answers
from feedback.questionnaire.codebook import guarded

DIGITS = 4  # of the number of a variable
TO_QUOTE = re.compile('[,"\r\n]')
STANDS_AS_IT_IS = re.compile(r'\w[^,"\r\n]*')  # in a cell, with guard and without
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
    lot for this file so that nobody can have typed it, and the number of its variable. The
    line is put together anew around them.
    """
    mark, personal = secrets.token_hex(16), [one for one in table.variables if one.personal]
    number = {one.name: f"{place:0{DIGITS}}" for place, one in enumerate(personal)}
    numbered = {number[one.name].encode(): one for one in personal}
    own = [
        marked_cell(cell, mark + number[one.name]) if one.personal else cell
        for one, cell in zip(table.variables, cells, strict=False)
    ]
    sealed, states = [F("nonce"), F("identity")], cells[len(own) :]
    keys, marked = ciphers(), mark.encode()
    for row in as_copied(table.rows, [*sealed, *own, *states], how="FORMAT csv"):
        nonce, identity, rest = row.split(b",", 2)
        pieces = rest.split(marked)
        if len(pieces) > 1:
            known = opened(nonce, identity, by=keys)
            for place, piece in enumerate(pieces[1:], 1):
                text = personal_text(numbered[piece[:DIGITS]], known)
                if not STANDS_AS_IT_IS.fullmatch(text):
                    text = quoted(guarded(text) if guard else text)
                pieces[place] = text.encode() + piece[DIGITS:]
        yield b"".join(pieces)


def marked_cell(cell: Cell, mark: str) -> Expression:
    """A mark where an answer lies apart; a code of why there is none stays."""
    return Replace(cell, APART, Value(mark), output_field=TextField())


def opened(nonce: bytes, identity: bytes, *, by: Ciphers) -> Answers:
    """The personal answers of a row. Args: identity: as COPY writes it; empty for none."""
    if not identity:
        return {}
    return unsealed(unhexlify(identity[2:]), nonce=unhexlify(nonce.replace(b"-", b"")), by=by)


def personal_text(variable: Variable, known: Answers) -> str:
    """A personal answer; such columns hold text or codes, never numbers.

    Raises:
        UnreadableIdentity: there is said to be one, and there is none.
    """
    if variable.part not in known:
        raise UnreadableIdentity("an answer that is said to be kept apart is not there")
    value = str(known[variable.part])
    return str(variable.labels.get(value, value)) if variable.worded else value


def quoted(text: str) -> str:
    """A cell as COPY writes it."""
    return text if text and not TO_QUOTE.search(text) else '"' + text.replace('"', '""') + '"'


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
