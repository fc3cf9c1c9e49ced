"""How many voices are behind the answers: groups of near-copies, with what speaks for each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Role
from feedback.open_text import voicing
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
        texts = at.readable({one.group.numbers[0]: one.text for one in heard.groups})
        context |= {
            "heard": heard,
            "groups": [
                {
                    "alike": one,
                    "text": text,
                    "size": len(one.group.numbers),
                    "numbers": one.group.numbers[:LINKED],
                    "more": max(0, len(one.group.numbers) - LINKED),
                }
                for one, text in zip(heard.groups, texts, strict=True)
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
