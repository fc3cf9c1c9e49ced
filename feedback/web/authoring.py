"""Pages of authors: how a survey is in the field, and how its form looks and checks."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from feedback.authoring.field_control import FieldControl, close_now, control
from feedback.models import Role
from feedback.permissions import Access, survey_for
from feedback.question_types.base import Posted
from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.form import AnswerForm
from feedback.questionnaire.reading import pages_read
from feedback.responses.cap import is_full
from feedback.responses.in_field import InField
from feedback.responses.receive import BESIDES
from feedback.web.forms import Around, FormPage
from feedback.web.languages import TO, language_for, speaking
from feedback.web.pages import page
from feedback.web.settings_form import SettingsForm, zone_asked_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Set when the survey is open and for how many, or close it now."""
    access = survey_for(request.user, slug, Role.EDITOR)
    survey = access.survey
    if request.method == "POST" and "close" in request.POST:
        close_now(survey, actor=request.user)
        return saved(request, slug)
    # Times are typed and shown in the zone of the survey, as it is or is just being set.
    with timezone.override(zone_asked_for(request.POST) or survey.time_zone):
        now = FieldControl.of(survey)
        form = SettingsForm(request.POST or None, initial=to_the_minute(asdict(now)))
        if request.method == "POST" and form.is_valid():
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            control(survey, replace(now, **changed), actor=request.user)
            return saved(request, slug)
        context = {"access": access, "survey": survey, "form": form, "full": is_full(survey)}
        status = 422 if form.errors else 200
        return render(request, "authoring/settings.html", context, status=status)


def to_the_minute(settings: dict[str, Any]) -> dict[str, Any]:
    """As the form shows them: a survey closed at 12:00:30 is not changed by being saved."""
    times = {name: time for name, time in settings.items() if isinstance(time, datetime)}
    return settings | {n: time.replace(second=0, microsecond=0) for n, time in times.items()}


def saved(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(request, _("Saved. The form follows within two seconds."))
    return redirect("settings", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The live form as everyone gets it; what is sent is checked, shown and forgotten."""
    access = survey_for(request.user, slug, Role.EDITOR)
    if access.survey.live is None:
        raise Http404
    posted: Posted | None = request.POST if request.method == "POST" else None
    whole = access.survey.live.questionnaire
    language = language_for(request, whole.offered_languages, posted)
    questionnaire = whole.in_language(language)
    with speaking(language):
        if posted is None or posted.get(TO):
            return previewed(request, access, AnswerForm(questionnaire, posted), language)
        return checked(request, access, questionnaire, posted, language)


def checked(
    request: HttpRequest,
    access: Access,
    questionnaire: Questionnaire,
    posted: Posted,
    language: str,
) -> HttpResponse:
    """What would be stored, or what would be to mend, as the public form would say."""
    try:
        cleaned = clean_answers(questionnaire, posted, besides=[*BESIDES, "csrfmiddlewaretoken"])
    except ValidationError as error:
        form = AnswerForm(questionnaire, posted).refuse(error)
        return previewed(request, access, form, language, status=422)
    context = {
        "survey": access.survey,
        "questionnaire": questionnaire,
        "pages": pages_read(questionnaire, cleaned.answers, cleaned.identity),
        "apart": [item.text for item in questionnaire.questions if item.personal],
    }
    return page("authoring/preview_checked.html", context, request=request)


def previewed(
    request: HttpRequest, access: Access, form: AnswerForm, language: str, *, status: int = 200
) -> HttpResponse:
    """The form without a ticket, so that the public form would not take what is written here."""
    survey = access.survey
    assert survey.live is not None and survey.live_id is not None
    around = replace(Around.of(InField(survey, survey.live_id)), days=0)
    offered = survey.live.questionnaire.offered_languages
    around_it = FormPage(form.questionnaire, language, "", around, languages=offered)
    context = {**around_it.context(form), "survey": survey}
    return page("authoring/preview.html", context, status=status, request=request)
