"""What is derived for counting: frames by the chunk, and the summary made of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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
