"""What is learnt from open answers: codes that people give, names found in them, near-copies.

Everything here that stands beside a response goes with it. No constraint in the database
holds these rows to their response, as for the words of search: ``refresh`` writes them from
what it read a moment ago, and takes away what a withdrawal overtook.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from feedback.models.response import Response
from feedback.models.survey import Survey

PART = 200  # characters of the name of a part


def of_response() -> Any:
    return models.ForeignKey(Response, models.CASCADE, db_constraint=False, related_name="+")


class OpenQuestion(models.Model):
    """What staff have set for one open question, and what its last learning left.

    ``learnt`` has ``codes`` (numbers whose classifier was tried on answers that it had not
    seen), ``order`` (responses in the order to read them) and ``at``.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="open_questions")
    part = models.CharField(max_length=PART, help_text=_("Of the answers: an item's key"))
    sample = models.PositiveIntegerField(
        default=100, help_text=_("Answers of the random sample that estimates rest on")
    )
    learnt = models.JSONField(default=dict)
    catalogue = models.CharField(
        max_length=40, blank=True, default="", help_text=_("Of names; empty: none are looked for")
    )
    asks = models.BooleanField(
        default=False, help_text=_("The question asks for such names, so that plain words count")
    )
    names_public = models.BooleanField(
        default=False, db_default=False, help_text=_("Published results tell who named what")
    )
    codes_public = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Published results tell how many answers have which code"),
    )
    common = models.JSONField(default=list, help_text=_("Words that are no misspelt names here"))
    voices = models.BooleanField(default=False, help_text=_("Near-copies are looked for"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "part"], name="open_question_once")
        ]

    def __str__(self) -> str:
        return f"{self.part} of {self.survey_id}"


class Code(models.Model):
    """One code of the code frame of an open question; its number is never given anew."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="codes")
    part = models.CharField(max_length=PART)
    number = models.PositiveIntegerField(help_text=_("As filters and exports have it"))
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=100)
    definition = models.TextField(blank=True, default="")
    examples = models.TextField(blank=True, default="", help_text=_("One a line"))
    position = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False, help_text=_("Given no more; what has it keeps it"))

    class Meta:
        ordering: ClassVar = ["position", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "part", "number"], name="code_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Read(models.Model):
    """That somebody has read an answer and given it whatever codes fit, or none.

    ``digest`` is of the text that was read: another text is to be read anew. ``counts``
    says whose codes are the answer's: of whoever settled it, else of the first who read it.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    part = models.CharField(max_length=PART)
    response = of_response()
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settles = models.BooleanField(default=False)
    counts = models.BooleanField(default=False)
    digest = models.BinaryField(help_text=_("8 bytes"))
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "part", "coder", "settles"], name="read_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["survey", "part", "response"], name="read_part")]

    def __str__(self) -> str:
        return f"{self.part} of {self.response_id} by {self.coder_id}"


class Coded(models.Model):
    """A code on an answer: given by whoever read it, or by the machine where ``read`` is null.

    ``start`` and ``end`` mark the passage that the code stands for, where one was named.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    part = models.CharField(max_length=PART)
    response = of_response()
    code = models.ForeignKey(Code, models.CASCADE, related_name="coded")
    read = models.ForeignKey(Read, models.CASCADE, null=True, related_name="coded")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    confidence = models.FloatField(null=True, help_text=_("Of the machine, from 0 to 1"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "code", "read"], name="coded_once", nulls_distinct=False
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["survey", "part", "response"], name="coded_part"),
            models.Index(fields=["code", "response"], name="coded_by_code"),
        ]

    def __str__(self) -> str:
        return f"code {self.code_id} on {self.response_id}"


class NameDecision(models.Model):
    """What a spelling is said to stand for, for all answers; the latest on it holds.

    ``entity`` is the id of an entity; empty says that the spelling is no name. Where the
    catalogue has no such entity, ``name``, ``kind`` and ``family`` tell what it is.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="name_decisions")
    part = models.CharField(max_length=PART)
    spelling = models.CharField(max_length=200, help_text=_("As somebody wrote it"))
    spelt = models.CharField(max_length=200, help_text=_("As spellings are compared"))
    entity = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=100, blank=True, default="")
    kind = models.CharField(max_length=20, blank=True, default="")
    family = models.CharField(max_length=80, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["survey", "part", "id"], name="name_decisions")]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class NamedIn(models.Model):
    """One name in one answer; derived."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    part = models.CharField(max_length=PART)
    response = of_response()
    entity = models.CharField(max_length=80)
    family = models.CharField(max_length=80)
    version = models.CharField(max_length=80, blank=True, default="")
    size = models.CharField(max_length=80, blank=True, default="")
    variant = models.CharField(max_length=80, blank=True, default="")
    written = models.CharField(max_length=200)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    how = models.CharField(max_length=10)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["response", "part"], name="named_of_response"),
            models.Index(fields=["survey", "part", "family"], name="named_family"),
            models.Index(fields=["survey", "part", "entity"], name="named_entity"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} in {self.response_id}"


class VoiceMark(models.Model):
    """What near-copies of an answer are found by, and the response that leads its group."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    part = models.CharField(max_length=PART)
    response = of_response()
    group = models.BigIntegerField(null=True, help_text=_("Its leader; empty for short texts"))
    digest = models.BinaryField(help_text=_("8 bytes: the same but for case and marks"))
    signature = models.BinaryField(help_text=_("Empty for short texts"))
    likeness = models.FloatField(help_text=_("To the leader"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "part"], name="voice_once")
        ]
        indexes: ClassVar = [models.Index(fields=["survey", "part", "group"], name="voice_group")]

    def __str__(self) -> str:
        return f"voice of {self.response_id}"
