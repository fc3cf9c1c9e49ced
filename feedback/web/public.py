"""Pages for everyone: the surveys in the field and their forms. No cookie, no session."""

import logging
from dataclasses import replace
from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import Exists
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Release, Survey
from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.questionnaire.form import AnswerForm
from feedback.responses import codes, receive, tickets
from feedback.responses.cap import is_full
from feedback.responses.in_field import ARE_PUBLISHED, InField, revision
from feedback.responses.receive import (
    AWAY,
    Closed,
    Conflict,
    DatabaseAway,
    Stored,
    ToMend,
    general,
)
from feedback.web import metrics
from feedback.web.arrivals import arrival_of
from feedback.web.attempts import (
    Damaged,
    closed_page,
    in_time,
    page_for,
    page_number,
    read_form,
    renewed,
    survey_at,
    unreadable,
)
from feedback.web.bodies import BadBody
from feedback.web.errors import NOT_STORED
from feedback.web.languages import TO, language_for, readers_own, speaking
from feedback.web.pages import page
from feedback.web.prepared import form_page
from feedback.web.saving import keep

logger = logging.getLogger(__name__)
PLACE = "code"  # in the address of a receipt
# What becomes of a form that was sent, in the words of the metrics.
TOLD = {Stored: "accepted", ToMend: "to mend", Conflict: "conflict", Closed: "closed"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The surveys that take answers now."""
    told = Exists(Release.objects.filter(ARE_PUBLISHED))
    published = Survey.objects.filter(live__isnull=False).select_related("live")
    published = published.annotate(results=told).order_by("title")
    in_the_field = [
        survey for survey in published if survey.stage() is Stage.OPEN and not is_full(survey)
    ]
    in_the_field.sort(key=lambda survey: survey.demonstration)
    with readers_own(request):
        told_of = [survey for survey in published if survey.results]
        shown = page("public/home.html", {"surveys": in_the_field, "told_of": told_of})
    shown.headers["Vary"] = "Accept-Language"
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a survey that is in the field, or take one response to it."""
    survey = survey_at(slug)
    if request.method == "POST":
        return take(request, survey)
    language = language_for(request, survey.questionnaire.offered_languages)
    if survey.stage is Stage.OPEN:
        gzip = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        return form_page(survey, language, gzip=gzip)
    with speaking(language):
        return closed_page(survey, language)


def take(request: HttpRequest, survey: InField) -> HttpResponse:
    """What a form sent: answers, or the wish to see it in another language, or to go on later."""
    try:
        posted, damaged = read_form(request, survey)
    except BadBody as bad:
        metrics.sent("unreadable")
        with speaking(language_for(request, survey.questionnaire.offered_languages)):
            return unreadable(bad, survey)
    language = language_for(request, survey.questionnaire.offered_languages, posted)
    with speaking(language):
        if posted.get(TO):
            return translated(survey, posted, language)
        if posted.get("_save"):
            return kept(request, survey, posted, damaged, language)
        try:
            outcome = receive.receive(
                posted,
                survey=survey,
                damaged=damaged,
                language=language,
                arrival=arrival_of(request, posted, survey),
            )
        except DatabaseAway as away:
            metrics.sent("database away")
            logger.warning("answers could not be stored", exc_info=True)
            return database_away(survey, away.revision, posted, language)
        metrics.sent(TOLD[type(outcome)])
        match outcome:
            case Stored(receipt):
                return SeeOther(receipt_at(receipt))
            case ToMend(revision_id, error, ticket):
                form = page_for(survey, revision_id, language, ticket=ticket)
                return form.response(status=422, posted=posted, error=error)
            case Conflict():
                return conflict(survey, outcome, posted, language)
            case Closed(revision_id):
                questionnaire = revision(revision_id).questionnaire.in_language(language)
                return closed_page(survey, language, sent=AnswerForm(questionnaire, posted))


class SeeOther(HttpResponse):
    """The way to an address of ours; Django's own redirect first looks whether it may be one."""

    status_code = 303

    def __init__(self, address: str) -> None:
        super().__init__(headers={"Location": address})
        self.url = address


def receipt_at(code: str) -> str:
    """Its address; the pattern is looked up once, as every submission ends here."""
    return receipt_pattern().replace(PLACE, code)


@cache
def receipt_pattern() -> str:
    return reverse("receipt", args=[PLACE])


def kept(
    request: HttpRequest, survey: InField, posted: Posted, damaged: Damaged, language: str
) -> HttpResponse:
    """As ``keep``, with the form given back where that cannot be done."""
    revision_id = renewed(survey, posted).revision
    if not in_time(survey, posted):
        questionnaire = revision(revision_id).questionnaire.in_language(language)
        return closed_page(survey, language, sent=AnswerForm(questionnaire, posted))
    if damaged:
        form = page_for(survey, revision_id, language, ticket=posted.get("ticket", ""))
        error = ValidationError({name: [own] for name, own in damaged.items()})
        return form.response(status=422, posted=posted, error=error)
    try:
        return keep(request, survey, posted, language)
    except AWAY:
        return database_away(survey, revision_id, posted, language)


def translated(survey: InField, posted: Posted, language: str) -> HttpResponse:
    """The form in another language with all that was typed; nothing is stored or checked."""
    ticket = renewed(survey, posted)
    form = page_for(survey, ticket.revision, language, ticket=tickets.signed(ticket))
    return form.response(status=200, posted=posted)


@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether one page of a form has anything to mend; for scripts, and nothing is stored.

    204 if it has not, else 422 and the form with the errors of that page (``_page``).
    """
    survey = survey_at(slug)
    try:
        posted, damaged = read_form(request, survey)
    except BadBody as bad:
        return unreadable(bad, survey)
    language = language_for(request, survey.questionnaire.offered_languages, posted)
    ticket = renewed(survey, posted)
    questionnaire = revision(ticket.revision).questionnaire.in_language(language)
    with speaking(language):
        try:
            receive.check(questionnaire, posted, damaged, expired=False)
        except ValidationError as error:
            names = questionnaire.names_on_page(page_number(posted))
            found = {name: e for name, e in error.error_dict.items() if name in names}
            if found:
                form = page_for(
                    survey,
                    ticket.revision,
                    language,
                    ticket=posted.get("ticket", ""),
                    extra={"step": True},
                )
                return form.response(status=422, posted=posted, error=ValidationError(found))
    return HttpResponse(status=204)


def conflict(survey: InField, outcome: Conflict, posted: Posted, language: str) -> HttpResponse:
    """Answers were sent from this page before, and these are others: both ways on."""
    before = tickets.read(posted.get("ticket", ""), survey=survey.id)
    change = reverse("edit", args=[codes.code_for(before.nonce)])
    form = page_for(
        survey,
        outcome.revision,
        language,
        ticket=outcome.ticket,
        hidden={"_seen": outcome.edits},
        extra={"conflict": True, "change": change},
    )
    # Kept under the fresh ticket it would be counted as begun once more.
    form = replace(form, around=replace(form.around, days=0))
    return form.response(status=409, posted=posted)


def database_away(survey: InField, revision_id: int, posted: Posted, language: str) -> HttpResponse:
    form = page_for(survey, revision_id, language, ticket=posted.get("ticket", ""))
    response = form.response(status=503, posted=posted, error=general(NOT_STORED))
    response.headers["Retry-After"] = "5"
    return response
