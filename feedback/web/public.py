"""Pages for everyone: the surveys in the field, a form, a receipt. No cookie, no session."""

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import Survey
from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.questionnaire.form import AnswerForm
from feedback.responses.cap import is_full
from feedback.responses.in_field import InField, NoSuchSurvey, in_field, revision
from feedback.responses.receive import (
    Closed,
    Conflict,
    DatabaseAway,
    Stored,
    ToMend,
    general,
    receive,
)
from feedback.web import errors
from feedback.web.arrivals import arrival_of
from feedback.web.bodies import BadBody, form_of
from feedback.web.prepared import Around, form_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The surveys that take answers now."""
    published = Survey.objects.filter(live__isnull=False).select_related("live")
    in_the_field = [
        survey for survey in published if survey.stage() is Stage.OPEN and not is_full(survey)
    ]
    in_the_field.sort(key=lambda survey: survey.demonstration)
    return render(request, "public/home.html", {"surveys": in_the_field})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a survey that is in the field, or take one response to it."""
    try:
        survey = in_field(slug)
    except NoSuchSurvey as error:
        raise Http404 from error
    with translation.override(survey.questionnaire.language):
        if request.method == "POST":
            return take(request, survey)
        if survey.stage is not Stage.OPEN:
            return closed_page(survey)
        return form_page(survey, gzip="gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""))


def take(request: HttpRequest, survey: InField) -> HttpResponse:
    try:
        posted, damaged = form_of(request, most_fields=survey.questionnaire.most_fields)
    except BadBody as bad:
        return errors.message(
            status=bad.status,
            title=_("Your answers could not be read"),
            text=str(bad),
            back=reverse("answer", args=[survey.survey.slug]),
        )
    arrival = arrival_of(request, posted, survey)
    try:
        outcome = receive(posted, survey=survey, damaged=damaged, arrival=arrival)
    except DatabaseAway as away:
        return database_away(survey, away.revision, posted)
    match outcome:
        case Stored(receipt):
            return HttpResponseRedirect(reverse("receipt", args=[receipt]), status=303)
        case ToMend(revision_id, error, ticket):
            return sent_form(survey, revision_id, posted, error=error, ticket=ticket, status=422)
        case Conflict(revision_id, ticket):
            return conflict(survey, revision_id, posted, ticket=ticket)
        case Closed(revision_id):
            return closed_page(survey, sent=AnswerForm(revision(revision_id).questionnaire, posted))


def sent_form(
    survey: InField,
    revision_id: int,
    posted: Posted,
    *,
    error: ValidationError,
    ticket: str,
    status: int,
) -> HttpResponse:
    """The form as it was sent, with what to mend beside each field and on top."""
    questionnaire = revision(revision_id).questionnaire
    form = AnswerForm(questionnaire, posted).refuse(error)
    around = Around.of(survey)
    context = {"questionnaire": questionnaire, "form": form, "ticket": ticket, "around": around}
    return HttpResponse(render_to_string("public/answer.html", context), status=status)


def conflict(survey: InField, revision_id: int, posted: Posted, *, ticket: str) -> HttpResponse:
    """Answers were sent from this page before, and these are others."""
    questionnaire = revision(revision_id).questionnaire
    form = AnswerForm(questionnaire, posted)
    context = {
        "questionnaire": questionnaire,
        "form": form,
        "ticket": ticket,
        "around": Around.of(survey),
        "conflict": True,
    }
    return HttpResponse(render_to_string("public/answer.html", context), status=409)


def database_away(survey: InField, revision_id: int, posted: Posted) -> HttpResponse:
    message = _(
        "We could not store your answers just now. Everything you typed is still here: "
        "wait a few seconds, then send it again. It will count once."
    )
    response = sent_form(
        survey,
        revision_id,
        posted,
        error=general(message),
        ticket=posted.get("ticket", ""),
        status=503,
    )
    response.headers["Retry-After"] = "5"
    return response


def closed_page(survey: InField, sent: AnswerForm | None = None) -> HttpResponse:
    """Why there is no form now, with whatever the person had typed, to keep."""
    typed = []
    if sent is not None:
        typed = [(sent[name].label, words_of(sent[name])) for name in sent.fields]
    context = {
        "questionnaire": survey.questionnaire,
        "survey": survey.survey,
        "closed_text": survey.survey.closed_text or survey.questionnaire.closed_text,
        "not_yet": survey.stage is Stage.NOT_YET_OPEN,
        "typed": [(label, value) for label, value in typed if value],
    }
    page = render_to_string("public/closed.html", context)
    return HttpResponse(page, status=200 if sent is None else 403)


def words_of(field: BoundField) -> str:
    """What stands in a field as its reader put it: options by their words."""
    value = field.value()
    options = dict(getattr(field.field, "choices", ()))
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(options.get(part, part)) for part in chosen if part)
