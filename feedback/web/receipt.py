"""The receipt: what was stored, for whoever holds its code, and what they may do with it."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import Response
from feedback.models.identity import decrypt
from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.form import AnswerForm
from feedback.questionnaire.reading import pages_read
from feedback.responses import editing, receipts, tickets, withdrawal
from feedback.responses.in_field import InField
from feedback.web.attempts import (
    Damaged,
    closed_page,
    in_time,
    page_for,
    read_form,
    survey_at,
    unreadable,
)
from feedback.web.bodies import BadBody
from feedback.web.forms import FormPage
from feedback.web.languages import TO, language_for, readers_own, speaking
from feedback.web.pages import page

View = Callable[..., HttpResponse]


def secret(view: View) -> View:
    """Its address is the key: no cache keeps the page, no link and no search engine tells it."""

    @wraps(view)
    def handler(request: HttpRequest, code: str, **rest: str) -> HttpResponse:
        shown = view(request, code, **rest)
        shown.headers["Cache-Control"] = "no-store"
        shown.headers.setdefault("Referrer-Policy", "no-referrer")
        shown.headers["X-Robots-Tag"] = "noindex"
        return shown

    return handler


@secret
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was stored; personal answers only when asked for."""
    response = receipts.find(code)
    if response is None:
        return withdrawn(request, code)
    questionnaire, language = in_its_language(response, request)
    shown = request.GET.get("personal") == "show"
    identity = decrypt(response.identity, nonce=response.nonce) if shown else {}
    with speaking(language):
        context = {
            "questionnaire": questionnaire,
            "language": language,
            "editable": response.survey.stage() is Stage.OPEN,
            "results": survey_at(response.survey.slug).results,
            "response": response,
            "code": code,
            "pages": pages_read(questionnaire, response.answers, identity),
            "personal_shown": shown,
        }
        return page("public/receipt.html", context)


def in_its_language(response: Response, request: HttpRequest) -> tuple[Questionnaire, str]:
    """The questionnaire in the language of ``?lang=``, else the one it was answered in."""
    questionnaire = response.revision.questionnaire
    offered = questionnaire.offered_languages
    asked = [request.GET.get("lang", ""), response.language, questionnaire.language]
    language = next(name for name in asked if name in offered)
    return questionnaire.in_language(language), language


def withdrawn(request: HttpRequest, code: str) -> HttpResponse:
    """410: it was here, and is gone for good. Raises: Http404 if it never was."""
    stone = withdrawal.tombstone(code)
    if stone is None:
        raise Http404
    context = {"stone": stone, "survey": stone.survey}
    with readers_own(request):
        return page("public/withdrawn.html", context, status=410)


@secret
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once, then delete. The code is the permission, so there is nothing to forge."""
    if request.method == "POST":
        if not withdrawal.withdraw(code):
            raise Http404
        return HttpResponseRedirect(reverse("receipt", args=[code]), status=303)
    response = receipts.find(code)
    if response is None:
        return withdrawn(request, code)
    questionnaire, language = in_its_language(response, request)
    with speaking(language):
        context = {"questionnaire": questionnaire, "language": language, "code": code}
        return page("public/withdraw.html", context)


@secret
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The form with what was stored, to change it while the survey is open."""
    response = receipts.find(code)
    if response is None:
        return withdrawn(request, code)
    survey = survey_at(response.survey.slug)
    offered = response.revision.questionnaire.offered_languages
    language = in_its_language(response, request)[1]
    with speaking(language):
        if request.method != "POST":
            if survey.stage is not Stage.OPEN:
                return closed_page(survey, language)
            fields: Posted = MultiValueDict(editing.fields_of(response))
            return edit_page(survey, response, language, code).response(status=200, posted=fields)
        try:
            posted, damaged = read_form(request, survey)
        except BadBody as bad:
            return unreadable(bad, survey)
    language = language_for(request, offered, posted)
    with speaking(language):
        if not in_time(survey, posted):
            questionnaire = response.revision.questionnaire.in_language(language)
            return closed_page(survey, language, sent=AnswerForm(questionnaire, posted))
        if posted.get(TO):
            form = edit_page(survey, response, language, code, seen=seen_in(posted))
            return form.response(status=200, posted=posted)
        return changed(request, survey, response, code, posted, damaged, language)


def changed(
    request: HttpRequest,
    survey: InField,
    response: Response,
    code: str,
    posted: Posted,
    damaged: Damaged,
    language: str,
) -> HttpResponse:
    seen = seen_in(posted)
    try:
        outcome = editing.change(code, posted, damaged=damaged, language=language, seen=seen)
    except Response.DoesNotExist:  # withdrawn since it was looked up
        return withdrawn(request, code)
    match outcome:
        case editing.Changed():
            return HttpResponseRedirect(reverse("receipt", args=[code]), status=303)
        case editing.Mend(error):
            form = edit_page(survey, response, language, code, seen=seen)
            return form.response(status=422, posted=posted, error=error)
        case editing.Overtaken(edits):
            form = edit_page(survey, response, language, code, seen=edits, overtaken=True)
            return form.response(status=409, posted=posted)


def seen_in(posted: Posted) -> int:
    """The number of edits that a form was made from; -1 if it does not say."""
    seen = posted.get("_seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 6 else -1


def edit_page(
    survey: InField,
    response: Response,
    language: str,
    code: str,
    *,
    seen: int | None = None,
    overtaken: bool = False,
) -> FormPage:
    """The form under the ticket of the attempt that the response came from."""
    ticket = tickets.issue(
        survey=response.survey_id, revision=response.revision_id, nonce=response.nonce
    )
    seen = response.edits if seen is None else seen
    form = page_for(
        survey,
        response.revision_id,
        language,
        ticket=ticket,
        action=reverse("edit", args=[code]),
        hidden={"_seen": seen},
        extra={"editing": True, "code": code, "overtaken": overtaken},
    )
    return replace(
        form, around=replace(form.around, days=0)
    )  # what is stored already needs no keeping


@secret
@require_safe
def download(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is stored of one's response, for programs and for keeping."""
    response = receipts.find(code)
    if response is None:
        return withdrawn(request, code)
    questionnaire = response.revision.questionnaire
    whole = editing.whole(response)
    data = {
        "survey": response.survey.slug,
        "title": questionnaire.title,
        "revision": response.revision.number,
        "received_at": response.received_at.isoformat(),
        "language": response.language,
        "source": response.source,
        "seconds": response.seconds,
        "edited_at": response.edited_at and response.edited_at.isoformat(),
        "flagged": response.reasons,
        "network": response.network and bytes(response.network).hex(),
        "device": response.device and bytes(response.device).hex(),
        "answers": whole,
        "questions": {item.key: item.text for item in questionnaire.questions},
    }
    file = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    file.headers["Content-Disposition"] = f'attachment; filename="{response.survey.slug}.json"'
    return file
