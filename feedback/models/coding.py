"""What staff add to a response: tags and notes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from feedback.models.response import Response
from feedback.models.survey import Survey


class Colour(models.TextChoices):
    """Of a tag; css/staff.css has a class for each, in light and dark."""

    GREY = "grey", _("Grey")
    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    TEAL = "teal", _("Teal")
    BLUE = "blue", _("Blue")
    PURPLE = "purple", _("Purple")
    PINK = "pink", _("Pink")


class Tag(models.Model):
    """A label that staff put on whole responses of one survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    colour = models.CharField(
        max_length=10, choices=Colour, default=Colour.GREY, db_default=Colour.GREY
    )

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
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Mention(models.Model):
    """Somebody whom a note speaks to, and when they saw it."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "user"], name="mention_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user"], condition=models.Q(seen_at__isnull=True), name="mention_unseen"
            )
        ]

    def __str__(self) -> str:
        return f"mention in note {self.note_id}"
