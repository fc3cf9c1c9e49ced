"""From a submitted form to what is stored: clean answers, personal ones apart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.question_types.base import JSON, REQUIRED, Answers, Item, Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.expressions import evaluate, holds, keys_in, known, parse

NOTHING: frozenset[str] = frozenset()
SEVERAL = gettext_lazy("This question arrived with several answers. Send one.")
# Stored in place of a personal answer, so that its state can be read without it.
KEPT_APART = True


@dataclass(frozen=True)
class Cleaned:
    """One response's answers: ``answers`` for everyone, ``identity`` to be encrypted."""

    answers: Answers = field(default_factory=dict)
    identity: Answers = field(default_factory=dict)


def clean_answers(
    questionnaire: Questionnaire, posted: Posted, *, besides: Collection[str] = ()
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
    known_names = questionnaire.field_names
    if unknown := [name for name in posted if name not in known_names and name not in besides]:
        names = ", ".join(sorted(unknown)[:5])
        message = _("This form has no question named %(names)s. Leave it out and send again.")
        errors[NON_FIELD_ERRORS] = [ValidationError(message, params={"names": names})]
    several = {name for name, sent in posted.lists() if len(sent) > 1}
    values: Answers = {}
    for item in questionnaire.questions:
        if not asked(item, questionnaire, values):
            continue
        try:
            stored = answer_to(item, questionnaire, posted, values)
        except ValidationError as error:
            errors |= error.error_dict
        else:
            values |= stored
            keep(cleaned, stored, personal=item.personal)
        if several:
            errors |= repeated(item, several)
    errors |= broken_rules(questionnaire, values, besides=errors)
    if errors:
        raise ValidationError(errors)
    return cleaned


def asked(item: Item, questionnaire: Questionnaire, values: Answers) -> bool:
    """Whether an item is asked of whoever gave these answers to what comes before it.

    A choice of which no option is offered is not.
    """
    if item.key in questionnaire.unconditional:
        return True
    condition = questionnaire.conditions.get(item.key)
    if condition is not None and not holds(condition, values):
        return False
    if item.key not in questionnaire.offers:
        return True
    return not set(item.codes()) <= withheld(item, questionnaire, values)


def withheld(item: Item, questionnaire: Questionnaire, values: Answers) -> frozenset[str]:
    """The codes of the options that are not offered after these answers."""
    conditions = questionnaire.offers.get(item.key)
    if conditions is None:
        return NOTHING
    return frozenset(code for code, tree in conditions.items() if not holds(tree, values))


def answer_to(item: Item, questionnaire: Questionnaire, posted: Posted, values: Answers) -> Answers:
    """What is stored of one item that is asked. Raises: ValidationError, as above."""
    if item.key in questionnaire.unconditional:
        return item.taken(posted)
    if formula := questionnaire.formulas.get(item.key):
        return {item.key: as_answer(evaluate(formula, values))}
    stored = item.taken(posted, withheld(item, questionnaire, values))
    demand = questionnaire.demands.get(item.key)
    if demand is not None and stored.get(item.key) is None and holds(demand, values):
        raise ValidationError({item.first_field: REQUIRED})
    return stored


def as_answer(value: JSON) -> JSON:
    """A computed value as it is stored: six decimals at most, whole numbers without a point."""
    if not isinstance(value, float):
        return value
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def broken_rules(
    questionnaire: Questionnaire, values: Answers, *, besides: Mapping[str, object]
) -> dict[str, list[ValidationError]]:
    """An error for each rule that answers break together; what is missing breaks none."""
    broken: dict[str, list[ValidationError]] = {}
    for rule in questionnaire.rules:
        tree = parse(rule.holds)
        complete = all(known(values.get(key)) is not None for key in keys_in(tree))
        name = questionnaire.by_key[rule.at].first_field
        if complete and not holds(tree, values) and name not in besides:
            broken.setdefault(name, []).append(ValidationError(rule.message))
    return broken


def as_far_as_readable(questionnaire: Questionnaire, posted: Posted) -> Answers:
    """The answers that a form holds which nobody has checked yet; wrong ones are left out."""
    values: Answers = {}
    for item in questionnaire.questions:
        try:
            values |= answer_to(item, questionnaire, posted, values)
        except ValidationError:
            continue
    return values


def refilled(questionnaire: Questionnaire, answers: Answers) -> dict[str, list[str]]:
    """The form fields that whole stored answers, personal ones put back, came from."""
    fields: dict[str, list[str]] = {}
    for item in questionnaire.questions:
        answer = answers.get(item.key)
        if isinstance(answer, dict):
            fields[item.declined_part] = [str(answer["state"])]
        else:
            fields |= item.refilled(answers)
    return fields


def repeated(item: Item, several: Collection[str]) -> dict[str, list[ValidationError]]:
    """An error for each field of one answer that came with several: which is meant?"""
    return {
        name: [ValidationError(SEVERAL)]
        for name, check in item.checks.items()
        if name in several and not getattr(check.widget, "allow_multiple_selected", False)
    }


def keep(cleaned: Cleaned, stored: Answers, *, personal: bool) -> None:
    for part, answer in stored.items():
        if personal and answer is not None and not isinstance(answer, dict):
            cleaned.identity[part] = answer
            cleaned.answers[part] = KEPT_APART
        else:
            cleaned.answers[part] = answer
