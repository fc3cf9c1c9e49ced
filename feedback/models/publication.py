"""What a survey publishes of its results: the choice, the releases, the quotes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from feedback.models.response import Response, Status
from feedback.models.survey import Survey


class ReleaseIsFrozen(Exception):
    """A release was about to be changed; it is public, so make the next one instead."""


class Publication(models.Model):
    """Which results of a survey are published, and how; nothing is while ``on`` is False."""

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="publication")
    on = models.BooleanField(default=False)
    items = models.JSONField(default=list, help_text=_("Keys of the items that staff chose"))
    k = models.PositiveSmallIntegerField(
        default=5, help_text=_("Counts are rounded down to a multiple of it, and withheld below")
    )
    every_hours = models.PositiveIntegerField(
        default=24, help_text=_("A release by itself follows the last one no sooner")
    )
    intro = models.TextField(blank=True, default="")
    licence = models.CharField(max_length=200, blank=True, default="")
    embed = models.BooleanField(default=False, help_text=_("Other sites may show it in a frame"))
    download = models.BooleanField(default=False, help_text=_("As open data: CSV and JSON"))
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"results of {self.survey_id}"


class Release(models.Model):
    """Results as they were published at one moment: rounded, never changed.

    The exact counts are kept nowhere. A trigger holds the same line as ``save`` against
    ``update()`` and plain SQL.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField(help_text=_("1, 2, 3 … within the survey"))
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    k = models.PositiveSmallIntegerField()
    population = models.BigIntegerField(
        help_text=_("Responses counted, rounded down to a multiple of k; not published")
    )
    up_to = models.BigIntegerField(help_text=_("The highest number of a response counted"))
    figures = models.JSONField(help_text=_("Shape: analysis/publishing.py"))

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="release_once")
        ]

    def __str__(self) -> str:
        return f"release {self.number}"

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReleaseIsFrozen(f"{self} is public; make the next one")
        super().save(**kwargs)


class StillSaid(models.Manager["Quote"]):
    """Quotes of responses that stand as they did when the quote was approved."""

    def get_queryset(self) -> models.QuerySet["Quote"]:
        unchanged = super().get_queryset().filter(edits=models.F("response__edits"))
        return unchanged.exclude(response__status=Status.SPAM)


class Quote(models.Model):
    """A passage of an answer that staff approved for the public, word for word.

    It goes with its response. Of one that was edited or is spam it stays, and is not shown.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="quotes")
    response = models.ForeignKey(Response, models.CASCADE, related_name="quotes")
    part = models.CharField(max_length=150, help_text=_("Name of the stored answer"))
    text = models.TextField(max_length=2_000)
    edits = models.PositiveIntegerField(help_text=_("Of the response, when it was approved"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()
    still_said = StillSaid()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"quote {self.pk}"
