"""From a submitted form to what is stored: clean answers, personal ones apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from feedback.question_types.base import Answers, Posted
from feedback.questionnaire.definition import Questionnaire

# Stored in place of a personal answer, so that its state can be read without it.
KEPT_APART = True


@dataclass(frozen=True)
class Cleaned:
    """One response's answers: ``answers`` for everyone, ``identity`` to be encrypted."""

    answers: Answers = field(default_factory=dict)
    identity: Answers = field(default_factory=dict)


def clean_answers(
    questionnaire: Questionnaire, posted: Posted, *, besides: Iterable[str] = ()
) -> Cleaned:
    """Clean every item of a submitted form.

    Args:
        besides: names of fields that are not items, such as the ticket's.

    Raises:
        ValidationError: all errors at once by field name; those of fields that the
            questionnaire does not have are under ``__all__``.
    """
    cleaned = Cleaned()
    errors: dict[str, list[ValidationError]] = {}
    if unknown := posted.keys() - questionnaire.field_names.keys() - set(besides):
        names = ", ".join(sorted(unknown)[:5])
        message = _("This form has no question named %(names)s. Leave it out and send again.")
        errors[NON_FIELD_ERRORS] = [ValidationError(message, params={"names": names})]
    for item in questionnaire.questions:
        try:
            keep(cleaned, item.clean(posted), personal=item.personal)
        except ValidationError as error:
            errors |= error.error_dict
    errors |= repeated(questionnaire, posted)
    if errors:
        raise ValidationError(errors)
    return cleaned


def repeated(questionnaire: Questionnaire, posted: Posted) -> dict[str, list[ValidationError]]:
    """An error for each field of one answer that came with several: which is meant?"""
    message = _("This question arrived with several answers. Send one.")
    return {
        name: [ValidationError(message)]
        for name, values in posted.lists()
        if len(values) > 1
        and (item := questionnaire.field_names.get(name))
        and not getattr(item.checks[name].widget, "allow_multiple_selected", False)
    }


def keep(cleaned: Cleaned, stored: Answers, *, personal: bool) -> None:
    for part, answer in stored.items():
        if personal and answer is not None and not isinstance(answer, dict):
            cleaned.identity[part] = answer
            cleaned.answers[part] = KEPT_APART
        else:
            cleaned.answers[part] = answer
