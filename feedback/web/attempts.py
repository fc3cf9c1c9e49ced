"""One attempt to answer: the survey of an address, the form it sent, its ticket, its page."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.questionnaire.form import AnswerForm
from feedback.responses import tickets
from feedback.responses.in_field import InField, NoSuchSurvey, in_field, revision
from feedback.responses.tickets import BadTicket, Ticket
from feedback.web import errors
from feedback.web.bodies import BadBody, form_of
from feedback.web.forms import Around, FormPage
from feedback.web.pages import page

Damaged = dict[str, ValidationError]


def survey_at(slug: str) -> InField:
    """Raises: Http404 where no survey is published."""
    try:
        return in_field(slug)
    except NoSuchSurvey as error:
        raise Http404 from error


def read_form(request: HttpRequest, survey: InField) -> tuple[Posted, Damaged]:
    """The posted form, with what its address adds to it. Raises: BadBody."""
    posted, damaged = form_of(request, most_fields=survey.questionnaire.most_fields)
    for key, part in survey.questionnaire.address_parts.items():
        if not posted.get(key) and request.GET.get(part):
            posted[key] = request.GET[part]
    return posted, damaged


def unreadable(bad: BadBody, survey: InField) -> HttpResponse:
    return errors.message(
        status=bad.status,
        title=_("Your answers could not be read"),
        text=str(bad),
        back=reverse("answer", args=[survey.survey.slug]),
    )


def page_for(
    survey: InField, revision_id: int, language: str, *, ticket: str, **more: Any
) -> FormPage:
    """The form of one revision around a ticket; ``more`` as in ``FormPage``."""
    questionnaire = revision(revision_id).questionnaire
    try:
        turn = tickets.read(ticket, survey=survey.id).turn(questionnaire.turns)
    except BadTicket:
        turn = 0
    return FormPage(
        questionnaire.in_language(language),
        language,
        ticket,
        Around.of(survey),
        turn=turn,
        languages=questionnaire.offered_languages,
        **more,
    )


def page_number(posted: Posted) -> int:
    """The page that is being filled in, from 1, as scripts say; 1 without them."""
    page = posted.get("_page", "")
    return min(max(int(page), 1), 1_000) if page.isdecimal() and len(page) < 5 else 1


def in_time(survey: InField, posted: Posted) -> bool:
    """Whether the survey still takes what stands in a form, by the form's own ticket."""
    try:
        ticket = tickets.read(posted.get("ticket", ""), survey=survey.id)
    except BadTicket:
        return survey.stage is Stage.OPEN
    return survey.takes(issued_at=ticket.issued_at)


def renewed(survey: InField, posted: Posted) -> Ticket:
    """The ticket of a form, of the same attempt but issued now; a new one if it has none."""
    try:
        ticket = tickets.read(posted.get("ticket", ""), survey=survey.id)
    except BadTicket:
        return Ticket.new(survey=survey.id, revision=survey.revision)
    return replace(ticket, issued_at=survey.renewal())


def closed_page(survey: InField, language: str, sent: AnswerForm | None = None) -> HttpResponse:
    """Why there is no form now, with whatever the person had typed, to keep."""
    typed = []
    if sent is not None:
        typed = [(sent[name].label, words_of(sent[name])) for name in sent.fields]
    context = {
        "questionnaire": survey.questionnaire.in_language(language),
        "language": language,
        "survey": survey.survey,
        "closed_text": survey.survey.closed_text
        or survey.questionnaire.in_language(language).closed_text,
        "not_yet": survey.stage is Stage.NOT_YET_OPEN,
        "results": survey.results,
        "typed": [(label, value) for label, value in typed if value],
    }
    return page("public/closed.html", context, status=200 if sent is None else 403)


def words_of(field: BoundField) -> str:
    """What stands in a field as its reader put it: options by their words."""
    value = field.value()
    options = dict(getattr(field.field, "choices", ()))
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(options.get(part, part)) for part in chosen if part)
