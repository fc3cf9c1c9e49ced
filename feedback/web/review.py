"""The surveys one is a member of, and where one of them stands."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback.models import Role
from feedback.permissions import may_make_surveys, memberships_of, survey_for
from feedback.responses import notes
from feedback.responses.cap import is_full


@login_required
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys one is a member of, with their counts."""
    context = {
        "memberships": memberships_of(request.user),
        "makes": may_make_surveys(request.user),
        "spoken_to": notes.unseen_by_survey(request.user),
    }
    return render(request, "review/surveys.html", context)


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """One survey: where it stands, its revisions, its people."""
    access = survey_for(request.user, slug, Role.VIEWER)
    survey = access.survey
    context = {
        "access": access,
        "survey": survey,
        "full": is_full(survey),
        "summary": getattr(survey, "summary", None),
        "revisions": survey.revisions.order_by("-number"),
        "members": survey.memberships.select_related("user").order_by("-role", "user__username"),
        "address": request.build_absolute_uri(reverse("answer", args=[slug])),
    }
    return render(request, "review/overview.html", context)
