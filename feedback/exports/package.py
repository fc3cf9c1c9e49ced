"""The data package: a ZIP file with everything that an analyst needs, all of one moment.

The data in three formats, the codebook in four, every revision of the questionnaire, what
was begun and not sent, what was withdrawn, and a descriptor as the Data Package standard
has it: https://specs.frictionlessdata.io/tabular-data-package/.
"""

import json
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils import timezone

from feedback.exports import cells, csv, jsonl, parquet
from feedback.exports.codebook import KINDS, Codebook, described
from feedback.exports.codebook.markdown import plain
from feedback.exports.copying import line
from feedback.exports.descriptor import descriptor
from feedback.exports.format import Format, Tick, in_blocks, silent
from feedback.exports.making import Counting
from feedback.exports.manifest import dict_of, software
from feedback.exports.parcel import Parcel, pieces_of
from feedback.exports.table import Table, snapshot
from feedback.models import Partial, Response, Tombstone
from feedback.models.copying import as_copied
from feedback.responses.in_field import revision

README = "README.md"


def write(table: Table, path: Path, tick: Tick) -> None:
    """Fill the file; the rows are read anew for each format, but all in one snapshot."""
    shared = Shared(tick, passes=3)
    with snapshot(), ZipFile(path, "w") as archive:
        parcel = Parcel(archive, timezone.now())
        put_data(parcel, table, shared, beside=path.parent)
        put_begun(parcel, table)
        put_withdrawn(parcel, table)
        book = described(table, tick=lambda _rows: tick(0))
        for name, kind in KINDS.items():
            parcel.put(f"codebook.{name}", [kind.written(book)])
        for pk in reversed(table.revisions):
            one = revision(pk)
            parcel.put(f"questionnaires/revision-{one.number}.json", [as_json(one.definition)])
        put_descriptions(parcel, table, book)


class Shared:
    """Tells rows as done once every pass has had them, evenly over the passes."""

    def __init__(self, tick: Tick, *, passes: int) -> None:
        self.tick, self.passes = tick, passes
        self.seen = self.told = 0

    def __call__(self, rows: int) -> None:
        self.seen += rows
        done = self.seen // self.passes
        self.tick(done - self.told)
        self.told = done


def put_data(parcel: Parcel, table: Table, tick: Tick, *, beside: Path) -> None:
    for path, stream in (("data.csv", csv.stream), ("data.jsonl", jsonl.stream)):
        counting = Counting(tick)
        parcel.put(path, stream(table, counting), counting=counting)
    counting = Counting(tick)
    with TemporaryDirectory(dir=beside) as folder:
        file = Path(folder, "data.parquet")
        parquet.write(table, file, counting)
        parcel.put(file.name, pieces_of(file), small=True, counting=counting)


# -- beside the responses ------------------------------------------------------------------


def put_begun(parcel: Parcel, table: Table) -> None:
    """Responses begun and not sent: how far they came, never what they say."""
    # Until ``refresh`` has been there, what was sent is in both tables.
    sent = Response.objects.filter(survey=OuterRef("survey"), nonce=OuterRef("nonce"))
    of_revisions = Partial.objects.filter(revision__in=table.revisions)
    rows = of_revisions.filter(~Exists(sent), survey=table.survey).order_by("pk")
    zone = table.choices.zone
    columns = {
        "begun": F("pk"),
        "revision": F("revision__number"),
        "language": F("language"),
        "source": cells.guarded_in_sql(F("source")),
        "page": F("page"),
        "kept_at_their_wish": Cast(F("chosen"), IntegerField()),
        "begun_at": cells.moment("begun_at", zone),
        "saved_at": cells.moment("saved_at", zone),
        "expires_at": cells.moment("expires_at", zone),
    }
    put_table(parcel, "begun.csv", rows, columns)


def put_withdrawn(parcel: Parcel, table: Table) -> None:
    """What is left of withdrawn responses of the survey, of whatever selection."""
    rows = Tombstone.objects.filter(survey=table.survey).order_by("response_id")
    columns = {
        "response": F("response_id"),
        "withdrawn_at": cells.moment("withdrawn_at", table.choices.zone),
    }
    put_table(parcel, "withdrawn.csv", rows, columns)


def put_table(parcel: Parcel, path: str, rows: QuerySet[Any], columns: dict[str, Any]) -> None:
    counting = Counting(silent)

    def blocks() -> Generator[bytes, None, None]:
        yield line(columns)
        with closing(as_copied(rows, columns.values(), how="FORMAT csv")) as copied:
            yield from in_blocks(copied, counting)

    with closing(blocks()) as told:
        parcel.put(path, told, counting=counting)


# -- what is said of all of it ---------------------------------------------------------------


def put_descriptions(parcel: Parcel, table: Table, book: Codebook) -> None:
    parcel.put("datapackage.json", [as_json(descriptor(parcel, table, book))])
    pairs = [(plain(name), plain(value)) for name, value in table.selection.pairs()]
    context = {"title": plain(book.title), "book": book, "pairs": pairs, "table": table}
    parcel.put(README, [render_to_string("exports/readme.md", context).encode()])
    told = {
        "survey": table.survey.slug,
        "selection": table.selection.to_json(),
        "choices": dict_of(table.choices.pairs()),
        "read_at": parcel.at.isoformat(),
        "software": f"soundings {software()}",
        "files": [one.as_data() for one in parcel.files],
    }
    parcel.put("manifest.json", [as_json(told)])


def as_json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


PACKAGE = Format(
    name="zip",
    label="Data package",
    mime="application/zip",
    write=write,
)
