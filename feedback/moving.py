"""Moving in: a survey made of another tool's file, with its rows, all of it or nothing."""

from typing import Any, BinaryIO

from django.db import transaction

from feedback.authoring.field_control import close_now
from feedback.authoring.making import make_survey
from feedback.authoring.publish import Refused
from feedback.models import Survey
from feedback.models.audit import record
from feedback.questionnaire.definition import Questionnaire
from feedback.responses.importing import Report, import_from


class CannotMove(Exception):
    """The survey was not made; the message says why, and what to do."""


@transaction.atomic
def move_in(
    questionnaire: Questionnaire, raw: BinaryIO, *, owner: Any, opened: bool
) -> tuple[Survey, Report]:
    """Publish a questionnaire as a new survey and take in the rows that it was drafted from.

    Args:
        owner: who becomes its owner, with both permissions, as the file was theirs.
        opened: whether it takes new answers; else it is closed before anybody sees it.

    Raises:
        CannotMove: there is a survey at its address, or it cannot be published.
        BadFile: the file is not the one it was drafted from.
        responses.importing.Refused: rows are wrong.
    """
    try:
        survey = make_survey(questionnaire, owner=owner)
    except Refused as error:
        raise CannotMove(str(error)) from error
    if not opened:
        close_now(survey, actor=owner)
    return survey, take_in(survey, raw, actor=owner)


@transaction.atomic
def take_in(survey: Survey, raw: BinaryIO, *, actor: Any, **how: Any) -> Report:
    """Import a file, with its entry in the audit log. Args, raises: as ``import_from``."""
    report = import_from(survey, raw, **how)
    if report.stored:
        record("import", actor=actor, survey=survey, responses=report.stored)
    return report
