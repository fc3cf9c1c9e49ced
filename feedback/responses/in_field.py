"""What a process knows of the surveys in the field, at most two seconds old.

The public form asks this on every request, so it costs no query but one in a while. A
revision never changes, so it is kept for good. Where the database is away, the last
that was known is still good enough to show a form, and to keep what somebody typed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.db import Error as DatabaseError
from django.db.models import Exists, OuterRef, Q

from feedback.models import Release, Revision, Survey
from feedback.models.survey import Stage
from feedback.question_types.base import Item
from feedback.questionnaire.changes import pooled
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import cap
from feedback.responses.networks import salt_of

FRESH = 2.0  # seconds
GRACE = timedelta(minutes=30)  # for whoever was writing when the survey closed
ARE_PUBLISHED = Q(survey=OuterRef("pk"), survey__publication__on=True)


class NoSuchSurvey(Exception):
    """No survey is published under this name."""


@dataclass(frozen=True)
class InField:
    """A published survey as the public form needs it."""

    survey: Survey
    revision: int  # the live one's primary key
    full: bool = False  # its cap is reached
    salt: bytes | None = None  # of the day, for hashes of networks
    results: bool = False  # are published

    @property
    def id(self) -> int:
        return self.survey.pk

    @property
    def stage(self) -> Stage:
        stage = self.survey.stage()
        return Stage.CLOSED if self.full and stage is Stage.OPEN else stage

    @property
    def questionnaire(self) -> Questionnaire:
        return revision(self.revision).questionnaire

    def takes(self, *, issued_at: int) -> bool:
        """Whether it takes answers on a form delivered at ``issued_at`` (epoch seconds)."""
        if self.stage is Stage.OPEN:
            return True
        if self.full:
            return False
        closed = self.survey.closes_at
        delivered = datetime.fromtimestamp(issued_at, tz=UTC)
        return bool(
            self.stage is Stage.CLOSED
            and closed
            and delivered < closed
            and datetime.now(tz=UTC) < closed + GRACE
        )

    def renewal(self) -> int:
        """When a form sent back to be mended counts as delivered (epoch seconds).

        Never after the survey closed: whoever had the form before keeps the grace period.
        """
        now, closed = int(time.time()), self.survey.closes_at
        return min(now, int(closed.timestamp()) - 1) if closed else now


known: dict[str, tuple[float, InField]] = {}


def known_of(slug: str) -> InField | None:
    """The survey, if this process need not ask for it now."""
    until, survey = known.get(slug, (0.0, None))
    return survey if time.monotonic() < until else None


def in_field(slug: str) -> InField:
    """The survey at this address.

    Raises:
        NoSuchSurvey: none is, or it has not been published.
    """
    if (still := known_of(slug)) is not None:
        return still
    _until, survey = known.get(slug, (0.0, None))
    try:
        published = Survey.objects.filter(slug=slug, live__isnull=False)
        salted = published.annotate(salt=salt_of(datetime.now(tz=UTC).date()))
        row = salted.annotate(results=Exists(Release.objects.filter(ARE_PUBLISHED))).first()
        full = row is not None and cap.is_full(row)
    except DatabaseError:
        if survey is not None:
            return survey
        raise
    if row is None or row.live_id is None:
        known.pop(slug, None)
        raise NoSuchSurvey(slug)
    salt = row.salt and bytes(row.salt)
    found = InField(row, row.live_id, full=full, salt=salt, results=row.results)
    known[slug] = (time.monotonic() + FRESH, found)
    return found


@lru_cache(maxsize=512)
def revision(pk: int) -> Revision:
    """A revision, kept for good: it never changes."""
    return Revision.objects.get(pk=pk)


def items_of(survey: Survey) -> Sequence[Item]:
    """The items over all revisions of a survey, as ``pooled`` makes them one."""
    return items_of_revisions(revisions_of(survey))


def revisions_of(survey: Survey) -> tuple[int, ...]:
    """The primary keys of its revisions, the newest first."""
    revisions = Revision.objects.filter(survey=survey).order_by("-number")
    return tuple(revisions.values_list("pk", flat=True))


@lru_cache(maxsize=512)
def revisions_until(live: int) -> tuple[int, ...]:
    """The same as of when this one was the newest; kept, as none is added before another."""
    newest = revision(live)
    earlier = Revision.objects.filter(survey=newest.survey_id, number__lte=newest.number)
    return tuple(earlier.order_by("-number").values_list("pk", flat=True))


@lru_cache(maxsize=128)
def items_of_revisions(newest_first: tuple[int, ...], language: str = "") -> Sequence[Item]:
    """Kept, as revisions never change and reading a questionnaire takes milliseconds.

    Args:
        language: of the texts; "" for the main language of each revision.
    """
    asked = (revision(pk).questionnaire for pk in newest_first)
    return pooled(one.in_language(language) if language else one for one in asked)


def forget() -> None:
    """Know nothing, as a new process does."""
    known.clear()
    cap.counted.clear()
    revision.cache_clear()
    revisions_until.cache_clear()
