"""What answers name: families, versions, what is named together, and what is to be decided."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from feedback.analysis.intervals import wilson
from feedback.models import Role
from feedback.open_text import naming
from feedback.open_text.catalogue import Kind
from feedback.open_text.named import UNTOLD
from feedback.question_types.columns import Message
from feedback.responses.acts import NotPossible
from feedback.web.open_question import APPROVED, TAKEN_BACK, open_desk

TOGETHER, UNKNOWN = 20, 40  # that are told
APPROVE_ANEW = _("Names are public no longer, until an editor approves them with the new one.")
KINDS: Mapping[Kind, Message] = {
    Kind.MODEL: _("model"),
    Kind.PRODUCT: _("product"),
    Kind.RUNTIME: _("runtime"),
    Kind.TOOL: _("tool"),
    Kind.COMPANY: _("company"),
    Kind.OTHER: _("something else"),
}


@login_required
@require_safe
def names(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Counts by respondents, and the forms to decide for whoever may."""
    at = open_desk(request, slug, key)
    context = at.context | {"catalogues": naming.CATALOGUES}
    if at.question.catalogue:
        context |= told(naming.found(at.question, at.column)) | {"kinds": KINDS}
    return render(request, "text/names.html", context)


def told(found: naming.Found) -> dict[str, Any]:
    counts, called = found.counts, found.names
    families = [
        {
            "id": family,
            "name": called.get(family, family),
            "n": n,
            "share": n / counts.people,
            "interval": wilson(n, counts.people),
            "versions": [
                (version, many)
                for version, many in counts.versions[family].items()
                if version != UNTOLD
            ],
            "untold": counts.versions[family].get(UNTOLD, 0),
        }
        for family, n in counts.families.items()
    ]
    pairs = islice(counts.together.items(), TOGETHER)
    return {
        "counts": counts,
        "families": families,
        "together": [(called.get(a, a), called.get(b, b), n) for (a, b), n in pairs],
        "unknown": found.unknown[:UNKNOWN],
        "more": max(0, len(found.unknown) - UNKNOWN),
        "entities": sorted(called.items(), key=lambda pair: pair[1].casefold()),
    }


@login_required
@require_POST
def switch(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Look for names of a catalogue, or no more."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    form = request.POST
    try:
        naming.set_names(
            at.access.survey,
            at.column,
            catalogue=form.get("catalogue", ""),
            asks="asks" in form,
            actor=request.user,
        )
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("names", slug=slug, key=key)


@login_required
@require_POST
def publish(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Let results for everyone tell who named what, or no longer."""
    at = open_desk(request, slug, key, Role.EDITOR)
    on = "publish" in request.POST
    try:
        naming.publish(at.access.survey, at.column, on=on, actor=request.user)
        messages.success(request, APPROVED if on else TAKEN_BACK)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("names", slug=slug, key=key)


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One spelling: a name that is known, a new one, or none."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    form = request.POST
    given = {name: form.get(name, "") for name in ("entity", "name", "kind", "family")}
    if "refuse" in form:
        given = {}
    elif not given["entity"] and not given["name"].strip():
        messages.error(request, _("Choose what it stands for, or write a new name."))
        return redirect("names", slug=slug, key=key)
    try:
        survey, spelling = at.access.survey, form.get("spelling", "")
        was_public = at.question.names_public
        naming.decide(survey, at.column, spelling, given, actor=request.user)
        if was_public and given.get("name", "").strip():
            messages.info(request, APPROVE_ANEW)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("names", slug=slug, key=key)
