"""The receipt: what was stored, for whoever holds its code, and what they may do with it."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models.identity import decrypt
from feedback.questionnaire.reading import pages_read
from feedback.responses import receipts, withdrawal
from feedback.web.pages import page

View = Callable[[HttpRequest, str], HttpResponse]


def secret(view: View) -> View:
    """Its address is the key: no cache keeps the page, no link and no search engine tells it."""

    @wraps(view)
    def handler(request: HttpRequest, code: str) -> HttpResponse:
        shown = view(request, code)
        shown.headers["Cache-Control"] = "no-store"
        shown.headers["Referrer-Policy"] = "no-referrer"
        shown.headers["X-Robots-Tag"] = "noindex"
        return shown

    return handler


@secret
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was stored; personal answers only when asked for."""
    response = receipts.find(code)
    if response is None:
        return withdrawn(code)
    questionnaire = response.revision.questionnaire
    shown = request.GET.get("personal") == "show"
    identity = decrypt(response.identity, nonce=response.nonce) if shown else {}
    with translation.override(questionnaire.language):
        context = {
            "questionnaire": questionnaire,
            "response": response,
            "code": code,
            "pages": pages_read(questionnaire, response.answers, identity),
            "personal_shown": shown,
        }
        return page("public/receipt.html", context)


def withdrawn(code: str) -> HttpResponse:
    """410: it was here, and is gone for good. Raises: Http404 if it never was."""
    stone = withdrawal.tombstone(code)
    if stone is None:
        raise Http404
    context = {"stone": stone, "survey": stone.survey}
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
        return withdrawn(code)
    questionnaire = response.revision.questionnaire
    with translation.override(questionnaire.language):
        context = {"questionnaire": questionnaire, "code": code}
        return page("public/withdraw.html", context)


@secret
@require_safe
def download(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is stored of one's response, for programs and for keeping."""
    response = receipts.find(code)
    if response is None:
        return withdrawn(code)
    questionnaire = response.revision.questionnaire
    whole = response.answers | decrypt(response.identity, nonce=response.nonce)
    data = {
        "survey": response.survey.slug,
        "title": questionnaire.title,
        "revision": response.revision.number,
        "received_at": response.received_at.isoformat(),
        "language": response.language,
        "source": response.source,
        "seconds": response.seconds,
        "answers": whole,
        "questions": {item.key: item.text for item in questionnaire.questions},
    }
    file = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    file.headers["Content-Disposition"] = f'attachment; filename="{response.survey.slug}.json"'
    return file
