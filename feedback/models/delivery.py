"""Exports that a worker builds, settings kept for them, and keys for programs that fetch."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models.response import Response
from feedback.models.survey import Survey


class ExportState(models.TextChoices):
    """Where an export stands; WAITING and BUILDING are still to be worked on."""

    WAITING = "waiting", _("Waiting")
    BUILDING = "building", _("Being built")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    GONE = "gone", _("No longer offered")


class Why(models.TextChoices):
    """Why an export failed, or is no longer offered."""

    NO_SPACE = "no_space", _("The disk of the server is full. Make room, then build it again.")
    DISK = "disk", _("The server could not write the file. Its log says more.")
    STOPPED = "stopped", _("It was stopped several times while it was built.")
    ASKED = "asked", _("What it was asked for with is gone: a question, a tag or a person.")
    RIGHTS = "rights", _("Whoever asked for it may not export this any longer.")
    KEY = (
        "key",
        _("A personal answer could not be opened. The log of the server says why."),
    )
    ERROR = "error", _("It could not be built. The log of the server says more.")
    EXPIRED = "expired", _("Its time is over. Build it again to have it as it is now.")
    WITHDRAWN = (
        "withdrawn",
        _("A response that may be in it was withdrawn or deleted. Build it again without it."),
    )


class Rhythm(models.TextChoices):
    """How often a saved export is built by itself."""

    NEVER = "", _("Only when asked")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")

    def after(self, moment: datetime) -> datetime | None:
        """When it is due again after a time; None for what is never due by itself."""
        days = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7}.get(self)
        return moment + timedelta(days=days) if days else None


class SavedExport(models.Model):
    """Settings of an export under a name, for all who may export; perhaps on a schedule."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="saved_exports")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    format = models.CharField(max_length=20)
    query = models.TextField(blank=True, help_text="Selection and choices, as in an address")
    rhythm = models.CharField(max_length=10, blank=True, choices=Rhythm, default=Rhythm.NEVER)
    only_new = models.BooleanField(default=False)
    page = models.URLField(
        max_length=500,
        blank=True,
        default="",
        help_text="Of exports, for the letter that announces it; empty: no letter",
    )
    due_at = models.DateTimeField(null=True)
    new_since = models.DateTimeField(
        null=True, help_text="What changed before was in an earlier file; null for all"
    )
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "name"], name="saved_export_once")
        ]

    def __str__(self) -> str:
        return self.name


class ExportFile(models.Model):
    """One export that a worker builds. It is offered only in state DONE, that is, whole."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="export_files")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved = models.ForeignKey(SavedExport, models.SET_NULL, null=True, related_name="files")
    format = models.CharField(max_length=20)
    query = models.TextField(blank=True, help_text="Selection and choices, as in an address")
    personal = models.BooleanField(default=False)
    page = models.URLField(
        max_length=500,
        blank=True,
        default="",
        help_text="Of exports, for the letter that announces it; empty: no letter",
    )
    changed_since = models.DateTimeField(null=True, help_text="Only what is new or changed since")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    why = models.CharField(max_length=10, blank=True, choices=Why, default="")
    cancelled = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    expected = models.PositiveBigIntegerField(help_text="Rows, as estimated")
    rows = models.PositiveBigIntegerField(default=0, help_text="Done so far")
    name = models.CharField(max_length=80, blank=True, default="", help_text="Of the file")
    manifest = models.JSONField(null=True)
    seen_until = models.DateTimeField(
        null=True, help_text="All that had been committed by then is in it, or gone from it"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["survey", "-id"], name="export_newest"),
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["waiting", "building", "done"]),
                name="export_open",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"


class AccessKey(models.Model):
    """Lets a program fetch a survey's responses as one member may; only its hash is kept."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="access_keys")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(unique=True, help_text="SHA-256 of the key, 32 bytes")
    personal = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    used_on = models.DateField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return f"key {self.pk}"

    @property
    def opens(self) -> bool:
        return self.expires_at > timezone.now()


class Retagged(models.Model):
    """When the tags of a response last changed; written by a trigger (migration 0012)."""

    # The constraint is the migration's: rows go with their response, in the database.
    response = models.OneToOneField(
        Response, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="retagged"
    )
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"tags of {self.response_id}"
