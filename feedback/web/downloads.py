"""Downloads: the page that offers them, and the streams themselves."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from feedback.exports import FORMATS
from feedback.exports.choices import Choices
from feedback.exports.codebook import KINDS, described
from feedback.exports.format import silent
from feedback.exports.table import Table
from feedback.models import Role
from feedback.models.audit import record
from feedback.permissions import Access, survey_for
from feedback.responses.counting import count
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import active_filters
from feedback.web.sudo import ask_again

QUICKLY = 50_000  # responses that a codebook counts unasked, in a few seconds


def exporting(request: HttpRequest, slug: str) -> Access:
    """Raises: Http404 for whoever may not export."""
    access = survey_for(request.user, slug, Role.VIEWER)
    if not access.exports:
        raise Http404
    return access


@login_required
@require_safe
@selecting
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be downloaded, and of which responses."""
    access = exporting(request, slug)
    at = desk(request, slug)
    context = {
        "access": access,
        "survey": access.survey,
        "query": at.query,
        "active": active_filters(at),
        "pairs": at.selection.pairs(),
    }
    return render(request, "downloads/export.html", context)


@login_required
@require_safe
@selecting
def stream(request: HttpRequest, slug: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """The selection as a file, from the first byte on as PostgreSQL hands it over."""
    access = exporting(request, slug)
    kind = FORMATS.get(name)
    if kind is None or kind.stream is None:
        raise Http404
    at = desk(request, slug)
    choices = choices_of(request, access)
    record("export", actor=request.user, survey=at.survey, personal=choices.personal, format=name)
    translation.activate(settings.LANGUAGE_CODE)  # a file is the same whoever takes it
    table = Table.of(at.survey, at.selection, choices, reader=request.user)
    answer = StreamingHttpResponse(kind.stream(table, silent))
    return as_file(answer, f"{slug}-{timezone.now():%Y-%m-%d}.{name}", kind.mime)


def choices_of(request: HttpRequest, access: Access) -> Choices:
    """Raises: Http404: personal answers are wanted by who may not see them; BadChoice."""
    choices = Choices.from_query(request.GET)
    if choices.personal and not access.sees_personal:
        raise Http404
    if choices.personal:
        ask_again(request)
    return choices


@login_required
@require_safe
@selecting
def codebook(request: HttpRequest, slug: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """What each column of an export holds, and how often: see ``counted``."""
    access = exporting(request, slug)
    kind = KINDS.get(name)
    if kind is None:
        raise Http404
    at = desk(request, slug)
    choices = choices_of(request, access)
    translation.activate(settings.LANGUAGE_CODE)  # as above
    table = Table.of(at.survey, at.selection, choices, reader=request.user)
    book = described(table, counts=counted(request, at))
    return as_file(HttpResponse(kind.written(book)), f"{slug}-codebook.{name}", kind.mime)


def counted(request: HttpRequest, at: Desk) -> bool:
    """Whether the codebook counts: as is asked, else where nobody waits long for it."""
    asked = request.GET.get("counts")
    return asked == "yes" or (asked != "no" and count(at.rows, at.survey).number <= QUICKLY)


def as_file(
    response: HttpResponse | StreamingHttpResponse, name: str, mime: str
) -> HttpResponse | StreamingHttpResponse:
    response.headers["Content-Type"] = mime
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A proxy that buffers would hold the first byte back until the last.
    response.headers["X-Accel-Buffering"] = "no"
    return response
