"""From a submitted form to what is stored: clean answers, personal ones apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from feedback.question_types.base import Answers, Item, Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.expressions import holds

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
    """Clean every item of a submitted form that is asked after the answers before it.

    What is sent for an item that is not asked is left out: without scripts everything can
    be filled in, and the page says on which answers each question depends.

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
    values: Answers = {}
    for item in questionnaire.questions:
        if not asked(item, questionnaire, values):
            continue
        try:
            stored = item.clean(posted)
        except ValidationError as error:
            errors |= error.error_dict
        else:
            values |= stored
            keep(cleaned, stored, personal=item.personal)
        errors |= repeated(item, posted)
    if errors:
        raise ValidationError(errors)
    return cleaned


def asked(item: Item, questionnaire: Questionnaire, values: Answers) -> bool:
    """Whether an item is asked of whoever gave these answers to what comes before it."""
    condition = questionnaire.conditions.get(item.key)
    return condition is None or holds(condition, values)


def repeated(item: Item, posted: Posted) -> dict[str, list[ValidationError]]:
    """An error for each field of one answer that came with several: which is meant?"""
    message = _("This question arrived with several answers. Send one.")
    return {
        name: [ValidationError(message)]
        for name, check in item.checks.items()
        if len(posted.getlist(name)) > 1
        and not getattr(check.widget, "allow_multiple_selected", False)
    }


def keep(cleaned: Cleaned, stored: Answers, *, personal: bool) -> None:
    for part, answer in stored.items():
        if personal and answer is not None and not isinstance(answer, dict):
            cleaned.identity[part] = answer
            cleaned.answers[part] = KEPT_APART
        else:
            cleaned.answers[part] = answer
