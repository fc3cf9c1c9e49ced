"""Pages for everyone: the surveys in the field, a form, a receipt. No cookie, no session."""

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import Survey
from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.questionnaire.form import AnswerForm
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
from feedback.web.bodies import BadBody, form_of
from feedback.web.pages import page
from feedback.web.prepared import form_page

SOURCE_LENGTH = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The surveys that take answers now."""
    published = Survey.objects.filter(live__isnull=False).select_related("live")
    in_the_field = [survey for survey in published if survey.stage() is Stage.OPEN]
    in_the_field.sort(key=lambda survey: survey.demonstration)
    return page("public/home.html", {"surveys": in_the_field})


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
    source = request.GET.get("source", "")[:SOURCE_LENGTH].replace("\0", "")
    try:
        outcome = receive(posted, survey=survey, damaged=damaged, source=source)
    except DatabaseAway as away:
        return database_away(away.revision, posted)
    match outcome:
        case Stored(receipt):
            return HttpResponseRedirect(reverse("receipt", args=[receipt]), status=303)
        case ToMend(revision_id, error, ticket):
            return sent_form(revision_id, posted, error=error, ticket=ticket, status=422)
        case Conflict(revision_id, ticket):
            return conflict(revision_id, posted, ticket=ticket)
        case Closed(revision_id):
            return closed_page(survey, sent=AnswerForm(revision(revision_id).questionnaire, posted))


def sent_form(
    revision_id: int, posted: Posted, *, error: ValidationError, ticket: str, status: int
) -> HttpResponse:
    """The form as it was sent, with what to mend beside each field and on top."""
    questionnaire = revision(revision_id).questionnaire
    form = AnswerForm(questionnaire, posted).refuse(error)
    context = {"questionnaire": questionnaire, "form": form, "ticket": ticket}
    return page("public/answer.html", context, status=status)


def conflict(revision_id: int, posted: Posted, *, ticket: str) -> HttpResponse:
    """Answers were sent from this page before, and these are others."""
    questionnaire = revision(revision_id).questionnaire
    form = AnswerForm(questionnaire, posted)
    context = {"questionnaire": questionnaire, "form": form, "ticket": ticket, "conflict": True}
    return page("public/answer.html", context, status=409)


def database_away(revision_id: int, posted: Posted) -> HttpResponse:
    message = _(
        "We could not store your answers just now. Everything you typed is still here: "
        "wait a few seconds, then send it again. It will count once."
    )
    response = sent_form(
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
        "not_yet": survey.stage is Stage.NOT_YET_OPEN,
        "typed": [(label, value) for label, value in typed if value],
    }
    return page("public/closed.html", context, status=200 if sent is None else 403)


def words_of(field: BoundField) -> str:
    """What stands in a field as its reader put it: options by their words."""
    value = field.value()
    options = dict(getattr(field.field, "choices", ()))
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(options.get(part, part)) for part in chosen if part)
