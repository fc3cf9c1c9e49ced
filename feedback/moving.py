"""Moving in: a survey made of another tool's file, with its rows, all of it or nothing."""

from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from feedback.authoring.field_control import close_now
from feedback.authoring.publish import Refused, publish
from feedback.models import Membership, Role, Survey
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
        # Made first, so that of two who choose one address the second is told.
        with transaction.atomic():
            Survey.objects.create(slug=questionnaire.slug, title=questionnaire.title)
    except IntegrityError as error:
        message = _("There is a survey at this address already. Choose another address.")
        raise CannotMove(message) from error
    try:
        survey = publish(questionnaire, actor=owner)[0].survey
    except Refused as error:
        raise CannotMove(str(error)) from error
    may = {"role": Role.OWNER, "sees_personal": True, "may_export": True}
    Membership.objects.create(survey=survey, user=owner, **may)
    record("member_added", actor=owner, survey=survey, member=owner.pk, **may)
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
