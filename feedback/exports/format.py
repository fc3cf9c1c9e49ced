"""What every file format promises."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from feedback.exports.table import Table
from feedback.question_types.columns import Message

BLOCK = 65_536  # bytes; a yield for each of COPY's rows would cost more than the rows

Tick: TypeAlias = Callable[[int], None]  # told how many further rows are done; may raise
Stream: TypeAlias = Callable[[Table, Tick], Iterator[bytes]]


def silent(_rows: int) -> None:
    """For whoever does not watch."""


def no_warnings(_table: Table, _rows: int) -> Sequence[Message]:
    return ()


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        name: in addresses and at the end of file names.
        write: makes the whole file at a path. Whatever it raises, the file is not to be used.
        stream: the same bytes one after another, for formats that need not go back.
        warnings: what somebody should know before so many rows of a table are asked for.
        for_statistics: whether it has codes with labels whatever is asked for, and open text
            only if that is.
        at_once: rows up to which a download starts at once: what takes a second or two
            (docs/performance.md). What is more is built.
    """

    name: str
    label: Message
    mime: str
    write: Callable[[Table, Path, Tick], None]
    stream: Stream | None = None
    warnings: Callable[[Table, int], Sequence[Message]] = no_warnings
    for_statistics: bool = False
    at_once: int = 10_000

    def fitted(self, table: Table) -> Table:
        """The table as this format has it."""
        if not self.for_statistics:
            return table
        return replace(table, choices=table.choices.for_statistics())


def written(stream: Stream) -> Callable[[Table, Path, Tick], None]:
    """Writing a file for a format that is a stream."""

    def write(table: Table, path: Path, tick: Tick) -> None:
        with path.open("wb") as file:
            for block in stream(table, tick):
                file.write(block)

    return write


def in_blocks(rows: Iterable[bytes], tick: Tick) -> Iterator[bytes]:
    """Rows joined to blocks."""
    block, number = bytearray(), 0
    for row in rows:
        block += row
        number += 1
        if len(block) >= BLOCK:
            yield bytes(block)
            tick(number)
            block.clear()
            number = 0
    if block:
        yield bytes(block)
        tick(number)
