"""Exports: the page that offers them, downloads that start at once, and files that are built."""

from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import tasks
from feedback.exports import FORMATS, building
from feedback.exports.choices import TEXTS, Choices
from feedback.exports.format import Format, silent
from feedback.exports.making import make
from feedback.exports.table import Table, languages_of
from feedback.keys import keys_seen_by
from feedback.models import ExportFile, Rhythm, Role
from feedback.models.audit import record
from feedback.permissions import Access, survey_for
from feedback.questionnaire.zones import zones
from feedback.responses import letters
from feedback.responses.counting import count
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filters_in_words import active_filters, counted_in_words
from feedback.web.sudo import ask_again

LISTED = 20  # built files on the page, the latest
TEXTS_IN_WORDS = (_lazy("Codes"), _lazy("The options’ texts"), _lazy("Both beside each other"))


def exporting(request: HttpRequest, slug: str) -> Access:
    """Raises: Http404 for whoever may not export."""
    access = survey_for(request.user, slug, Role.VIEWER)
    if not access.exports:
        raise Http404
    return access


def choices_of(request: HttpRequest, access: Access, given: QueryDict) -> Choices:
    """Raises: Http404: personal answers are wanted by who may not see them; BadChoice."""
    choices = Choices.from_query(given)
    if choices.personal and not access.sees_personal:
        raise Http404
    if choices.personal:
        ask_again(request)
    return choices


# -- the page --------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@selecting
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be downloaded, and of which responses; what is asked for starts or is built."""
    access = exporting(request, slug)
    at = desk(request, slug)
    if request.method == "POST":
        return asked(request, at)
    return render(request, "downloads/export.html", page(request, access, at))


def page(request: HttpRequest, access: Access, at: Desk) -> dict[str, Any]:
    choices = Choices.from_query(request.GET)
    files = ExportFile.objects.filter(survey=at.survey).select_related("actor")
    return {
        "access": access,
        "survey": at.survey,
        "query": at.query,
        "active": active_filters(at),
        "pairs": at.selection.pairs(),
        "counted": counted_in_words(at.counted),
        "formats": FORMATS.values(),
        "kind": FORMATS.get(request.GET.get("format", ""), FORMATS["csv"]),
        "choices": choices,
        "texts": zip(TEXTS, TEXTS_IN_WORDS, strict=True),
        "zones": sorted(zones()),
        "rhythms": Rhythm.choices,
        "items": [item for item in at.items if item.columns()],
        "languages": languages_of(at.revisions),
        "revisions": range(len(at.revisions), 0, -1),
        "files": list(files.order_by("-pk")[:LISTED]),
        "saved": at.survey.saved_exports.select_related("owner"),
        "keys": keys_seen_by(access),
        "mail": letters.can_be_sent() and getattr(request.user, "email", ""),
    }


def asked(request: HttpRequest, at: Desk) -> HttpResponse:
    """Lead to a download that starts at once, or have the file built."""
    kind = FORMATS.get(request.POST.get("format", ""))
    if kind is None:
        raise Http404
    choices = choices_of(request, at.access, request.POST)
    table = kind.fitted(Table.of(at.survey, at.selection, choices, reader=request.user))
    found = count(table.rows, at.survey)
    query = "&".join(filter(None, (at.query, choices.to_query())))
    if "build" not in request.POST and found.number <= kind.at_once:
        address = reverse("export_now", args=[at.survey.slug, kind.name])
        return redirect(with_query(address, query))
    told = request.build_absolute_uri(reverse("export", args=[at.survey.slug]))
    file = building.ask(
        at.survey,
        kind.name,
        query,
        actor=request.user,
        expected=found.number,
        page=told if "mail" in request.POST else "",
    )
    for warning in kind.warnings(table, found.number):
        messages.warning(request, str(warning))
    transaction.on_commit(lambda: tasks.build_soon(file.pk))
    return redirect("export_file", slug=at.survey.slug, pk=file.pk)


def with_query(address: str, *queries: str) -> str:
    """An address with what is to stand behind it, where anything is."""
    query = "&".join(filter(None, queries))
    return f"{address}?{query}" if query else address


# -- at once ---------------------------------------------------------------------------


@login_required
@require_safe
@selecting
def now(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    """The selection as a file: a stream from the first row on, or made while one waits."""
    access = exporting(request, slug)
    kind = FORMATS.get(name)
    if kind is None:
        raise Http404
    at = desk(request, slug)
    choices = choices_of(request, access, request.GET)
    table = Table.of(at.survey, at.selection, choices, reader=request.user)
    if kind.stream is None and count(table.rows, at.survey).number > kind.at_once:
        address = with_query(reverse("export", args=[slug]), at.query, choices.to_query())
        context = {"access": access, "survey": at.survey, "kind": kind, "address": address}
        return render(request, "downloads/too_many.html", context, status=HTTPStatus.CONFLICT)
    record("export", actor=request.user, survey=at.survey, personal=choices.personal, format=name)
    translation.activate(settings.LANGUAGE_CODE)  # a file is the same whoever takes it
    file = f"{slug}-{timezone.now():%Y-%m-%d}.{name}"
    if kind.stream is None:
        return as_file(made_now(table, kind), file, kind.mime)
    return as_file(StreamingHttpResponse(kind.stream(table, silent)), file, kind.mime)


def made_now(table: Table, kind: Format) -> FileResponse:
    """A whole file, gone from the disk once it is sent: it is open, and has no name any more."""
    with TemporaryDirectory(dir=building.folder(), prefix=building.NOW) as folder:
        path = Path(folder, f"export.{kind.name}")
        make(table, kind, path, tick=silent)
        return FileResponse(path.open("rb"))


def as_file(response: HttpResponseBase, name: str, mime: str) -> HttpResponseBase:
    response.headers["Content-Type"] = mime
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A proxy that buffers would hold the first byte back until the last.
    response.headers["X-Accel-Buffering"] = "no"
    return response


# -- built -----------------------------------------------------------------------------


def of_survey(request: HttpRequest, slug: str, pk: int) -> tuple[Access, ExportFile]:
    """Raises: Http404: there is none, or it holds what this person may not see."""
    access = exporting(request, slug)
    files = ExportFile.objects.select_related("actor", "survey")
    file = get_object_or_404(files, survey=access.survey, pk=pk)
    if file.personal and not access.sees_personal:
        raise Http404
    return access, file


@login_required
@require_safe
def progress(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """How far a file has come; the page asks again by itself while it is built."""
    access, file = of_survey(request, slug, pk)
    offered = building.offered(file)
    context = {
        "access": access,
        "survey": access.survey,
        "file": file,
        "kind": FORMATS[file.format],
        "offered": offered,
        "running": file.state in building.UNFINISHED_STATES,
        "expected": max(file.expected, file.rows, 1),
        "why": file.get_why_display() if file.why else "",
        "steers": steers(access, file, request.user),
    }
    return render(request, "downloads/file.html", context)


def steers(access: Access, file: ExportFile, user: Any) -> bool:
    return file.actor_id == user.pk or access.edits


@login_required
@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cancel a file that is built, build one again, or delete it."""
    access, file = of_survey(request, slug, pk)
    if not steers(access, file, request.user):
        raise Http404
    act = request.POST.get("act")
    if act == "again":
        if file.personal:
            ask_again(request)
        again = building.ask(
            file.survey,
            file.format,
            file.query,
            actor=request.user,
            expected=file.rows or file.expected,
            page=file.page,
            saved=file.saved,
            since=file.changed_since,
        )
        transaction.on_commit(lambda: tasks.build_soon(again.pk))
        return redirect("export_file", slug=slug, pk=again.pk)
    if act == "cancel":
        building.cancel(file)
    elif act == "delete":
        building.delete(file)
        messages.success(request, _("The file is deleted."))
        return redirect("export", slug=slug)
    return redirect("export_file", slug=slug, pk=pk)


def handed_out(request: HttpRequest, slug: str, pk: int) -> ExportFile:
    """A finished file. Raises: Http404: it is not, or no longer, offered to this person."""
    _access, file = of_survey(request, slug, pk)
    if not building.offered(file):
        raise Http404
    if file.personal:
        ask_again(request)
    return file


@login_required
@require_safe
def built(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The file itself; who may have it is asked anew each time."""
    file = handed_out(request, slug, pk)
    record(
        "export_taken",
        actor=request.user,
        survey=file.survey,
        personal=file.personal,
        format=file.format,
        file=file.pk,
    )
    answer = FileResponse(building.path_of(file).open("rb"))
    return as_file(answer, building.public_name(file), FORMATS[file.format].mime)


@login_required
@require_safe
def manifest(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """What the file must be: rows, bytes, SHA-256 and what was asked for."""
    file = handed_out(request, slug, pk)
    told = {**(file.manifest or {}), "file": building.public_name(file)}
    name = building.public_name(file) + ".manifest.json"
    return as_file(JsonResponse(told, json_dumps_params={"indent": 2}), name, "application/json")
