"""Questionnaires in the browser: a new survey, and the next revision of one that there is."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from feedback.authoring.making import make_survey
from feedback.authoring.publish import Refused, publish
from feedback.authoring.starter import STARTER
from feedback.models import Role
from feedback.permissions import may_make_surveys, survey_for
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.problems import Problem
from feedback.questionnaire.readers import document


class QuestionnaireForm(forms.Form):
    """A questionnaire as text, and the digest of the one that it was made of."""

    text = forms.CharField(
        strip=False,
        max_length=document.LARGEST,
        label=gettext_lazy("Questionnaire"),
        widget=forms.Textarea(
            attrs={"rows": 30, "class": "source", "spellcheck": "false", "dir": "ltr"}
        ),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A survey from a questionnaire that one writes here."""
    if not may_make_surveys(request.user):
        raise Http404
    form = QuestionnaireForm(request.POST or None, initial={"text": STARTER})
    if not form.is_valid():
        return written(request, form)
    questionnaire, problems = document.read(form.cleaned_data["text"])
    if questionnaire is None or "publish" not in request.POST:
        return written(request, form, questionnaire=questionnaire, problems=problems)
    try:
        survey = make_survey(questionnaire, owner=request.user)
    except Refused as error:
        return written(request, form, problems=[str(error)])
    messages.success(request, _("The survey is made, and its form is open."))
    return redirect("overview", slug=survey.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The questionnaire that is live, to be changed and published as the next revision."""
    access = survey_for(request.user, slug, Role.EDITOR)
    survey = access.survey
    if survey.live is None:
        raise Http404
    now = {"text": document.written(survey.live.questionnaire), "seen": survey.live.digest}
    form = QuestionnaireForm(request.POST or None, initial=now)
    context: dict[str, Any] = {"access": access, "survey": survey}
    if not form.is_valid():
        return written(request, form, **context)
    questionnaire, problems = document.read(form.cleaned_data["text"])
    if questionnaire is not None and questionnaire.slug != slug:
        message = _("slug: it is “%(slug)s” for good, as the form’s address has it. Put that back.")
        return written(request, form, problems=[message % {"slug": slug}], **context)
    if questionnaire is None or "publish" not in request.POST:
        return written(request, form, questionnaire=questionnaire, problems=problems, **context)
    try:
        made_of = form.cleaned_data["seen"]
        revision, is_new = publish(questionnaire, actor=request.user, made_of=made_of)
    except Refused as error:
        return written(request, form, problems=[str(error)], **context)
    if is_new:
        said = _("Revision %(number)d is live. The form follows within two seconds.")
        messages.success(request, said % {"number": revision.number})
    else:
        messages.info(request, _("Nothing was changed, so no revision was made."))
    return redirect("overview", slug=slug)


def written(
    request: HttpRequest,
    form: QuestionnaireForm,
    *,
    questionnaire: Questionnaire | None = None,
    problems: Sequence[Problem | str] = (),
    **context: Any,
) -> HttpResponse:
    """The page: the text, and what is understood of it or what is to be mended."""
    context |= {"form": form, "questionnaire": questionnaire, "problems": problems}
    if questionnaire is not None:
        missing = questionnaire.missing_translations().items()
        context["missing"] = [(code, len(places)) for code, places in missing if places]
    status = 422 if form.errors or problems else 200
    return render(request, "authoring/questionnaire.html", context, status=status)
