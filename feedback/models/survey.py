"""Surveys and their published questionnaires."""

from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.questionnaire.definition import Questionnaire


class RevisionIsFrozen(Exception):
    """A published revision was about to be changed; publish the next one instead."""


class Stage(Enum):
    """Whether a survey takes responses now."""

    UNPUBLISHED = "unpublished"
    NOT_YET_OPEN = "not yet open"
    OPEN = "open"
    CLOSED = "closed"


class Survey(models.Model):
    """One form at one address, through all revisions of its questionnaire."""

    slug = models.SlugField(unique=True, max_length=60)
    title = models.CharField(max_length=5_000, help_text=_("Of the revision that is live"))
    live = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    opens_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: open at once"))
    closes_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: stays open"))
    partial_days = models.PositiveSmallIntegerField(
        default=30, db_default=30, help_text=_("Days that what was begun is kept; 0: not at all")
    )
    zone = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("IANA name; empty: the time zone of the instance"),
    )
    cap = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("Responses it takes, spam not counted; empty: any number"),
    )
    closed_text = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown once it is closed; empty: the questionnaire's own text"),
    )
    notice_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Before closing, from when on the form says so")
    )
    one_per_device = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @cached_property
    def demonstration(self) -> bool:
        """Whether its responses are made up; every page says so."""
        return self.live_id is not None and is_demonstration(self.live_id)

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone that its times are told in."""
        return self.zone or settings.TIME_ZONE

    def notice(self, now: datetime) -> datetime | None:
        """When it closes, if that is near enough to be said on the form."""
        if not (self.closes_at and self.notice_days):
            return None
        return self.closes_at if now >= self.closes_at - timedelta(self.notice_days) else None

    def stage(self, now: datetime | None = None) -> Stage:
        """Where the survey stands at ``now``."""
        now = now or timezone.now()
        if self.live_id is None:
            return Stage.UNPUBLISHED
        if self.opens_at and now < self.opens_at:
            return Stage.NOT_YET_OPEN
        if self.closes_at and now >= self.closes_at:
            return Stage.CLOSED
        return Stage.OPEN


@lru_cache(maxsize=512)
def is_demonstration(revision: int) -> bool:
    """Of a revision, by its primary key; kept, as none changes and each is long to read."""
    found = Revision.objects.filter(pk=revision)
    return bool(found.values_list("definition__demonstration", flat=True).first())


class Revision(models.Model):
    """One published questionnaire, which its responses are validated against.

    Frozen from its first save: to reword an item, publish the next revision. A trigger
    (migration 0002) holds the same line against ``update()`` and plain SQL.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text=_("1, 2, 3 … within the survey"))
    definition = models.JSONField(help_text=_("Shape: questionnaire/definition.py"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the canonical definition"))
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey} r{self.number}"

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RevisionIsFrozen(f"{self} is published; publish a new revision")
        super().save(**kwargs)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return Questionnaire.parse(self.definition)
