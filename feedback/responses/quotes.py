"""Passages of answers that staff let the public read, word for word, one by one."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Quote, Response, Status, Survey
from feedback.models.audit import record
from feedback.question_types.base import Item
from feedback.responses.acts import NotPossible, locked
from feedback.responses.in_field import revision

LONGEST = 2_000


def quotable(response: Response, items: Iterable[Item]) -> list[tuple[str, Item, str]]:
    """What of a response may be quoted: each text that somebody typed, with its part and item."""
    return [
        (part, item, text)
        for item in items
        for part in item.parts()
        if not item.personal and typed(item, part)
        for text in [response.answers.get(part)]
        if isinstance(text, str)
    ]


def not_agreed(response: Response) -> list[Item]:
    """The consents that its writer was asked for and did not give, of those that quoting takes."""
    consents = [
        item for item in revision(response.revision_id).questionnaire.items if item.gives_consent
    ]
    counting = [item for item in consents if item.lets_quote] or consents
    return [item for item in counting if response.answers.get(item.key) is False]


def typed(item: Item, part: str) -> bool:
    """Whether this part is free text: the answer to an open question, or text beside a code."""
    question = item.operands().get(part)
    return question is None or not (question.filters() or question.span)


@transaction.atomic
def approve(
    response: Response, part: str, text: str, *, items: Iterable[Item], actor: Any
) -> Quote:
    """Let the public read a passage of an answer.

    Args:
        items: those that may be published; texts of others cannot be quoted.

    Raises:
        NotPossible: it is no passage of the answer, or of none that may be quoted.
    """
    row = locked(response)
    answers = {name: answer for name, _item, answer in quotable(row, items)}
    if part not in answers:
        raise NotPossible(_("Answers to this question cannot be quoted."))
    if refused := not_agreed(row):
        raise NotPossible(
            _("Whoever wrote this did not agree to “%(statement)s”. Nothing of it can be quoted.")
            % {"statement": refused[0].text}
        )
    if row.status == Status.SPAM:
        raise NotPossible(_("This response is marked as spam. Change that before you quote it."))
    # Browsers send a line break as two characters.
    passage = text.replace("\r\n", "\n").strip()
    if not passage or len(passage) > LONGEST:
        raise NotPossible(_("A quote has 1 to %(longest)d characters.") % {"longest": LONGEST})
    if passage not in answers[part].replace("\r\n", "\n"):
        raise NotPossible(
            _("A quote has to stand in the answer word for word. Only leave out what comes before "
              "or after it.")
        )  # fmt: skip
    quote = Quote.objects.create(
        survey=row.survey,
        response=row,
        part=part,
        text=passage,
        edits=row.edits,
        approved_by=actor,
    )
    noted("quote_approved", quote, actor=actor)
    return quote


@transaction.atomic
def withdraw(quote: Quote, *, actor: Any) -> None:
    """Take a quote away from the public."""
    noted("quote_withdrawn", quote, actor=actor)
    quote.delete()


def noted(action: str, quote: Quote, *, actor: Any) -> None:
    """In the audit log, without the words."""
    record(
        action,
        actor=actor,
        survey=quote.survey,
        response_id=quote.response_id,
        part=quote.part,
        quote=quote.pk,
    )


def still_said(survey: Survey) -> list[Quote]:
    """The quotes whose answers stand as they were approved, each still in its answer."""
    quotes = Quote.still_said.filter(survey=survey).select_related("response")
    return [quote for quote in quotes if stands(quote)]


def stands(quote: Quote) -> bool:
    answer = quote.response.answers.get(quote.part)
    if not isinstance(answer, str) or not_agreed(quote.response):
        return False
    return quote.text in answer.replace("\r\n", "\n")
