"""Responses from a file: each row cleaned as the form would clean it, or all refused.

An export reads back in, and so does the file of another tool that a survey was drafted
from; ``imported_rows.py`` tells how. What is not in a file was not shown. Importing a file
twice stores nothing twice: an attempt's nonce is made of the file's digest and the row's
number.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Response, Survey
from feedback.models.identity import encrypt
from feedback.responses import receipts
from feedback.responses.imported_rows import Row, source_of

BATCH = 1_000


@dataclass(frozen=True)
class Refusal:
    """Why one row is refused, and the column to mend."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        told = {"line": self.line, "column": self.column, "reason": self.reason}
        return _("line %(line)d, %(column)s: %(reason)s") % told


@dataclass
class Report:
    """What became of a file. Only the first ``most`` refusals are kept, all are counted."""

    stored: int = 0
    there_already: int = 0
    withdrawn: int = 0  # rows of which only that is left
    refused: int = 0  # rows
    reasons: int = 0  # of the refused rows together
    refusals: list[Refusal] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # questions that no row tells of

    def refuse(self, row: Row, *, most: int) -> None:
        told = [Refusal(row.line, column, reason) for column, reason in row.wrong]
        self.refused += 1
        self.reasons += len(told)
        self.refusals += told[: max(0, most - len(self.refusals))]


class Refused(Exception):
    """Some rows cannot be taken, so none were."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"{report.refused:,} rows are refused")


def import_from(
    survey: Survey,
    raw: BinaryIO,
    *,
    most: int = 50,
    read: Callable[[int], None] = lambda rows: None,
    storing: bool = True,
) -> Report:
    """Take in all rows of a file, or none.

    Args:
        most: so many refusals are kept for the report.
        read: called with the number of rows of each batch that was read.
        storing: False to learn what would become of it, and store nothing.

    Raises:
        BadFile: it is no file of this survey's.
        Refused: rows are wrong; nothing was stored.
    """
    report = Report()
    digest = hashlib.file_digest(raw, "sha256").hexdigest()  # type: ignore[arg-type]
    raw.seek(0)
    source = source_of(survey, raw)
    numbered = enumerate(source.rows(), 1)
    attempts = Attempts(survey, digest, storing)
    with transaction.atomic():
        while batch := list(islice(numbered, BATCH)):
            attempts.take(batch, report, most=most)
            read(len(batch))
        report.absent = source.absent
        if report.refused:
            raise Refused(report)
    return report


@dataclass
class Attempts:
    """The rows of one file as responses to the live revision of a survey."""

    survey: Survey
    digest: str
    storing: bool

    def __post_init__(self) -> None:
        assert self.survey.live is not None
        language = self.survey.live.questionnaire.language
        # Of the response's own columns, where the file tells nothing.
        self.defaults = {"language": language, "received_at": datetime.now(tz=UTC)}

    def take(self, batch: Sequence[tuple[int, Row]], report: Report, *, most: int) -> None:
        """Store a batch unless a row has been refused by now."""
        made: dict[UUID, Response] = {}
        for number, row in batch:
            if row.wrong:
                report.refuse(row, most=most)
            elif row.withdrawn:
                report.withdrawn += 1
            elif not report.refused:
                nonce = uuid5(NAMESPACE_URL, f"{self.survey.pk}/{self.digest}/{number}")
                made[nonce] = self.response(row, nonce)
        if not report.refused:
            self.store(made, report)

    def response(self, row: Row, nonce: UUID) -> Response:
        return Response(
            survey=self.survey,
            revision=self.survey.live,
            nonce=nonce,
            receipt=receipts.hash_of(receipts.code_for(nonce)),
            answers=row.cleaned.answers,
            identity=encrypt(row.cleaned.identity, nonce=nonce),
            **(self.defaults | row.own),
        )

    def store(self, made: Mapping[UUID, Response], report: Report) -> None:
        """Insert what is not there yet."""
        rows = Response.objects.filter(survey=self.survey, nonce__in=made)
        there = set(rows.values_list("nonce", flat=True))
        new = [response for nonce, response in made.items() if nonce not in there]
        if self.storing:
            # Somebody may import the same file at the same time: the constraint decides.
            Response.with_identity.bulk_create(new, ignore_conflicts=True)
        report.stored += len(new)
        report.there_already += len(there)
