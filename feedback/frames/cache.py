"""The whole frame of a survey, from chunks that a process keeps once it has read them."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import polars as pl

from feedback.frames.build import conformed
from feedback.frames.layout import Layout
from feedback.models import FrameChunk, Survey
from feedback.models.copying import as_values

MOST_CHUNKS = 1_024  # decoded; 8 million rows of a dozen columns are some 150 MB
READERS = 2  # threads
AT_ONCE = 16  # chunks of which the bytes are in memory beside what is made of them
MOST_WHOLE = 8  # frames put together of them; each some 10 MB besides

COLUMNS = ("id", "version", "layout", "data")
Key = tuple[int, int, str]  # chunk's primary key, version, layout
kept: OrderedDict[Key, pl.DataFrame] = OrderedDict()
whole: OrderedDict[tuple[int, str], tuple[frozenset[Key], pl.DataFrame]] = OrderedDict()
lock = Lock()


def frame_of(survey: Survey, layout: Layout) -> pl.DataFrame:
    """Every response of the survey that ``refresh`` has seen, spam included."""
    chunks = FrameChunk.objects.filter(survey=survey, version__gt=0)
    keys = frozenset(chunks.values_list("pk", "version", "layout"))
    with lock:
        before, frame = whole.get((survey.pk, layout.digest), (None, pl.DataFrame()))
    if before == keys:
        return frame
    found = decoded(keys)
    ordered = sorted(found.items(), key=lambda pair: first_id(pair[1]))
    # Of another layout are those that ``refresh`` has not come to since the last revision.
    fitting = [
        frame if key[2] == layout.digest else conformed(frame, layout)
        for key, frame in ordered
        if frame.height
    ]
    frame = pl.concat(fitting) if fitting else pl.DataFrame(schema=layout.schema)
    with lock:
        whole[survey.pk, layout.digest] = frozenset(found), frame
        whole.move_to_end((survey.pk, layout.digest))
        while len(whole) > MOST_WHOLE:
            whole.popitem(last=False)
    return frame


def decoded(keys: frozenset[Key]) -> dict[Key, pl.DataFrame]:
    """The chunks' frames; those that no process of ours has read yet are read now."""
    with lock:
        found = {key: kept[key] for key in keys if key in kept}
        for key in found:
            kept.move_to_end(key)
    missing = [pk for pk, _version, _layout in keys - found.keys()]
    with ThreadPoolExecutor(READERS) as readers:  # polars lets others run while it reads
        for start in range(0, len(missing), AT_ONCE):
            some = FrameChunk.objects.filter(pk__in=missing[start : start + AT_ONCE])
            # A chunk rebuilt since the first query is newer, which is as good.
            for key, frame in readers.map(read, as_values(some, COLUMNS)):
                found[key] = frame
                keep(key, frame)
    return found


def read(row: tuple[int, int, str, bytes]) -> tuple[Key, pl.DataFrame]:
    pk, version, layout, data = row
    return (pk, version, layout), pl.read_ipc(data)


def forget() -> None:
    """As a process that has read no chunk yet."""
    with lock:
        kept.clear()
        whole.clear()


def first_id(frame: pl.DataFrame) -> int:
    return int(frame["_id"][0]) if frame.height else -1


def keep(key: Key, frame: pl.DataFrame) -> None:
    with lock:
        for older in [k for k in kept if k[0] == key[0]]:
            del kept[older]
        kept[key] = frame
        while len(kept) > MOST_CHUNKS:
            kept.popitem(last=False)
