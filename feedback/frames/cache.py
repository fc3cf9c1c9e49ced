"""The whole frame of a survey, from chunks that a process keeps once it has read them."""

from collections import OrderedDict
from threading import Lock

import polars as pl

from feedback.frames.build import conformed
from feedback.frames.layout import Layout
from feedback.models import FrameChunk, Survey

MOST_CHUNKS = 1_024  # decoded; 8 million rows of a dozen columns are some 150 MB

Key = tuple[int, int, str]  # chunk's primary key, version, layout
kept: OrderedDict[Key, pl.DataFrame] = OrderedDict()
lock = Lock()


def frame_of(survey: Survey, layout: Layout) -> pl.DataFrame:
    """Every response of the survey that ``refresh`` has seen, spam included."""
    chunks = FrameChunk.objects.filter(survey=survey, version__gt=0).order_by("number")
    keys = list(chunks.values_list("pk", "version", "layout"))
    with lock:
        found = {key: kept[key] for key in keys if key in kept}
    missing = [key for key in keys if key not in found]
    stored = chunks.filter(pk__in=[pk for pk, _version, _layout in missing])
    for pk, version, of_layout, data in stored.values_list("pk", "version", "layout", "data"):
        # A chunk rebuilt since the first query is newer, which is as good.
        frame = pl.read_ipc(bytes(data or b""))
        found[pk, version, of_layout] = frame
        keep((pk, version, of_layout), frame)
    ordered = [frame for _key, frame in sorted(found.items(), key=lambda pair: first_id(pair[1]))]
    fitting = [conformed(frame, layout) for frame in ordered if frame.height]
    return pl.concat(fitting) if fitting else pl.DataFrame(schema=layout.schema)


def first_id(frame: pl.DataFrame) -> int:
    return int(frame["_id"][0]) if frame.height else -1


def keep(key: Key, frame: pl.DataFrame) -> None:
    with lock:
        for older in [k for k in kept if k[0] == key[0]]:
            del kept[older]
        kept[key] = frame
        while len(kept) > MOST_CHUNKS:
            kept.popitem(last=False)
