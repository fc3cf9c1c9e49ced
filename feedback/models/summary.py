"""What is derived for counting: frames by the chunk, and the summary made of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.delivery import Rhythm
from feedback.models.survey import Survey


class FrameChunk(models.Model):
    """The closed columns of a survey's responses whose id // CHUNK_ROWS is ``number``.

    The row is locked before its responses are read, so that of two refreshers the later
    reads what the earlier committed. ``version`` grows with each rebuild.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="chunks")
    number = models.BigIntegerField()
    version = models.BigIntegerField(default=0)
    layout = models.CharField(max_length=64, default="")
    data = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey} chunk {self.number}"


class Summary(models.Model):
    """The figures of all responses of a survey but spam, as last compiled."""

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="summary")
    figures = models.JSONField()
    as_of = models.DateTimeField()
    frames = models.BigIntegerField(help_text=_("Sum of the chunk versions it was counted from"))

    def __str__(self) -> str:
        return f"summary of {self.survey}"


class SummaryMail(models.Model):
    """A member's wish to have a survey's figures by e-mail, of all responses or a selection."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="summary_mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    query = models.TextField(blank=True, help_text="Selection, as in an address")
    page = models.URLField(max_length=500, help_text="Of the report, for the letter")
    due_at = models.DateTimeField()
    last_responses = models.PositiveBigIntegerField(null=True, help_text="In the last letter")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "user"], name="summary_mail_once")
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"
