"""The code frame of an open question: its codes as a tree, the forms for them, CSV."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Code, Role
from feedback.open_text import code_frame
from feedback.responses.acts import NotPossible
from feedback.web.downloads import as_file
from feedback.web.open_question import APPROVED, TAKEN_BACK, open_desk

LARGEST = 1_000_000  # bytes of a file


@login_required
@require_safe
def frame(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Each code with how many answers have it, and the forms for whoever may change them."""
    at = open_desk(request, slug, key)
    rows = Code.objects.filter(survey=at.access.survey, part=key).select_related("parent")
    used = Count("coded", filter=Q(coded__read__counts=True))
    context = at.context | {"codes": code_frame.tree([*rows.annotate(used=used)])}
    return render(request, "text/code_frame.html", context)


@login_required
@require_POST
def add(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    at = open_desk(request, slug, key, Role.REVIEWER)
    try:
        code_frame.add(at.access.survey, key, request.POST, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("code_frame", slug=slug, key=key)


@login_required
@require_POST
def change(request: HttpRequest, slug: str, key: str, pk: int) -> HttpResponse:
    at = open_desk(request, slug, key, Role.REVIEWER)
    rows = Code.objects.select_related("survey", "parent")
    code = get_object_or_404(rows, survey=at.access.survey, part=key, pk=pk)
    try:
        code_frame.change(code, request.POST, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("code_frame", slug=slug, key=key)


@login_required
@require_POST
def publish(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Let results for everyone tell how many answers have which code, or no longer."""
    at = open_desk(request, slug, key, Role.EDITOR)
    on = "publish" in request.POST
    code_frame.publish(at.access.survey, key, on=on, actor=request.user)
    messages.success(request, APPROVED if on else TAKEN_BACK)
    return redirect("code_frame", slug=slug, key=key)


@login_required
@require_safe
def download(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The frame for a spreadsheet, and to be taken in elsewhere."""
    at = open_desk(request, slug, key)
    text = code_frame.as_csv(code_frame.codes_of(at.access.survey, key))
    response = HttpResponse("\ufeff" + text)
    as_file(response, f"{slug}-{key}-codes.csv", "text/csv; charset=utf-8")
    return response


@login_required
@require_POST
def upload(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Take a frame from a file; none of it where one line cannot be taken."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > LARGEST:
            raise NotPossible(_("Choose a CSV file of at most 1 MB."))
        text = file.read().decode("utf-8")
        many = code_frame.from_csv(at.access.survey, key, text, actor=request.user)
        messages.success(
            request,
            ngettext("%(n)d code was taken.", "%(n)d codes were taken.", many) % {"n": many},
        )
    except UnicodeDecodeError:
        messages.error(request, _("The file is not in UTF-8. Save it as “CSV UTF-8”."))
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("code_frame", slug=slug, key=key)
