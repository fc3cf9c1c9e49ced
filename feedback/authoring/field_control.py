"""When a survey is in the field: set by staff at any time, without a new revision."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from feedback.models import Survey
from feedback.models.access import record


@transaction.atomic
def schedule(
    survey: Survey, *, opens_at: datetime | None, closes_at: datetime | None, actor: Any
) -> None:
    """Set when the survey opens and closes; None for "since it was published" and "never".

    Raises:
        ValueError: it would close before it opens.
    """
    if opens_at and closes_at and closes_at <= opens_at:
        raise ValueError("a survey cannot close before it opens")
    locked = Survey.objects.select_for_update(of=["self"]).get(pk=survey.pk)
    locked.opens_at, locked.closes_at = opens_at, closes_at
    locked.save(update_fields=["opens_at", "closes_at"])
    opens, closes = (moment and moment.isoformat() for moment in (opens_at, closes_at))
    record("schedule", actor=actor, survey=survey, opens_at=opens, closes_at=closes)


def close_now(survey: Survey, *, actor: Any) -> None:
    """Close at once; whoever has the form open keeps the time of grace."""
    now = timezone.now()
    opens_at = survey.opens_at if survey.opens_at and survey.opens_at < now else None
    schedule(survey, opens_at=opens_at, closes_at=now, actor=actor)
