"""JSON Lines: a response a line, its answers just as they are stored. Nothing is guarded.

The lossless twin of every other format: ``answers`` tells all four states of an item, and
``import_responses`` reads it back. Of withdrawn responses it tells number and time.
"""

import json
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Expression, F, Func, JSONField, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject

from feedback.exports import cells
from feedback.exports.copying import opened
from feedback.exports.format import Format, Tick, in_blocks, silent, written
from feedback.exports.table import Table, snapshot
from feedback.models import Note, Tag
from feedback.models.copying import copied
from feedback.models.identity import Ciphers, ciphers

# Control characters are escaped in JSON, so COPY never finds reason to quote.
ONE_COLUMN = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"
APART = b"\x02"


class JSONText(Func):
    """An object with its names in the order that they are given."""

    function = "json_build_object"
    output_field = JSONField()


def stream(table: Table, tick: Tick = silent) -> Iterator[bytes]:
    """The file in blocks. Closing the iterator ends the COPY and frees its connection."""
    with snapshot(), closing(lines(table)) as rows:
        yield from in_blocks(rows, tick)


def lines(table: Table) -> Generator[bytes, None, None]:
    named = fields(table).items()
    whole = JSONText(*(part for name, value in named for part in (Value(name), value)))
    wanted, by = parts(table), ciphers()
    sealed = [F("nonce"), F("identity")] if table.choices.personal else []
    sql, params = copied(table.rows, [*sealed, whole], how=ONE_COLUMN)
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        for row in copy:
            yield with_identity(bytes(row), wanted, by) if sealed else bytes(row)
    for stone in table.tombstones.iterator():
        at = stone.withdrawn_at.astimezone(table.choices.at).isoformat()
        yield as_line({"response": stone.response_id, "withdrawn_at": at})


def fields(table: Table) -> dict[str, Expression | F]:
    """What each line has, by name."""
    own = {one.name: one.value for one in table.variables if one.item is None}
    own.pop("withdrawn_at", None)
    for name in own.keys() & {"received_at", "edited_at"}:
        own[name] = cells.moment(name, table.choices.zone)
    own |= {name: value for name, value in LISTS.items() if name in own}
    return {**own, "answers": answers(table)}


# What other formats put into one cell.
LISTS: Mapping[str, Any] = {
    "reasons": F("reasons"),
    "paradata": F("paradata"),
    "tags": ArraySubquery(
        Tag.objects.filter(responses=OuterRef("pk")).order_by("name").values("name")
    ),
    "notes": ArraySubquery(
        Note.objects.filter(response=OuterRef("pk"))
        .order_by("pk")
        .values(note=JSONObject(author="author__username", text="text", at="written_at"))
    ),
}


def answers(table: Table) -> Expression | F:
    """The stored answers, of all questions or of those that are wanted."""
    if not table.choices.leaves_out_questions:
        return F("answers")
    kept = Func(
        F("answers"),
        Value(sorted(parts(table))),
        template="(SELECT jsonb_object_agg(key, value) FROM jsonb_each(%(expressions)s::text[]))",
        arg_joiner=") WHERE key = ANY(",
        output_field=JSONField(),
    )
    return Coalesce(kept, Value({}, output_field=JSONField()))


def parts(table: Table) -> set[str]:
    """Of the answers that are wanted; a declined question says so under its key."""
    asked = [one for one in table.variables if one.item]
    return {name for one in asked if one.item for name in (one.part, one.item.key)}


def with_identity(row: bytes, wanted: Collection[str], by: Ciphers) -> bytes:
    """A line with the personal answers opened."""
    nonce, identity, whole = row.split(APART, 2)
    known = opened(nonce, identity, by=by)
    named = {part: answer for part, answer in known.items() if part in wanted}
    end = json.dumps(named, ensure_ascii=False).encode()
    return whole.removesuffix(b"}\n") + b', "identity" : ' + end + b"}\n"


def as_line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


JSONL = Format(
    name="jsonl",
    label="JSON Lines",
    mime="application/x-ndjson",
    write=written(stream),
    stream=stream,
    at_once=100_000,
)
