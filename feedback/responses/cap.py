"""Whether a survey has as many responses as it wants; cheap also where these are a million.

What is spam is not counted. Responses older than a few seconds are counted once a minute,
and only up to the cap; in between just those that came since. Both counts are answered
from an index alone.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from feedback.models import Response, Status, Survey

SETTLED = timedelta(seconds=10)  # by then a response is committed, or never will be
RECOUNT = 60.0  # seconds; withdrawn ones and those marked as spam make room as late as that


@dataclass(frozen=True)
class Counted:
    """How many responses a survey had before a moment, as far as its cap asks."""

    cap: int
    before: datetime
    responses: int
    until: float  # by the process's clock


counted: dict[int, Counted] = {}


def is_full(survey: Survey) -> bool:
    """Whether the cap is reached."""
    if survey.cap is None:
        return False
    known = counted.get(survey.pk)
    if known is None or known.cap != survey.cap or time.monotonic() >= known.until:
        before = timezone.now() - SETTLED
        settled = number(survey, most=survey.cap, received_at__lt=before)
        known = Counted(survey.cap, before, settled, time.monotonic() + RECOUNT)
        counted[survey.pk] = known
    left = survey.cap - known.responses
    return left <= 0 or number(survey, most=left, received_at__gte=known.before) >= left


def number(survey: Survey, *, most: int, **when: Any) -> int:
    """How many responses without spam there are, counted no further than ``most``."""
    rows = Response.objects.filter(survey=survey, **when)
    spam = rows.filter(status=Status.SPAM).count()
    return rows[: most + spam].count() - spam
