"""What staff add to a response: tags and notes."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from feedback.models.response import Response
from feedback.models.survey import Survey


class Tag(models.Model):
    """A label that staff put on whole responses of one survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "name"], name="tag_once")
        ]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """A remark of a staff member on one response."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"note {self.pk}"
