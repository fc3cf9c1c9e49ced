"""Themes of an open question as they are kept, and which answer is in which."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.response import Response
from feedback.models.survey import Survey


class ThemesState(models.TextChoices):
    """Where the latest search for themes stands; those found before stay meanwhile."""

    WAITING = "waiting", _("Waiting for a worker")
    BUILDING = "building", _("Being looked for")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Not found")


class WhyNoThemes(models.TextChoices):
    """Why a search for themes ended without any."""

    TOO_FEW = (
        "too_few",
        _("Fewer than 50 answers say something. Themes are looked for once there are more."),
    )
    STOPPED = "stopped", _("It was stopped several times. Start it again when the server is idle.")
    VECTORS = (
        "vectors",
        _("The vectors that this server is set up for cannot be had. Its log says more."),
    )
    ERROR = "error", _("It could not be done. The log of the server says more.")


class ThemeSet(models.Model):
    """The themes of one open question: what they were found with, and how far a search is.

    ``fitted_at`` tells whether there are any; ``state`` only speaks of the latest search.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="theme_sets")
    item = models.CharField(max_length=40, help_text="Key of the question")
    state = models.CharField(max_length=10, choices=ThemesState, default=ThemesState.WAITING)
    why = models.CharField(max_length=10, blank=True, choices=WhyNoThemes, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="Texts looked at so far")
    expected = models.PositiveIntegerField(default=0)
    number = models.PositiveSmallIntegerField(null=True, help_text="Of themes; null: by the texts")
    seed = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    fitted_at = models.DateTimeField(null=True)
    embedder = models.CharField(max_length=100, blank=True, default="")
    model = models.BinaryField(null=True, help_text="open_text/vectors.py and theming/placing.py")
    version = models.PositiveIntegerField(default=0, help_text="Of the model")
    answers = models.PositiveIntegerField(default=0, help_text="Read in the latest search")
    next_number = models.PositiveIntegerField(default=1, help_text="No number is given twice")
    report = models.JSONField(default=dict, help_text="What the latest search did to themes")
    emerging = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), help_text="Proposals"
    )
    new_looked_at = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Responses since the latest search, when they were last looked at",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "item"], name="theme_set_once")
        ]

    def __str__(self) -> str:
        return f"themes of {self.item}"

    @property
    def unfinished(self) -> bool:
        return self.state in (ThemesState.WAITING, ThemesState.BUILDING)

    @property
    def asked_model(self) -> str:
        """The model of a server that answers are sent to for their vectors; "" for none."""
        kind, _colon, model = self.embedder.partition(":")
        return model if kind == "endpoint" else ""


class Theme(models.Model):
    """One theme, or a part of one. Its number stays its own through every later search."""

    NAME: ClassVar[int] = 120  # characters
    MODEL: ClassVar[int] = 100

    set = models.ForeignKey(ThemeSet, models.CASCADE, related_name="themes")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")
    name = models.CharField(max_length=NAME)
    name_by_staff = models.BooleanField(default=False)
    drafted_by = models.CharField(
        max_length=MODEL, default="", db_default="", help_text="Model that proposed its name"
    )
    label = ArrayField(
        models.CharField(max_length=200), default=list, help_text="Phrases that were drafted"
    )
    definition = models.TextField(blank=True, default="")
    rule = ArrayField(
        models.CharField(max_length=100),
        default=list,
        help_text="Whatever has one of these phrases belongs here",
    )
    locked = models.BooleanField(default=False)
    mixed = models.BooleanField(default=False, help_text="A remainder rather than a theme")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    centroid = models.BinaryField(default=b"", help_text="32-bit floats")
    approved_public = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["set", "number"], name="theme_number_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phrases(self) -> str:
        """What it is called by itself."""
        return ", ".join(self.label)[: Theme.NAME]

    @property
    def is_draft(self) -> bool:
        """A model proposed its name, and nobody has said yet that it is right."""
        return bool(self.drafted_by) and not self.name_by_staff and self.name != self.phrases


class ThemeOf(models.Model):
    """The theme of one answer; derived, but where staff put it. Null: it says nothing.

    That of a response that is gone stays for ``refresh``, which takes what it leads to with it.
    """

    set = models.ForeignKey(ThemeSet, models.CASCADE, related_name="+")
    response = models.ForeignKey(
        Response, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, db_index=False, related_name="+")
    closeness = models.FloatField(default=0.0, help_text="To the middle of its theme")
    by_staff = models.BooleanField(default=False)
    said = models.BigIntegerField(default=0, help_text="Digest of the text that was placed")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "set"], name="theme_of_answer_once")
        ]
        indexes: ClassVar = [models.Index(fields=["theme", "response"], name="responses_of_theme")]

    def __str__(self) -> str:
        return f"theme of {self.response_id}"


class AnswerToPlace(models.Model):
    """The outbox of answers whose vectors somebody else is asked for, with no row locked."""

    set = models.ForeignKey(ThemeSet, models.CASCADE, related_name="to_place")
    response = models.ForeignKey(
        Response, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "set"], name="answer_to_place_once")
        ]

    def __str__(self) -> str:
        return f"answer {self.response_id} to be placed"


class TextVector(models.Model):
    """What a server told of a text, which goes when the answer is withdrawn or changed."""

    set = models.ForeignKey(ThemeSet, models.CASCADE, db_index=False, related_name="+")
    said = models.BigIntegerField(help_text="Digest of the text, as of ThemeOf")
    embedder = models.CharField(max_length=100)
    vector = models.BinaryField(help_text="16-bit floats")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["set", "said", "embedder"], name="vector_of_text_once")
        ]

    def __str__(self) -> str:
        return f"vector of {self.embedder}"
