"""The tags of a survey: how often each is used, and what is done with the tags themselves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Colour, Role, Tag
from feedback.permissions import Access, survey_for
from feedback.responses import tags
from feedback.responses.acts import NotPossible
from feedback.web.sudo import ask_again


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Each tag with its count, and the forms to change it for whoever may."""
    access = survey_for(request.user, slug, Role.VIEWER)
    context = {
        "access": access,
        "survey": access.survey,
        "tags": tags.counted(access.survey),
        "counted": tags.COUNTED,
        "colours": Colour,
    }
    return render(request, "review/tags.html", context)


@login_required
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a tag before any response has it."""
    survey = survey_for(request.user, slug, Role.REVIEWER).survey
    name, colour = request.POST.get("name", ""), request.POST.get("colour", Colour.GREY)
    try:
        tags.create(survey, name, colour, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("tags", slug=slug)


@login_required
@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rename a tag, give it another colour, or both."""
    _access, tag = of_survey(request, slug, pk, Role.REVIEWER)
    try:
        if "name" in request.POST:
            tags.rename(tag, request.POST["name"], actor=request.user)
        if "colour" in request.POST:
            tags.recolour(tag, request.POST["colour"], actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("tags", slug=slug)


@login_required
@require_POST
def merge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put one tag into another, once whoever asks for it is sure."""
    access, tag = of_survey(request, slug, pk, Role.EDITOR)
    wanted = request.POST.get("into", "").strip()
    others = Tag.objects.filter(survey=access.survey).exclude(pk=pk)
    into = next((other for other in others if other.name == wanted), None)
    if into is None:
        messages.error(request, _("Choose the tag to merge it into."))
        return redirect("tags", slug=slug)
    if "sure" not in request.POST:
        return confirm(request, access, tag, into=into)
    ask_again(request)
    try:
        tags.merge(tag, into, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("tags", slug=slug)


@login_required
@require_POST
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a tag off everything and away, once whoever asks for it is sure."""
    access, tag = of_survey(request, slug, pk, Role.EDITOR)
    if "sure" not in request.POST:
        return confirm(request, access, tag)
    ask_again(request)
    tags.delete(tag, actor=request.user)
    return redirect("tags", slug=slug)


def of_survey(request: HttpRequest, slug: str, pk: int, role: Role) -> tuple[Access, Tag]:
    access = survey_for(request.user, slug, role)
    rows = Tag.objects.select_related("survey")
    return access, get_object_or_404(rows, survey=access.survey, pk=pk)


def confirm(
    request: HttpRequest, access: Access, tag: Tag, *, into: Tag | None = None
) -> HttpResponse:
    used = next(one for one in tags.counted(access.survey) if one.tag == tag)
    context: dict[str, Any] = {"access": access, "survey": access.survey, "used": used}
    return render(request, "review/tag_sure.html", context | {"into": into})
