"""Parquet: typed columns, compressed by zstd, written batch by batch in bounded memory.

Beside the values of each part stands its state, ``<part>__state``; a value is null unless
the state is "answered". What the columns mean lies in the file's metadata.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from feedback.exports.batches import Typed
from feedback.exports.format import Format, Tick
from feedback.exports.table import Table, snapshot

GROUP = 50_000  # rows


def write(table: Table, path: Path, tick: Tick) -> None:
    """By way of pieces: polars would read from a thread of its own, outside the snapshot."""
    typed = Typed(table)
    with snapshot(), TemporaryDirectory(dir=path.parent) as folder:
        pieces = [Path(folder, "0")]
        pl.DataFrame(schema=typed.schema).write_parquet(pieces[0])
        for number, frame in enumerate(typed.frames(tick), 1):
            pieces.append(Path(folder, str(number)))
            frame.write_parquet(pieces[-1], compression="lz4")
        pl.scan_parquet(pieces).sink_parquet(
            path, compression="zstd", row_group_size=GROUP, metadata={"soundings": meaning(table)}
        )


def meaning(table: Table) -> str:
    """Labels of the columns and of their codes, as JSON."""
    described = {
        one.name: {"label": one.label, "labels": {c: str(t) for c, t in one.labels.items()}}
        for one in table.variables
    }
    return json.dumps(described, ensure_ascii=False)


PARQUET = Format(
    name="parquet",
    label="Parquet",
    mime="application/vnd.apache.parquet",
    write=write,
    at_once=50_000,
)
