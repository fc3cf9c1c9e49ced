"""Exports that a worker builds: asked for, watched, cancelled, offered only when whole.

An export is built into a file of no one's name, and is DONE in the database only after the
whole file lies on the disk under a name of its own. So a worker may be killed, the disk
be full or the database go away at any moment: what is offered is whole or not there. The
worker that builds holds a lock that PostgreSQL frees when it dies; then another begins anew.
"""

import errno
import logging
import secrets
import shutil
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback.exports import FORMATS
from feedback.exports.choices import Choices
from feedback.exports.making import UNFINISHED, make
from feedback.exports.table import Table, seen_until, snapshot
from feedback.models import ExportFile, ExportState, Role, SavedExport, Survey, Tombstone, Why
from feedback.models.audit import record
from feedback.models.identity import UnreadableIdentity
from feedback.permissions import survey_for
from feedback.responses import letters
from feedback.responses.in_field import items_of
from feedback.responses.pacing import Pace
from feedback.responses.selection import BadSelection, Selection

UNFINISHED_STATES = (ExportState.WAITING, ExportState.BUILDING)
MOST_TRIES = 3
KEPT = timedelta(days=7)
LOCK = 0x50554E44  # the first key of the advisory locks; the second is the export's number
NOW = "now-"  # begins the names of folders for files that are made while one waits …
HANDED_OUT = 3_600  # … and are done after so many seconds, or never
TELLING = 0.5  # seconds between two notes of how far it has come

logger = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody does not want it any more."""


class NoLongerAllowed(Exception):
    """Whoever asked may not have it now."""


def folder() -> Path:
    """Where built files lie: of this instance alone, on a disk that all its parts share."""
    path = Path(settings.EXPORTS_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


# -- asking ----------------------------------------------------------------------------


def ask(
    survey: Survey,
    kind: str,
    query: str,
    *,
    actor: Any,
    expected: int,
    page: str = "",
    saved: SavedExport | None = None,
    since: datetime | None = None,
) -> ExportFile:
    """Ask for an export.

    Args:
        query: selection and choices, as in an address; whoever calls has read them.
        page: where exports are listed, for a letter once it is ready; "" for no letter.
        since: only what is new or changed since then; None for everything.
    """
    personal = Choices.from_query(QueryDict(query)).personal
    with transaction.atomic():
        file = ExportFile.objects.create(
            survey=survey,
            actor=actor,
            saved=saved,
            format=kind,
            query=query,
            personal=personal,
            page=page,
            changed_since=since,
            expected=expected,
        )
        record("export", actor=actor, survey=survey, personal=personal, format=kind, file=file.pk)
    return file


def cancel(file: ExportFile) -> None:
    """Stop it as soon as its worker looks up; what waits for one is stopped at once."""
    ExportFile.objects.filter(pk=file.pk, state__in=UNFINISHED_STATES).update(cancelled=True)
    build(file.pk)


# -- building --------------------------------------------------------------------------


def build(number: int) -> None:
    """Build one export, unless it is done or another worker is at it."""
    with Watch(number) as watch:
        if not watch.ours:
            return
        file = ExportFile.objects.filter(pk=number, state__in=UNFINISHED_STATES).first()
        if file is None:
            return
        if file.cancelled:
            ended(file, ExportState.CANCELLED)
            return
        if file.tries >= MOST_TRIES:
            ended(file, ExportState.FAILED, why=Why.STOPPED)
            return
        file.state, file.tries, file.rows = ExportState.BUILDING, file.tries + 1, 0
        file.name = f"{secrets.token_hex(16)}.{file.format}"
        file.save(update_fields=["state", "tries", "rows", "name"])
        try:
            finish(file, watch)
        except Cancelled:
            ended(file, ExportState.CANCELLED)
        except NoLongerAllowed:
            ended(file, ExportState.FAILED, why=Why.RIGHTS)
        except BadSelection:
            ended(file, ExportState.FAILED, why=Why.ASKED)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            logger.error("export %s: %s", file.pk, error.strerror)
            ended(file, ExportState.FAILED, why=Why.NO_SPACE if full else Why.DISK)
        except UnreadableIdentity as error:
            logger.error("export %s: %s", file.pk, error)
            ended(file, ExportState.FAILED, why=Why.KEY)
        except DatabaseError:
            raise  # it is away, or was restarted: ``tend`` has it built again
        except Exception as error:
            # Its text could hold an answer, so only its kind is told.
            logger.error("export %s: %s", file.pk, type(error).__name__)
            ended(file, ExportState.FAILED, why=Why.ERROR)


def finish(file: ExportFile, watch: "Watch") -> None:
    """Make the file, then say that it is there."""
    moment = seen_until()
    # The same whoever takes it; and the questionnaires are of the moment of the rows.
    with translation.override(settings.LANGUAGE_CODE), snapshot():
        told = make(table_of(file), FORMATS[file.format], folder() / file.name, tick=watch.tick)
    file.manifest, file.seen_until, file.rows = dict(told), moment, told["rows"]
    file.expires_at = timezone.now() + KEPT
    with transaction.atomic():
        file.save(update_fields=["manifest", "seen_until", "rows", "expires_at"])
        if not ended(file, ExportState.DONE):
            raise Cancelled
        if file.saved:
            # Unless other settings were saved meanwhile, or another file was quicker.
            as_built = {"query": file.query, "format": file.format, "new_since": file.changed_since}
            kept = SavedExport.objects.filter(pk=file.saved.pk, only_new=True, **as_built)
            kept.update(new_since=moment)
        announce(file)


def table_of(file: ExportFile) -> Table:
    """Raises: NoLongerAllowed; BadSelection: what it names is gone."""
    query = QueryDict(file.query)
    try:
        access = survey_for(file.actor, file.survey.slug, Role.VIEWER)
    except Http404 as error:
        raise NoLongerAllowed from error
    if not access.exports or (file.personal and not access.sees_personal):
        raise NoLongerAllowed
    selection = Selection.from_query(query, items_of(file.survey))
    choices = Choices.from_query(query)
    return Table.of(
        file.survey, selection, choices, reader=file.actor, changed_since=file.changed_since
    )


def ended(file: ExportFile, state: ExportState, *, why: Why | str = "") -> bool:
    """Write down how it ended. Returns False where it was cancelled just before it was done."""
    rows = ExportFile.objects.filter(pk=file.pk)
    if state is ExportState.DONE:
        rows = rows.filter(cancelled=False)
    elif file.name:
        (folder() / file.name).unlink(missing_ok=True)
    return bool(rows.update(state=state, why=why, ended_at=timezone.now()))


def announce(file: ExportFile) -> None:
    if not (file.page and file.actor.email and letters.can_be_sent()):
        return
    words = {"survey": file.survey.slug, "rows": f"{file.rows:,}", "page": file.page}
    letters.queue(
        to=file.actor.email,
        subject=_("An export of %(survey)s is ready") % words,
        text=_(
            "The export of %(survey)s that you asked for is ready: %(rows)s rows.\n"
            "Download it within seven days, after signing in:\n\n%(page)s\n"
        )
        % words,
    )


class Watch:
    """A connection of its own: it holds the lock of an export and tells how far it has come.

    Apart from the one that reads, as what happens in that one's transaction nobody sees.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.own = connection.copy()
        self.ours = False
        self.rows = 0
        self.told = 0.0

    def __enter__(self) -> Self:
        with self.own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.number])
            [[self.ours]] = cursor.fetchall()
        self.pace = Pace(self.own)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.own.close()  # and with it the lock is free

    def tick(self, rows: int) -> None:
        """Count further rows, now and then say so, and give way to whoever sends answers.

        Raises:
            Cancelled: somebody does not want it any more.
        """
        self.rows += rows
        self.pace.give_way()
        if (now := time.monotonic()) - self.told < TELLING:
            return
        self.told = now
        with self.own.cursor() as cursor:
            cursor.execute(
                "UPDATE feedback_exportfile SET rows = %s WHERE id = %s RETURNING cancelled",
                [self.rows, self.number],
            )
            if cursor.fetchall() != [(False,)]:
                raise Cancelled


# -- offering --------------------------------------------------------------------------


def no_longer(file: ExportFile) -> Why | None:
    """Why a finished file may not be handed out any more; None if it may.

    Whether a response was among those selected nobody can say once it is withdrawn, so
    whatever was withdrawn since the file was made may be in it.
    """
    if file.expires_at and file.expires_at <= timezone.now():
        return Why.EXPIRED
    stones = Tombstone.objects.filter(survey=file.survey_id)
    if stones.filter(withdrawn_at__gte=file.seen_until).exists():
        return Why.WITHDRAWN
    return None


def offered(file: ExportFile) -> bool:
    """Whether it can be downloaded now; what no longer may be is deleted at once."""
    if file.state != ExportState.DONE:
        return False
    if why := no_longer(file):
        file.state, file.why = ExportState.GONE, why
        ended(file, ExportState.GONE, why=why)
        return False
    return True


def path_of(file: ExportFile) -> Path:
    return folder() / file.name


def public_name(file: ExportFile) -> str:
    """As whoever downloads it finds it."""
    return f"{file.survey.slug}-{file.asked_at:%Y-%m-%d}-{file.pk}.{file.format}"


def delete(file: ExportFile) -> None:
    """Take a finished file away. What it was, the audit log still tells."""
    if file.state not in UNFINISHED_STATES:
        if file.name:
            (folder() / file.name).unlink(missing_ok=True)
        file.delete()


# -- what goes on by itself ------------------------------------------------------------


def tend() -> list[int]:
    """Delete what is no longer offered, and find what no worker is at.

    Returns:
        The numbers of exports to be built.
    """
    for file in ExportFile.objects.filter(state=ExportState.DONE).select_related("survey"):
        offered(file)
    sweep()
    waiting = ExportFile.objects.filter(state__in=UNFINISHED_STATES)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def sweep() -> None:
    """Delete what lies about of exports that are not offered: a worker died before it could."""
    # Listed first: what is begun after that has its name in the database before it is here.
    paths = list(folder().iterdir())
    alive = ExportFile.objects.filter(state__in=[*UNFINISHED_STATES, ExportState.DONE])
    known = set(alive.exclude(name="").values_list("name", flat=True))
    old = time.time() - HANDED_OUT
    for path in paths:
        if path.name.partition(UNFINISHED)[0] in known:
            continue
        with suppress(FileNotFoundError):  # somebody else was quicker
            if path.name.startswith(NOW) and path.stat().st_mtime > old:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
