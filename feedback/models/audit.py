"""Who did what: entries that are only ever added, sealed into a chain."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from feedback.models.survey import Survey


class AuditEntry(models.Model):
    """One thing that somebody did; never an answer, never the words of a search.

    A trigger (migration 0007) refuses to change or delete one.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    survey = models.ForeignKey(Survey, models.PROTECT, null=True, related_name="+")
    response_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["survey", "response_id", "id"], name="audit_of_response"),
            models.Index(fields=["survey", "id"], name="audit_of_survey"),
            models.Index(fields=["actor", "id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_id}"


class Seal(models.Model):
    """An entry's link in the chain: its digest covers the entry and the link before it.

    Made by ``refresh`` a moment after the entry, so that acting waits for nobody.
    """

    position = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … without a gap")
    # No constraint: that the entry is gone is what the chain is there to tell.
    entry = models.OneToOneField(
        AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal"
    )
    digest = models.BinaryField(help_text="SHA-256, 32 bytes")

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"seal {self.position}"


def record(
    action: str,
    *,
    actor: Any,
    survey: Survey | None = None,
    response_id: int | None = None,
    **details: Any,
) -> AuditEntry:
    """Append to the audit log, in the transaction of the act itself.

    Args:
        details: ids, codes and counts only.
    """
    return AuditEntry.objects.create(
        actor=actor, survey=survey, response_id=response_id, action=action, details=details
    )
