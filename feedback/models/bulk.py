"""Acts on a whole selection of responses, what they changed, and views kept by name."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.survey import Survey


class BulkState(models.TextChoices):
    """Where a bulk act stands; WAITING, RUNNING and UNDOING are still to be worked on."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class DeletedAs(models.IntegerChoices):
    """Why an owner deleted responses: one of few, as what is typed may tell of a person."""

    ASKED = 1, _("The respondent asked for it")
    TRIAL = 2, _("Sent to try out the form")
    EXPIRED = 3, _("Kept as long as it may be")
    OTHER = 4, _("Another reason")


class Bulk(models.Model):
    """One act on all responses of a selection, worked off in steps by a worker.

    ``after`` is the number of the last response that was looked at, so that whoever goes
    on begins there; nothing that came after the act was asked for (``up_to``) is touched.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="bulks")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    act = models.CharField(max_length=20, help_text="A name of responses/bulk.py ACTS")
    value = models.BigIntegerField(
        null=True,
        help_text="A status, a reason, or the number of a tag or a user; null for nobody",
    )
    query = models.TextField(blank=True, help_text="The selection, as in an address")
    state = models.CharField(
        max_length=10, choices=BulkState, default=BulkState.WAITING, db_default=BulkState.WAITING
    )
    cancelled = models.BooleanField(default=False, db_default=False)
    expected = models.PositiveBigIntegerField(help_text="Responses in the selection, as estimated")
    up_to = models.BigIntegerField()
    after = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0, help_text="Responses looked at")
    changed = models.PositiveBigIntegerField(default=0, help_text="Of those, changed")
    kept = models.PositiveBigIntegerField(
        default=0, help_text="When undone: left alone, as somebody changed them since"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["survey", "-id"], name="bulk_newest"),
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["waiting", "running", "undoing"]),
                name="bulk_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"bulk {self.pk}: {self.act}"


class BulkStep(models.Model):
    """What one transaction of a bulk act changed, with what stood there before."""

    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="steps")
    responses = ArrayField(models.BigIntegerField(), help_text="Numbers of those changed")
    before = ArrayField(
        models.BigIntegerField(null=True), help_text="What each of them had, in the same order"
    )
    undone = models.BooleanField(default=False, db_default=False)

    class Meta:
        # The history of one response asks which acts on many were on it, too.
        indexes: ClassVar = [GinIndex(fields=["responses"], name="bulk_step_responses")]

    def __str__(self) -> str:
        return f"step {self.pk} of bulk {self.bulk_id}"


class SavedView(models.Model):
    """A selection kept under a name, for its owner or for all members of the survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="views")
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=100), default=list, db_default=[])
    shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "owner", "name"], name="view_once")
        ]

    def __str__(self) -> str:
        return self.name
