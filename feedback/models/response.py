"""Responses, what search reads of them, and the outbox that names what changed."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from feedback.models.survey import Revision, Survey

if TYPE_CHECKING:
    from feedback.models.coding import Tag


class Status(models.IntegerChoices):
    """How far the staff have come with a response."""

    NEW = 0, _("New")
    ACKNOWLEDGED = 1, _("Acknowledged")
    DONE = 2, _("Done")
    FLAGGED = 3, _("Flagged")
    SPAM = 4, _("Spam")


class Reason(models.TextChoices):
    """Why screening flagged a response; ``responses/screening.py`` tells what each proves."""

    HONEYPOT = "honeypot", _("Filled in the hidden field")
    FAST = "fast", _("Sent too fast to be read")
    HELD_KEY = "held_key", _("A text is one key held down")
    NETWORK = "network", _("One of many from its network")
    DEVICE = "device", _("Not the first from its device")


class WithoutIdentity(models.Manager["Response"]):
    """Responses as everyone may read them: the personal answers stay in the database."""

    def get_queryset(self) -> models.QuerySet["Response"]:
        return super().get_queryset().defer("identity")


class Response(models.Model):
    """What one respondent gave to one revision of a survey, in one row.

    ``answers`` has the shape told in ``question_types/base.py``; where a personal item
    was answered it says only so, and ``identity`` holds the answer, encrypted.
    """

    # No constraint in the database: each insert would lock the survey's row, the same
    # one for everybody. Surveys and revisions are never deleted while responses exist.
    survey = models.ForeignKey(Survey, models.PROTECT, db_constraint=False, db_index=False)
    revision = models.ForeignKey(Revision, models.PROTECT, db_constraint=False, db_index=False)
    nonce = models.UUIDField(help_text=_("Of the ticket: one attempt leaves one response"))
    receipt = models.UUIDField(help_text=_("Hash of the receipt code"))
    received_at = models.DateTimeField(db_default=Now())
    language = models.CharField(max_length=35)
    source = models.CharField(max_length=100, blank=True, default="")
    seconds = models.PositiveIntegerField(
        null=True, help_text=_("From the form's delivery to its arrival")
    )
    answers = models.JSONField()
    identity = models.BinaryField(null=True, help_text=_("Personal answers: models/identity.py"))
    paradata = models.JSONField(null=True, help_text=_("How it came about, such as orders shown"))
    changed_at = models.DateTimeField(
        db_default=Now(),
        editable=False,
        help_text=_("When this row last changed: the beginning of that transaction"),
    )
    edits = models.PositiveIntegerField(default=0, db_default=0)
    edited_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(choices=Status, default=Status.NEW, db_default=Status.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="assigned",
    )
    reasons = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        help_text=_("Why screening flagged it: codes of Reason"),
    )
    network = models.BinaryField(null=True, help_text=_("Keyed hash, 8 bytes; never an address"))
    device = models.BinaryField(null=True, help_text=_("Keyed hash, 8 bytes, where it is asked"))
    tags: "models.ManyToManyField[Tag, Any]" = models.ManyToManyField(
        "Tag", related_name="responses", blank=True
    )

    objects = WithoutIdentity()
    with_identity = models.Manager()

    class Meta:
        default_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "nonce"], name="attempt_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["survey", "received_at", "id"], name="response_newest"),
            models.Index(fields=["receipt"], name="response_receipt"),
            # Most responses are new, so leaving those out keeps this one cheap to insert.
            models.Index(
                fields=["survey", "status", "received_at"],
                condition=~models.Q(status=Status.NEW),
                name="response_status",
            ),
            models.Index(
                fields=["survey", "received_at", "id"],
                condition=~models.Q(reasons=[]),
                name="response_flagged",
            ),
            models.Index(
                fields=["survey", "assignee", "received_at", "id"],
                condition=models.Q(assignee__isnull=False),
                name="response_assigned",
            ),
            models.Index(
                fields=["survey", "received_at", "id"],
                condition=models.Q(edits__gt=0),
                name="response_edited",
            ),
            # What refresh asks of each new response: how many came like it?
            models.Index(
                fields=["survey", "network", "received_at"],
                condition=models.Q(network__isnull=False),
                name="response_network",
            ),
            models.Index(
                fields=["survey", "device", "id"],
                condition=models.Q(device__isnull=False),
                name="response_device",
            ),
            # What is new or changed: rows lie in the order of time, so ranges of pages do.
            BrinIndex(fields=["changed_at"], pages_per_range=32, name="response_changed"),
            GinIndex(fields=["answers"], opclasses=["jsonb_path_ops"], name="response_answers"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def status_name(self) -> str:
        """As forms and addresses have it."""
        return Status(self.status).name.lower()

    @property
    def reasons_in_words(self) -> list[str]:
        """Why screening flagged it, as staff read it."""
        return [str(Reason(code).label) for code in self.reasons]


class DailySalt(models.Model):
    """What one day's networks are hashed with: random, and deleted once the day is over.

    From then on nobody can find out, by hashing addresses, which one a response came from.
    """

    day = models.DateField(primary_key=True, help_text=_("In UTC"))
    salt = models.BinaryField()

    def __str__(self) -> str:
        return f"salt of {self.day}"


class Tombstone(models.Model):
    """What stays of a response that was withdrawn, or deleted: that it was, and until when."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="tombstones")
    response_id = models.BigIntegerField()
    receipt = models.UUIDField(db_index=True, help_text=_("Hash of the receipt code"))
    withdrawn_at = models.DateTimeField(db_default=Now(), editable=False)
    by_staff = models.BooleanField(
        default=False, db_default=False, help_text=_("Deleted by an owner of the survey")
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["survey", "-id"], name="tombstone_newest")]

    def __str__(self) -> str:
        return f"response {self.response_id}, withdrawn"


class Change(models.Model):
    """The outbox: a response that was inserted, changed or deleted since ``refresh`` ran.

    Written by triggers in the transaction of the change itself, so that nothing is
    derived from what was rolled back and nothing committed is missed.
    """

    survey_id = models.BigIntegerField()
    response_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"response {self.response_id}"


class SearchText(models.Model):
    """The words of one response, for full-text search; derived, in a table of its own."""

    response = models.OneToOneField(
        Response, models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    survey_id = models.BigIntegerField()
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["words"], name="search_words")]

    def __str__(self) -> str:
        return f"words of {self.response_id}"
