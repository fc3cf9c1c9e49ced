"""CSV: written by PostgreSQL's COPY and streamed through, whatever the number of rows.

RFC 4180 with LF line ends. Its first columns are of the response, then come those of
every question ever asked, under names that stay the same from revision to revision.
"""

from collections.abc import Iterator
from contextlib import closing

from feedback.exports.choices import BOM
from feedback.exports.copying import line, text_rows
from feedback.exports.format import Format, Tick, in_blocks, silent, written
from feedback.exports.table import Table, snapshot

MARK = b"\xef\xbb\xbf"


def stream(table: Table, tick: Tick = silent) -> Iterator[bytes]:
    """The file in blocks. Closing the iterator ends the COPY and frees its connection."""
    head = line(variable.name for variable in table.variables)
    yield MARK + head if BOM in table.choices.added else head
    with snapshot(), closing(text_rows(table)) as rows:
        yield from in_blocks(rows, tick)


CSV = Format(
    name="csv",
    label="CSV",
    mime="text/csv; charset=utf-8",
    write=written(stream),
    stream=stream,
    at_once=200_000,
)
