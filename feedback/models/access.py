"""Who may do what in a survey, and who did what."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.survey import Survey


class Role(models.IntegerChoices):
    """Each may do all that those before it may."""

    VIEWER = 10, _("Viewer")
    ANALYST = 20, _("Analyst")
    REVIEWER = 30, _("Reviewer")
    EDITOR = 40, _("Editor")
    OWNER = 50, _("Owner")


class Membership(models.Model):
    """A staff member's part in one survey; without one, the survey does not exist."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)
    sees_personal = models.BooleanField(default=False, verbose_name=_("may see personal answers"))
    may_export = models.BooleanField(default=False, verbose_name=_("may export"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "user"], name="member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.survey}"


class AuditEntry(models.Model):
    """One thing that somebody did; never an answer, never the words of a search."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    survey = models.ForeignKey(Survey, models.PROTECT, null=True, related_name="+")
    response_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["survey", "response_id", "id"], name="audit_of_response")
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_id}"


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
