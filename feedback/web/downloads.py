"""Downloads: the page that offers them, and the streams themselves."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from feedback.exports import csv
from feedback.models import Role
from feedback.models.audit import record
from feedback.permissions import Access, survey_for
from feedback.questionnaire import codebook
from feedback.responses.in_field import items_of
from feedback.web.desk import desk, selecting
from feedback.web.filtering import active_filters
from feedback.web.sudo import ask_again


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
def export_csv(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """The selection as CSV, from the first byte on as PostgreSQL hands it over."""
    access = exporting(request, slug)
    at = desk(request, slug)
    asked = {name: request.GET.get(name) == "1" for name in ("labels", "bom", "personal")}
    if asked["personal"] and not access.sees_personal:
        raise Http404
    if asked["personal"]:
        ask_again(request)
    record("export", actor=request.user, survey=at.survey, personal=asked["personal"])
    translation.activate(settings.LANGUAGE_CODE)  # a file is the same whoever takes it
    choices = csv.Choices(**asked)
    blocks = csv.stream(at.survey, at.items, at.selection, choices, reader=request.user)
    return as_file(StreamingHttpResponse(blocks), f"{slug}-{timezone.now():%Y-%m-%d}.csv")


@login_required
@require_safe
def codebook_csv(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """What each column of the export holds."""
    access = exporting(request, slug)
    translation.activate(settings.LANGUAGE_CODE)  # as above
    rows = codebook.rows(items_of(access.survey))
    text = b"".join(csv.line(row) for row in rows)
    return as_file(HttpResponse(text), f"{slug}-codebook.csv")


def as_file(
    response: HttpResponse | StreamingHttpResponse, name: str
) -> HttpResponse | StreamingHttpResponse:
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A proxy that buffers would hold the first byte back until the last.
    response.headers["X-Accel-Buffering"] = "no"
    return response
