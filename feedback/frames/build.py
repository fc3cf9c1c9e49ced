"""Building the chunks of a frame from the rows of responses."""

import io
from typing import Any

import polars as pl

from feedback.frames.layout import Layout
from feedback.models import FrameChunk, Response
from feedback.models.copying import as_copied

CHUNK_ROWS = 8_192


def chunk_number(response_id: int) -> int:
    return response_id // CHUNK_ROWS


def rebuild(chunk: FrameChunk, layout: Layout) -> None:
    """Read the chunk's responses and store its frame. The chunk's row must be locked."""
    frame = read_rows(chunk, layout)
    data = io.BytesIO()
    frame.write_ipc(data, compression="zstd")
    chunk.data, chunk.layout, chunk.version = data.getvalue(), layout.digest, chunk.version + 1
    chunk.save(update_fields=["data", "layout", "version"])


def read_rows(chunk: FrameChunk, layout: Layout) -> pl.DataFrame:
    """The responses of the chunk as they are now, by COPY: it is read once, as a table."""
    first = chunk.number * CHUNK_ROWS
    rows = Response.objects.filter(
        survey_id=chunk.survey_id, id__gte=first, id__lt=first + CHUNK_ROWS
    ).order_by("id")
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
