"""CSV: written by PostgreSQL's COPY and streamed through, whatever the number of rows.

RFC 4180 with LF line ends. Its first columns are of the response, then come those of
every question ever asked, under names that stay the same from revision to revision.
"""

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Expression,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from feedback.exports.cells import cell_of, guarded_in_sql, joined, moment, or_missing
from feedback.models import Response, Status, Survey, Tag
from feedback.models.identity import decrypt
from feedback.question_types.base import Answers, Item
from feedback.question_types.columns import Column
from feedback.questionnaire.codebook import BLANK, guarded
from feedback.responses.selection import Selection

BLOCK = 65_536  # bytes; a yield for each of COPY's rows would cost more than the rows
BOM = b"\xef\xbb\xbf"
APART = "answered"  # the cell of a personal answer, before it is decrypted


@dataclass(frozen=True)
class Choices:
    """What the reader of the file asked for."""

    labels: bool = False  # of options, in place of their codes
    bom: bool = False  # for spreadsheets that guess the encoding
    personal: bool = False  # only for who may see them; whoever calls has checked


def stream(
    survey: Survey,
    items: Sequence[Item],
    selection: Selection,
    choices: Choices,
    *,
    reader: Any = None,
) -> Iterator[bytes]:
    """The file in blocks. Closing the iterator ends the COPY and frees its connection.

    Args:
        reader: the user whom "me" means in the selection.
    """
    columns = [column for item in items for column in item.columns()]
    if not choices.personal:
        columns = [column for column in columns if not column.personal]
    own = own_columns(survey)
    rows = selection.responses(survey, items, reader=reader).order_by("id")
    head = line([*own, *(column.name for column in columns)])
    body = (
        with_personal(rows, own, columns, choices)
        if any(column.personal for column in columns)
        else plain(rows, own, columns, choices)
    )
    with closing(body):
        yield from blocks(head, body, bom=choices.bom)


def own_columns(survey: Survey) -> dict[str, Expression | F]:
    """The columns of the response itself, before those of its answers."""
    status = Case(
        *(When(status=status, then=Value(status.name.lower())) for status in Status),
        output_field=CharField(),
    )
    return {
        "response": F("id"),
        "received_at": moment("received_at"),
        "revision": F("revision__number"),
        "language": F("language"),
        "source": guarded_in_sql(F("source")),
        "seconds": F("seconds"),
        "status": status,
        "tags": tags_of(survey),
        "reasons": joined("reasons"),
    }


def tags_of(survey: Survey) -> Expression:
    """The tags of a response, joined by " | "; not looked up where the survey has none."""
    if not Tag.objects.filter(survey=survey).exists():
        return Value("", output_field=CharField())
    names = (
        Tag.objects.filter(responses=OuterRef("pk"))
        .order_by()
        .values("responses__pk")
        .annotate(names=StringAgg("name", " | ", order_by="name"))
        .values("names")
    )
    return guarded_in_sql(Coalesce(Subquery(names), Value("")))


def copied(
    rows: QuerySet[Response], cells: Iterable[Expression | F], *, how: str
) -> tuple[str, tuple[object, ...]]:
    """COPY of a queryset's own SQL, for just these cells, with its parameters."""
    named = {f"cell_{i}": cell for i, cell in enumerate(cells)}
    query = rows.annotate(**named).values_list(*named).query
    sql, params = query.get_compiler(connection=connection).as_sql()
    return f"COPY ({sql}) TO STDOUT ({how})", tuple(params)


def plain(
    rows: QuerySet[Response],
    own: dict[str, Expression | F],
    columns: Sequence[Column],
    choices: Choices,
) -> Generator[bytes, None, None]:
    """The rows as PostgreSQL writes them."""
    cells = [*own.values(), *(cell_of(column, labels=choices.labels) for column in columns)]
    sql, params = copied(rows, cells, how="FORMAT csv")
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        yield from (bytes(row) for row in copy)


def with_personal(
    rows: QuerySet[Response],
    own: dict[str, Expression | F],
    columns: Sequence[Column],
    choices: Choices,
) -> Generator[bytes, None, None]:
    """The rows with the encrypted column opened here, cell by cell under the same guard."""
    cells = [
        or_missing(column, Value(APART))
        if column.personal
        else cell_of(column, labels=choices.labels)
        for column in columns
    ]
    sealed = [F("nonce"), F("identity")]
    sql, params = copied(rows, [*own.values(), *sealed, *cells], how="FORMAT text")
    start = len(own)
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        for row in copy.rows():
            nonce, identity, *rest = row[start:]
            known = opened(nonce, identity)
            filled = [
                personal_cell(column, cell, known, labels=choices.labels)
                if column.personal
                else cell
                for column, cell in zip(columns, rest, strict=True)
            ]
            yield line([*row[:start], *filled])


def opened(nonce: str, identity: str | None) -> Answers:
    sealed = bytes.fromhex(identity.removeprefix("\\x")) if identity else None
    return decrypt(sealed, nonce=UUID(nonce))


def personal_cell(column: Column, cell: str | None, known: Answers, *, labels: bool) -> str:
    """A personal column's cell; such columns hold text or codes, never numbers."""
    if cell != APART:
        return cell or BLANK
    value = str(known[column.part])
    return guarded(str(column.labels.get(value, value)) if labels else value)


def line(cells: Iterable[object]) -> bytes:
    out = io.StringIO()
    # Told that lines end in CRLF, the writer quotes a cell with either of them.
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n").encode() + b"\n"


def blocks(head: bytes, body: Iterable[bytes], *, bom: bool) -> Iterator[bytes]:
    """Rows joined to blocks, the header at once, so that a download starts immediately."""
    yield BOM + head if bom else head
    block = bytearray()
    for row in body:
        block += row
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
