"""Views that were saved: a selection under a name, one's own or shared."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Role, SavedView
from feedback.permissions import survey_for
from feedback.responses import views
from feedback.responses.acts import NotPossible
from feedback.responses.offered import View
from feedback.web.desk import Desk, desk, selecting


def saved_views(at: Desk) -> list[tuple[View, str]]:
    """Each view with its address: what ``review/parts/views.html`` shows."""
    address = reverse("responses", args=[at.survey.slug])
    return [(view, address_of(address, view)) for view in at.offered.views]


def address_of(address: str, view: View | SavedView) -> str:
    columns = urlencode([("column", name) for name in view.columns])
    query = "&".join(part for part in (view.query, columns) if part)
    return f"{address}?{query}" if query else address


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The views somebody has in a survey, and what they may do with each."""
    access = survey_for(request.user, slug, Role.VIEWER)
    address = reverse("responses", args=[slug])
    context = {
        "access": access,
        "survey": access.survey,
        "views": [
            (
                view,
                address_of(address, view),
                views.changeable(view, request.user, edits=access.edits),
            )
            for view in views.listed(access.survey, request.user)
        ],
    }
    return render(request, "review/views.html", context)


@login_required
@require_POST
@selecting
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the selection of the address under a name."""
    at = desk(request, slug)
    columns = [name for name in request.POST.getlist("column") if name][:100]
    try:
        view = views.save(
            at.survey,
            request.POST.get("name", ""),
            owner=request.user,
            query=at.query,
            columns=[name[:100] for name in columns],
            shared="shared" in request.POST,
        )
        messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    except NotPossible as error:
        messages.error(request, str(error))
    address = reverse("responses", args=[slug])
    return redirect(f"{address}?{at.query}" if at.query else address)


@login_required
@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rename a view, share it or not, or delete it."""
    access = survey_for(request.user, slug, Role.VIEWER)
    view = get_object_or_404(views.listed(access.survey, request.user), pk=pk)
    if not views.changeable(view, request.user, edits=access.edits):
        raise Http404
    if "delete" in request.POST:
        view.delete()
    else:
        try:
            views.rename(view, request.POST.get("name", ""), shared="shared" in request.POST)
        except NotPossible as error:
            messages.error(request, str(error))
    return redirect("views", slug=slug)
