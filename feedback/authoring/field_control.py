"""How a survey is in the field: set by staff at any time, without a new revision."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.utils import timezone

from feedback.models import Survey
from feedback.models.audit import record

# What one entry of the audit log tells of: by its action, the settings that belong together.
ACTIONS = {
    "schedule": ("opens_at", "closes_at", "zone"),
    "cap": ("cap",),
    "notice": ("notice_days",),
    "closed text": ("closed_text",),
    "one per device": ("one_per_device",),
    "keeping": ("partial_days",),
}


@dataclass(frozen=True)
class FieldControl:
    """All that can be set; the fields of the survey tell what each means."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    zone: str = ""
    cap: int | None = None
    closed_text: str = ""
    notice_days: int | None = None
    one_per_device: bool = False
    partial_days: int = 30

    @classmethod
    def of(cls, survey: Survey) -> Self:
        return cls(**{name: getattr(survey, name) for name in cls.__dataclass_fields__})


@transaction.atomic
def control(survey: Survey, wanted: FieldControl, *, actor: Any) -> None:
    """Set everything at once; each thing that changes has its entry in the audit log.

    Raises:
        ValueError: it would close before it opens.
    """
    if wanted.opens_at and wanted.closes_at and wanted.closes_at <= wanted.opens_at:
        raise ValueError("a survey cannot close before it opens")
    locked = held(survey)
    before, after = asdict(FieldControl.of(locked)), asdict(wanted)
    for action, names in ACTIONS.items():
        if any(before[name] != after[name] for name in names):
            details = {name: told(after[name], name) for name in names}
            record(action, actor=actor, survey=survey, **details)
    for name, value in after.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(after))


def held(survey: Survey) -> Survey:
    """As it is now, locked until the end of the transaction."""
    return Survey.objects.select_for_update(of=["self"]).get(pk=survey.pk)


def told(value: Any, name: str) -> Any:
    """A setting as the audit log tells it: of a text only how long it is."""
    if name == "closed_text":
        return len(value)
    return value.isoformat() if isinstance(value, datetime) else value


@transaction.atomic
def close_now(survey: Survey, *, actor: Any) -> None:
    """Close at once; whoever has the form open keeps the time of grace."""
    now, locked = timezone.now(), held(survey)
    opens_at = locked.opens_at if locked.opens_at and locked.opens_at < now else None
    wanted = replace(FieldControl.of(locked), opens_at=opens_at, closes_at=now)
    control(survey, wanted, actor=actor)
