"""Codebooks: what each column of an export holds, for people and for programs."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_safe

from feedback.exports.codebook import KINDS, described
from feedback.exports.table import Table
from feedback.responses.counting import count
from feedback.web.desk import Desk, desk, selecting
from feedback.web.downloads import as_file, choices_of, exporting

QUICKLY = 50_000  # responses that a codebook counts unasked, in a few seconds


@login_required
@require_safe
@selecting
def codebook(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    """What each column of an export holds, and how often: see ``counted``."""
    access = exporting(request, slug)
    kind = KINDS.get(name)
    if kind is None:
        raise Http404
    at = desk(request, slug)
    choices = choices_of(request, access, request.GET)
    translation.activate(settings.LANGUAGE_CODE)  # a file is the same whoever takes it
    table = Table.of(at.survey, at.selection, choices, reader=request.user)
    book = described(table, counts=counted(request, at))
    return as_file(HttpResponse(kind.written(book)), f"{slug}-codebook.{name}", kind.mime)


def counted(request: HttpRequest, at: Desk) -> bool:
    """Whether the codebook counts: as is asked, else where nobody waits long for it."""
    asked = request.GET.get("counts")
    return asked == "yes" or (asked != "no" and count(at.rows, at.survey).number <= QUICKLY)
