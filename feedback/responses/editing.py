"""Changing a response: whoever holds its receipt code may, while the survey is open.

What it held before is kept as a version, for staff; figures, search and exports follow
the newest. The response keeps its number, its time and the revision it was answered on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from feedback.models import Response, Version
from feedback.models.identity import decrypt, encrypt
from feedback.question_types.base import Answers, Posted
from feedback.questionnaire.answers import refilled
from feedback.responses.codes import hash_of
from feedback.responses.receive import check, same


@dataclass(frozen=True)
class Changed:
    """It is stored, or was as it is."""


@dataclass(frozen=True)
class Mend:
    """Nothing was changed: ``error`` says what to mend."""

    error: ValidationError


@dataclass(frozen=True)
class Overtaken:
    """It was changed elsewhere since this form was delivered; ``edits`` is where it stands."""

    edits: int


Outcome: TypeAlias = Changed | Mend | Overtaken


def whole(response: Response) -> Answers:
    """All answers, the personal ones put back. ``response`` must have its identity."""
    return {**response.answers, **decrypt(response.identity, nonce=UUID(str(response.nonce)))}


def fields_of(response: Response) -> dict[str, list[str]]:
    """The form fields that the stored answers came from."""
    return refilled(response.revision.questionnaire, whole(response))


@transaction.atomic
def change(
    code: str,
    posted: Posted,
    *,
    damaged: Mapping[str, ValidationError],
    language: str,
    seen: int,
) -> Outcome:
    """Replace the answers of the response behind a receipt code.

    Args:
        seen: the number of edits that the form was made from.

    Raises:
        Response.DoesNotExist: there is none, or it was withdrawn.
    """
    rows = Response.with_identity.select_for_update(of=["self"]).select_related("revision")
    response = rows.get(receipt=hash_of(code))
    questionnaire = response.revision.questionnaire.in_language(language)
    try:
        cleaned = check(questionnaire, posted, damaged, expired=False)
    except ValidationError as error:
        return Mend(error)
    if same(response, cleaned):
        return Changed()
    if seen != response.edits:
        return Overtaken(response.edits)
    Version.objects.create(
        response=response,
        number=response.edits + 1,
        answers=response.answers,
        identity=response.identity,
        language=response.language,
    )
    response.answers, response.language = cleaned.answers, language
    response.identity = encrypt(cleaned.identity, nonce=UUID(str(response.nonce)))
    response.edits, response.edited_at = response.edits + 1, timezone.now()
    response.save(update_fields=["answers", "identity", "language", "edits", "edited_at"])
    return Changed()
