"""How many voices are behind the answers: groups of near-copies, with what speaks for each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Role
from feedback.open_text import voicing
from feedback.open_text.discretion import covered
from feedback.open_text.voices import CAMPAIGN
from feedback.web.open_question import open_desk

LINKED = 20  # responses of a group that are linked to


@login_required
@require_safe
def voices(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The same answers counted twice: as they came, and each campaign as one voice."""
    at = open_desk(request, slug, key)
    context = at.context | {"campaign": CAMPAIGN}
    if at.question.voices:
        heard = voicing.heard(at.question, at.column)
        sees = at.access.sees_personal
        context |= {
            "heard": heard,
            "groups": [
                {
                    "alike": one,
                    # Whatever looks personal in a text is for those who may see it.
                    "text": one.text if sees else covered(one.text),
                    "size": len(one.group.numbers),
                    "numbers": one.group.numbers[:LINKED],
                    "more": max(0, len(one.group.numbers) - LINKED),
                }
                for one in heard.groups
            ],
        }
    return render(request, "text/voices.html", context)


@login_required
@require_POST
def switch(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Look for near-copies, or no more."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    on = "on" in request.POST
    voicing.set_voices(at.access.survey, at.column, on=on, actor=request.user)
    return redirect("voices", slug=slug, key=key)
