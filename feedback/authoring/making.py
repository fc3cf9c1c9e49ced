"""Making a survey: a questionnaire under an address that is free, with its first owner."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from feedback.authoring.publish import AddressTaken, publish
from feedback.models import Membership, Role, Survey
from feedback.models.audit import record
from feedback.questionnaire.definition import Questionnaire


@transaction.atomic
def make_survey(questionnaire: Questionnaire, *, owner: Any) -> Survey:
    """Publish a questionnaire as a new survey.

    Args:
        owner: who becomes its owner, with both permissions, as there is nobody else yet.

    Raises:
        AddressTaken: there is a survey at its address, or a page of ours.
        Refused: it cannot be published.
    """
    try:
        # Made first, so that of two who choose one address the second is told.
        with transaction.atomic():
            Survey.objects.create(slug=questionnaire.slug, title=questionnaire.title)
    except IntegrityError as error:
        message = _("There is a survey at this address already. Choose another address.")
        raise AddressTaken(message) from error
    survey = publish(questionnaire, actor=owner)[0].survey
    make_owner(owner, survey, actor=owner)
    return survey


def make_owner(user: Any, survey: Survey, *, actor: Any) -> None:
    """Give the survey an owner with both permissions; a member keeps what they may."""
    may = {"role": Role.OWNER, "sees_personal": True, "may_export": True}
    _member, is_new = Membership.objects.get_or_create(survey=survey, user=user, defaults=may)
    if is_new:
        record("member_added", actor=actor, survey=survey, member=user.pk, **may)
