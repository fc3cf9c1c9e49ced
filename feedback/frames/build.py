"""Building the chunks of a frame from the rows of responses."""

import io
from collections.abc import Collection
from typing import Any

import polars as pl

from feedback.frames.layout import Layout
from feedback.models import FrameChunk, Response
from feedback.models.copying import as_copied

CHUNK_ROWS = 8_192


def chunk_number(response_id: int) -> int:
    return response_id // CHUNK_ROWS


def rebuild(chunk: FrameChunk, layout: Layout, changed: Collection[int]) -> None:
    """Store the chunk's frame as its responses are now. The chunk's row must be locked.

    Where it stands in this layout only what changed is read: of a chunk that fills up, the
    whole would be read anew at each ``refresh``.

    Args:
        changed: the responses that came, changed or went since it was stored.
    """
    if chunk.data and chunk.layout == layout.digest:
        before = pl.read_ipc(bytes(chunk.data)).filter(~pl.col("_id").is_in(sorted(changed)))
        frame = pl.concat([before, read_rows(chunk, layout, changed)]).sort("_id").rechunk()
    else:
        frame = read_rows(chunk, layout)
    data = io.BytesIO()
    frame.write_ipc(data, compression="zstd")
    chunk.data, chunk.layout, chunk.version = data.getvalue(), layout.digest, chunk.version + 1
    chunk.save(update_fields=["data", "layout", "version"])


def read_rows(
    chunk: FrameChunk, layout: Layout, only: Collection[int] | None = None
) -> pl.DataFrame:
    """The responses of the chunk, or only these of them, as they are now.

    By COPY: they are read once, as a table.
    """
    first = chunk.number * CHUNK_ROWS
    rows = Response.objects.filter(
        survey_id=chunk.survey_id, id__gte=first, id__lt=first + CHUNK_ROWS
    ).order_by("id")
    if only is not None:
        rows = rows.filter(id__in=sorted(only))
    names = list(layout.expressions)
    copied = b"".join(as_copied(rows, layout.expressions.values(), how="FORMAT csv"))
    if not copied:
        return pl.DataFrame(schema=layout.schema)
    # All as text at first: what is none of its column's type becomes null, not an error.
    plain = pl.read_csv(copied, has_header=False, new_columns=names, infer_schema=False)
    return conformed(plain, layout)


def conformed(frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The frame with just the layout's columns and types; what it lacks was not shown."""
    if list(frame.schema.items()) == list(layout.schema.items()):
        return frame
    not_shown = pl.lit(2, dtype=pl.UInt8)
    return frame.select(
        typed(pl.col(name), dtype, text=frame.schema[name] == pl.String)
        if name in frame.columns
        else (not_shown if name.endswith(":state") else pl.lit(None, dtype=dtype)).alias(name)
        for name, dtype in layout.schema.items()
    )


def typed(column: pl.Expr, dtype: Any, *, text: bool) -> pl.Expr:
    """The column in a type; what is none of it becomes null."""
    if text and dtype == pl.Date:
        return column.str.to_date("%Y-%m-%d", strict=False)
    if text and dtype == pl.Time:
        return column.str.to_time("%H:%M", strict=False)
    if text and isinstance(dtype, pl.Datetime):
        return column.cast(pl.Int64).cast(dtype)
    return column.cast(dtype, strict=False)
