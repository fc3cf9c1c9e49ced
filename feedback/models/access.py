"""Who may do what in a survey."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
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


class Permitted(models.Model):
    """What a member may do, and what somebody invited will."""

    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)
    sees_personal = models.BooleanField(default=False, verbose_name=_("may see personal answers"))
    may_export = models.BooleanField(default=False, verbose_name=_("may export"))

    class Meta:
        abstract = True


class Lines(models.IntegerChoices):
    """How many responses a page of a list can have. More take longer, and longer to read."""

    FEW = 25, "25"
    MORE = 50, "50"
    MANY = 100, "100"


class Membership(Permitted):
    """A staff member's part in one survey; without one, the survey does not exist."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    columns = ArrayField(
        models.CharField(max_length=100),
        default=list,
        db_default=[],
        help_text=_("Of their list of responses, in order; empty for the usual ones"),
    )
    lines = models.PositiveSmallIntegerField(
        choices=Lines,
        default=Lines.FEW,
        db_default=Lines.FEW,
        help_text=_("On a page of that list"),
    )
    visited_at = models.DateTimeField(null=True, help_text=_("When they last saw that list"))
    seen_until = models.DateTimeField(
        null=True, help_text=_("What came later is new to them: the visit before this one")
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "user"], name="member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.survey}"


class Invite(Permitted):
    """A link that makes one person a member, once; the row keeps only the link's hash."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invites")
    email = models.EmailField()
    code = models.UUIDField(unique=True, help_text="Hash of the code in the link")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invites_sent"
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-invited_at"]

    def __str__(self) -> str:
        return f"invite {self.pk} to {self.survey}"
