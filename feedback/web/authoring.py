"""Pages of authors: when a survey is in the field."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from feedback.authoring.field_control import close_now, schedule
from feedback.models import Role
from feedback.permissions import survey_for


class Moment(forms.DateTimeField):
    """A day and a time as browsers send them, in the time zone of the instance."""

    def __init__(self, **kwargs: Any) -> None:
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        wrong = gettext_lazy("Write day and time like 2026-05-31T18:00.")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(
            required=False,
            widget=picker,
            input_formats=formats,
            error_messages={"invalid": wrong},
            **kwargs,
        )


class Times(forms.Form):
    """When the survey opens and closes."""

    opens_at = Moment(
        label=gettext_lazy("Opens"),
        help_text=gettext_lazy("Empty: open since it was published."),
    )
    closes_at = Moment(
        label=gettext_lazy("Closes"),
        help_text=gettext_lazy("Empty: stays open until somebody closes it."),
    )

    def clean(self) -> dict[str, Any]:
        times = super().clean() or {}
        opens, closes = times.get("opens_at"), times.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("This is before it opens. Choose a later time."))
        return times


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Set when the survey is open, or close it now."""
    access = survey_for(request.user, slug, Role.EDITOR)
    survey = access.survey
    now = {"opens_at": survey.opens_at, "closes_at": survey.closes_at}
    form = Times(request.POST or None, initial=now)
    if request.method == "POST" and "close" in request.POST:
        close_now(survey, actor=request.user)
        return saved(request, slug)
    if request.method == "POST" and form.is_valid():
        schedule(survey, **form.cleaned_data, actor=request.user)
        return saved(request, slug)
    context = {
        "access": access,
        "survey": survey,
        "form": form,
        "zone": timezone.get_current_timezone_name(),
    }
    status = 422 if form.errors else 200
    return render(request, "authoring/settings.html", context, status=status)


def saved(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(request, _("Saved. The form follows within two seconds."))
    return redirect("settings", slug=slug)
