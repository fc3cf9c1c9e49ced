"""Exports kept under a name: saved from the page, built when asked or by themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feedback import tasks
from feedback.exports import FORMATS, saved
from feedback.exports.choices import Choices
from feedback.exports.table import Table
from feedback.models.audit import record
from feedback.responses.acts import NotPossible
from feedback.web.desk import desk, selecting
from feedback.web.downloads import choices_of, exporting, with_query
from feedback.web.sudo import ask_again


@login_required
@require_POST
@selecting
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what the page of exports is set to."""
    access = exporting(request, slug)
    at = desk(request, slug)
    kind = FORMATS.get(request.POST.get("format", ""))
    if kind is None:
        raise Http404
    choices = choices_of(request, access, request.POST)
    Table.of(at.survey, at.selection, choices, reader=request.user)  # tells what is wrong
    page = reverse("export", args=[slug])
    query = "&".join(filter(None, (at.query, choices.to_query())))
    try:
        with transaction.atomic():
            kept = saved.save(
                at.survey,
                request.POST.get("name", ""),
                owner=request.user,
                kind=kind.name,
                query=query,
                rhythm=request.POST.get("rhythm", ""),
                only_new="only_new" in request.POST,
                page=request.build_absolute_uri(page) if "mail" in request.POST else "",
            )
            record(
                "export_saved",
                actor=request.user,
                survey=at.survey,
                saved=kept.pk,
                rhythm=kept.rhythm,
                personal=choices.personal,
            )
        messages.success(request, _("Saved as “%(name)s”.") % {"name": kept.name})
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(with_query(page, at.query, choices.to_query()) + "#saved")


@login_required
@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Build it now, or forget it."""
    access = exporting(request, slug)
    kept = get_object_or_404(access.survey.saved_exports.select_related("survey"), pk=pk)
    if request.POST.get("act") == "delete":
        if kept.owner_id != request.user.pk and not access.edits:
            raise Http404
        kept.delete()
        return redirect(reverse("export", args=[slug]) + "#saved")
    choices = Choices.from_query(QueryDict(kept.query))
    if choices.personal and not access.sees_personal:
        raise Http404
    if choices.personal:
        ask_again(request)
    file = saved.ask_for(kept, actor=request.user)
    transaction.on_commit(lambda: tasks.build_soon(file.pk))
    return redirect("export_file", slug=slug, pk=file.pk)
