"""What an export holds: variables over the responses of a selection, all of one moment."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from feedback.exports.choices import WITHDRAWN, BadChoice, Choices
from feedback.exports.variables import Variable, variables
from feedback.models import Note, Response, Retagged, Revision, Survey, Tombstone
from feedback.question_types.base import Item
from feedback.questionnaire.codebook import RESPONSE_COLUMNS
from feedback.responses.in_field import items_of_revisions, revision, revisions_of
from feedback.responses.selection import Selection

ONE_FILE = "15min"  # a file is one statement, and whoever fetches it may be slow
# Where statements have no limit at all, they get none here.
SETTLE = """
    SELECT set_config('application_name', %s, true), set_config('statement_timeout', CASE
        current_setting('statement_timeout') WHEN '0' THEN '0' ELSE %s END, true)
"""
READS_ONLY = "soundings snapshot"  # tells PostgreSQL's list of activity what a snapshot is


@dataclass(frozen=True)
class Table:
    """Rows and columns of a file, before any of them is read.

    Attributes:
        rows: the responses, in the order of their numbers.
        tombstones: of withdrawn responses that the file tells of; empty unless asked for.
    """

    survey: Survey
    selection: Selection
    choices: Choices
    revisions: tuple[int, ...]  # primary keys, the newest first
    rows: QuerySet[Response]
    tombstones: QuerySet[Tombstone]

    @classmethod
    def of(
        cls,
        survey: Survey,
        selection: Selection,
        choices: Choices,
        *,
        reader: Any,
        changed_since: datetime | None = None,
    ) -> "Table":
        """The table of a survey.

        Args:
            reader: the user whom "me" means in the selection.
            changed_since: only what is new or changed since then, and tombstones of what
                was withdrawn since; a little more may come along, never less.

        Raises:
            BadSelection: of whom or what there is none.
        """
        revisions = revisions_of(survey)
        rows = selection.responses(survey, items_of_revisions(revisions), reader=reader)
        if choices.revision is not None:
            revisions = (revision_numbered(survey, choices.revision),)
            rows = rows.filter(revision=revisions[0])
        stones = Tombstone.objects.filter(survey=survey).order_by("response_id")
        if changed_since is not None:
            choices = replace(choices, added=frozenset(choices.added) | {WITHDRAWN})
            rows = changed(rows, changed_since)
            stones = stones.filter(withdrawn_at__gte=changed_since)
        stones = stones if WITHDRAWN in choices.added else stones.none()
        table = cls(survey, selection, choices, revisions, rows.order_by("id"), stones)
        table.check()
        return table

    @cached_property
    def items(self) -> Sequence[Item]:
        """The questions, worded in the language of the file."""
        return items_of_revisions(self.revisions, self.choices.language)

    @cached_property
    def variables(self) -> list[Variable]:
        return variables(self.survey, self.items, self.choices)

    def check(self) -> None:
        """Raises: BadChoice: a column is asked for that there is not, or a language."""
        known = {"response", *RESPONSE_COLUMNS, *(item.key for item in self.items)}
        if odd := [name for name in self.choices.only if name not in known]:
            raise BadChoice(_("There is no column “%(name)s”.") % {"name": odd[0][:60]})
        spoken = languages_of(self.revisions)
        if self.choices.language and self.choices.language not in spoken:
            raise BadChoice(
                _("The survey has no texts in “%(language)s”. It has: %(known)s.")
                % {"language": self.choices.language[:40], "known": ", ".join(spoken)}
            )


def changed(rows: QuerySet[Response], since: datetime) -> QuerySet[Response]:
    """Those whose row, tags or notes changed; a tag that was renamed changes no response."""
    notes = Note.objects.filter(response=OuterRef("pk"), written_at__gte=since)
    tags = Retagged.objects.filter(response=OuterRef("pk"), at__gte=since)
    return rows.filter(Q(changed_at__gte=since) | Exists(notes) | Exists(tags))


def seen_until() -> datetime:
    """A time before which every change is committed by now, or will never be.

    The beginning of the oldest transaction that is going on, but for snapshots of ours, which
    change nothing and take long. Rows that change bear the beginning of their transaction,
    so ``changed_since`` this time misses none of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(min(xact_start), now()) - interval '1 second' FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
            " AND application_name <> %s",
            [READS_ONLY],
        )
        [[moment]] = cursor.fetchall()
    return cast(datetime, moment)


def revision_numbered(survey: Survey, number: int) -> int:
    """Raises: BadChoice: there is none of this number."""
    found = Revision.objects.filter(survey=survey, number=number).values_list("pk", flat=True)
    if (pk := found.first()) is None:
        raise BadChoice(_("The survey has no revision %(number)d.") % {"number": number})
    return pk


def languages_of(revisions: Iterable[int]) -> list[str]:
    """Those that any of the revisions has texts in, the main one of the newest first."""
    spoken = (name for pk in revisions for name in revision(pk).questionnaire.offered_languages)
    return list(dict.fromkeys(spoken))


@contextmanager
def snapshot() -> Iterator[None]:
    """Whatever is read within is of one moment, however long it takes.

    Within another transaction, of which nobody can say when it began, it is that one's.
    """
    if connection.in_atomic_block:
        read_steadily()
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(SETTLE, [READS_ONLY, ONE_FILE])
        read_steadily()
        yield


def read_steadily() -> None:
    """No JIT and no helpers of PostgreSQL's until the end of the transaction.

    A table of some hundred columns is thousands of expressions, and to compile each of them
    takes PostgreSQL longer than to read all rows. With helpers it would sort rows that an
    index gives in order, the first of them after all were read, on cores that submissions need.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0")
