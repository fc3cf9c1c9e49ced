"""Responses begun and not yet sent, and letters that wait to be sent."""

from typing import ClassVar

from django.db import models

from feedback.models.response import Response
from feedback.models.survey import Revision, Survey


class Partial(models.Model):
    """What one respondent has typed so far, until they send it or it expires.

    ``content`` holds the form's fields, encrypted as personal answers are. Once expired it
    is emptied; that somebody began, and how far they came, stays for counting break-offs.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="partials")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    nonce = models.UUIDField(help_text="Of the ticket, as a response's")
    code = models.UUIDField(null=True, help_text="Hash of the code to come back with")
    content = models.BinaryField(null=True)
    language = models.CharField(max_length=35)
    source = models.CharField(max_length=100, blank=True, default="")
    page = models.PositiveSmallIntegerField(default=1, help_text="The furthest reached, from 1")
    reached = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="The last question of its revision with an answer in it, from 1; 0 for none",
    )
    chosen = models.BooleanField(default=False, help_text="Whether they asked for it to be kept")
    letters = models.PositiveSmallIntegerField(default=0, help_text="Sent with the link")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "nonce"], name="partial_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["code"], name="partial_code"),
            models.Index(fields=["survey", "-id"], name="partial_newest"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(content__isnull=False),
                name="partial_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"partial {self.pk}"


class Version(models.Model):
    """What a response held before its respondent changed it; for staff."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="1 for what was sent first")
    answers = models.JSONField()
    identity = models.BinaryField(null=True)
    language = models.CharField(max_length=35)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "number"], name="version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.response_id}"


class Letter(models.Model):
    """An e-mail that waits to be sent: addressee and text encrypted, deleted once it is."""

    nonce = models.UUIDField()
    sealed = models.BinaryField()
    queued_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"letter {self.pk}"
