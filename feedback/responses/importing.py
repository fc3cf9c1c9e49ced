"""Responses from a CSV file: each row cleaned as the form would clean it, or all refused.

An export reads back in. Its missing codes keep their states, the apostrophe that guards
a text goes, and what is not in the file was not shown. Importing a file twice stores
nothing twice: an attempt's nonce is made of the file's digest and the row's number.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.datastructures import MultiValueDict

from feedback.models import Response, Revision, Survey
from feedback.models.identity import encrypt
from feedback.question_types.base import Item
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.answers import Cleaned, keep
from feedback.questionnaire.changes import pooled
from feedback.questionnaire.codebook import DECLINED_CODES, MISSING_CODES, NOT_SHOWN, unguarded
from feedback.responses import receipts
from feedback.responses.csv_records import BadFile, records
from feedback.responses.imported_cells import IGNORED, OWN, Wrong

BATCH = 1_000


@dataclass(frozen=True)
class Refusal:
    """Why one row is refused, and the column to mend; "" for the row as a whole."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.reason}"


@dataclass
class Row:
    """One record by column, and what is wrong with it so far."""

    line: int
    cells: Mapping[str, str]
    wrong: list[Refusal] = field(default_factory=list)

    def refuse(self, column: str, reason: str) -> None:
        self.wrong.append(Refusal(self.line, column, reason))


@dataclass
class Report:
    """What became of a file. Only the first ``most`` refusals are kept, all are counted."""

    stored: int = 0
    there_already: int = 0
    refused: int = 0  # rows
    reasons: int = 0  # of the refused rows together
    refusals: list[Refusal] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # questions without a column

    def refuse(self, refusals: Sequence[Refusal], *, most: int) -> None:
        self.refused += 1
        self.reasons += len(refusals)
        self.refusals += refusals[: max(0, most - len(self.refusals))]


class Refused(Exception):
    """Some rows cannot be taken, so none were."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"{report.refused:,} rows are refused")


def import_file(
    survey: Survey,
    file: Path,
    *,
    most: int = 50,
    read: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Take in all rows of a file, or none.

    Args:
        most: so many refusals are kept for the report.
        read: called with the number of rows of each batch that was read.

    Raises:
        BadFile: it is no CSV file of this survey's.
        Refused: rows are wrong; nothing was stored.
    """
    report = Report()
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
        raw.seek(0)
        rows = records(raw)
        table = Table.read(survey, next(rows, (1, []))[1])
        report.absent = table.absent
        numbered = enumerate(rows, 1)
        with transaction.atomic():
            while batch := list(islice(numbered, BATCH)):
                take(table, batch, digest, report, most=most)
                read(len(batch))
            if report.refused:
                raise Refused(report)
    return report


@dataclass(frozen=True)
class Table:
    """The columns of a file, matched with those of a survey."""

    survey: Survey
    revision: Revision  # the live one, which the rows answer
    header: Sequence[str]
    dropped: Mapping[str, Column]  # of questions that the live revision no longer asks
    defaults: dict[str, Any]  # of the response's own columns, where a cell is empty

    @classmethod
    def read(cls, survey: Survey, header: Sequence[str]) -> "Table":
        """Match a header.

        Raises:
            BadFile: a column is nobody's, or there twice, or none is an answer's.
        """
        if survey.live is None:
            raise BadFile(f"{survey} is not published. Publish it first.")
        live = survey.live.questionnaire
        revisions = survey.revisions.order_by("-number")
        ever = [c for item in pooled(r.questionnaire for r in revisions) for c in item.columns()]
        asked = {column.name for column in live.columns}
        dropped = {column.name: column for column in ever if column.name not in asked}
        check_header(header, asked=asked, known={*OWN, *IGNORED, *asked, *dropped})
        defaults = {"language": live.language, "received_at": datetime.now(tz=UTC)}
        return cls(survey, survey.live, header, dropped, defaults)

    @cached_property
    def items(self) -> list[tuple[Item, list[Column]]]:
        """The questions that the file has columns of, with these."""
        present = set(self.header)
        pairs = [
            (item, [column for column in item.columns() if column.name in present])
            for item in self.revision.questionnaire.questions
        ]
        return [(item, columns) for item, columns in pairs if columns]

    @property
    def absent(self) -> list[str]:
        """Questions without any column in the file: stored as not shown."""
        asked = {item.key for item, _columns in self.items}
        return [item.key for item in self.revision.questionnaire.questions if item.key not in asked]


def check_header(header: Sequence[str], *, asked: set[str], known: set[str]) -> None:
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise BadFile(f"line 1: there twice: {', '.join(twice)}. Leave one of each out.")
    if unknown := [name for name in header if name not in known]:
        raise BadFile(
            f"line 1: the survey has no column {', '.join(map(repr, unknown))}. "
            "Rename it or leave it out; the survey's export shows how they are called."
        )
    if not asked & set(header):
        raise BadFile("line 1: no column holds an answer. Is the first line the header?")


# -- a row -----------------------------------------------------------------------------


def take(
    table: Table,
    batch: Sequence[tuple[int, tuple[int, list[str]]]],
    digest: str,
    report: Report,
    *,
    most: int,
) -> None:
    """Clean a batch, and store it unless a row has been refused by now."""
    made: dict[UUID, Response] = {}
    for number, (line, values) in batch:
        nonce = uuid5(NAMESPACE_URL, f"{table.survey.pk}/{digest}/{number}")
        row = Row(line, dict(zip(table.header, values, strict=True)))
        made[nonce] = response(table, row, nonce)
        if row.wrong:
            report.refuse(row.wrong, most=most)
    if not report.refused:
        store(table.survey, made, report)


def response(table: Table, row: Row, nonce: UUID) -> Response:
    """The response that a row stands for; only half of it where the row is refused."""
    cleaned = clean(table, row)
    own: dict[str, Any] = {}
    for name, read_cell in OWN.items():
        try:
            own |= {name: read_cell(row.cells[name])} if row.cells.get(name) else {}
        except Wrong as error:
            row.refuse(name, str(error))
    return Response(
        survey=table.survey,
        revision=table.revision,
        nonce=nonce,
        receipt=receipts.hash_of(receipts.code_for(nonce)),
        answers=cleaned.answers,
        identity=encrypt(cleaned.identity, nonce=nonce),
        **(table.defaults | own),
    )


def clean(table: Table, row: Row) -> Cleaned:
    """The answers of a row, each item in the state that its cells tell."""
    cleaned = Cleaned()
    for name in table.dropped:
        if row.cells.get(name, "") not in MISSING_CODES:
            row.refuse(name, "the survey no longer asks this. Empty the cell or drop the column.")
    for item, columns in table.items:
        try:
            clean_item(cleaned, item, columns, row.cells)
        except Wrong as error:
            row.refuse(item.key, str(error))
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                row.refuse(name, " ".join(messages))
    return cleaned


def clean_item(
    cleaned: Cleaned, item: Item, columns: Sequence[Column], cells: Mapping[str, str]
) -> None:
    shown = [column for column in columns if cells[column.name] != NOT_SHOWN]
    if not shown:
        return
    ways = {cells[column.name] for column in shown} & DECLINED_CODES.keys()
    if ways:
        if any(cells[column.name] not in ways for column in shown) or len(ways) > 1:
            code = min(ways)
            raise Wrong(f"{code} stands in some cells of the question, not in all of them.")
        cleaned.answers[item.key] = {"state": DECLINED_CODES[ways.pop()]}
        return
    given = {column.name: plain(column, cells[column.name]) for column in shown}
    stored = item.clean(MultiValueDict(item.posted(given)))
    # Of an item with several questions, some may not have been shown.
    hidden = {column.part for column in columns} - {column.part for column in shown}
    stored = {part: answer for part, answer in stored.items() if part not in hidden}
    keep(cleaned, stored, personal=item.personal)


def plain(column: Column, cell: str) -> str:
    """A cell as it was before the export, checked as far as its dtype goes."""
    if column.dtype is Dtype.TEXT:
        return unguarded(cell)
    if column.dtype is Dtype.BOOLEAN and cell not in ("", "0", "1"):
        raise Wrong(f"“{cell[:60]}” in {column.name} is neither 1 nor 0. Write one of the two.")
    return cell


# -- storing ---------------------------------------------------------------------------


def store(survey: Survey, made: Mapping[UUID, Response], report: Report) -> None:
    """Insert what is not there yet."""
    rows = Response.objects.filter(survey=survey, nonce__in=made)
    there = set(rows.values_list("nonce", flat=True))
    new = [response for nonce, response in made.items() if nonce not in there]
    # Somebody may import the same file at the same time: the constraint has the last word.
    Response.with_identity.bulk_create(new, ignore_conflicts=True)
    report.stored += len(new)
    report.there_already += len(there)
