"""What staff do with one response."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feedback.models import Response, Role, Status, Tag
from feedback.permissions import survey_for
from feedback.responses import coding


@login_required
@require_POST
def act(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set the status, add or remove a tag, add a note: what the form of a response sends."""
    access = survey_for(request.user, slug, Role.REVIEWER)
    row = get_object_or_404(Response.objects.select_related("survey"), survey=access.survey, pk=pk)
    try:
        carry_out(request.POST, row, actor=request.user)
    except coding.NotPossible as error:
        messages.error(request, str(error))
    address = reverse("response", args=[slug, pk])
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def carry_out(form: QueryDict, row: Response, *, actor: Any) -> None:
    names = {status.name.lower(): status for status in Status}
    if "status" in form:
        if form["status"] not in names:
            raise coding.NotPossible(_("Choose one of the statuses."))
        coding.set_status(row, names[form["status"]], actor=actor)
    if "tag" in form:
        coding.add_tag(row, form.get("tag", ""), actor=actor)
    if "untag" in form:
        tag = get_object_or_404(Tag, survey=row.survey, name=form["untag"])
        coding.remove_tag(row, tag, actor=actor)
    if "note" in form:
        coding.add_note(row, form.get("note", ""), actor=actor)
