"""Moving in from another tool, and importing into a survey: look first, then take in."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from feedback.authoring.drafting.draft import Draft, draft
from feedback.authoring.drafting.language import language_of
from feedback.authoring.drafting.written import written
from feedback.models import Role, Survey
from feedback.moving import CannotMove, move_in, take_in
from feedback.permissions import may_make_surveys, survey_for
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.problems import Problem
from feedback.questionnaire.readers import document
from feedback.questionnaire.readers.records import BadFile
from feedback.responses.importing import Refused, Report, import_from
from feedback.web.cells import shortened
from feedback.web.moving_forms import ImportForm, MoveForm
from feedback.web.uploads import content_of

EXAMPLES, EXAMPLE_LENGTH = 3, 60


@dataclass(frozen=True)
class Line:
    """One column of the file as the page tells of it."""

    header: str
    kind: str  # of the question, or the column of the response; "" for what is left out
    key: str
    why: str
    examples: list[str]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """A survey made of another tool's export: what is understood of it, and then the survey."""
    if not may_make_surveys(request.user):
        raise Http404
    form = MoveForm(request)
    if not form.is_valid():
        return moving(request, form)
    try:
        text, found = text_of(form)
    except BadFile as error:
        form.add_error("file", str(error))
        return moving(request, form)
    if request.POST.get("do") == "draft":
        return as_yaml(text, form.cleaned_data["address"])
    questionnaire, problems = document.read(text)
    if questionnaire is None:
        return moving(request, form, problems=problems)
    if not form.goes_on:
        form.looked_at()
        return moving(request, form, found=found, questionnaire=questionnaire)
    return moved(request, form, questionnaire)


def text_of(form: MoveForm) -> tuple[str, Draft | None]:
    """The draft that was sent along, or a new one of the file. Raises: BadFile."""
    if form.cleaned_data["draft"]:
        try:
            return content_of(form.cleaned_data["draft"]).read().decode("utf-8-sig"), None
        except UnicodeDecodeError as error:
            raise BadFile(_("The draft is not UTF-8 text. Save it as UTF-8.")) from error
    found = draft(content_of(form.cleaned_data["file"]))
    named = {"slug": form.cleaned_data["address"], "title": form.cleaned_data["title"]}
    return written(found, **named, language=language_of(found)), found


def moved(request: HttpRequest, form: MoveForm, questionnaire: Questionnaire) -> HttpResponse:
    """Make the survey, or tell why not."""
    file, opened = content_of(form.cleaned_data["file"]), form.cleaned_data["opened"]
    try:
        survey, report = move_in(questionnaire, file, owner=request.user, opened=opened)
    except (CannotMove, BadFile) as error:
        form.add_error(None, str(error))
        return moving(request, form)
    except Refused as refused:
        return moving(request, form, report=refused.report)
    return taken(request, survey, report, to="responses")


def moving(
    request: HttpRequest,
    form: MoveForm,
    *,
    found: Draft | None = None,
    questionnaire: Questionnaire | None = None,
    problems: list[Problem] | None = None,
    report: Report | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "lines": lines_of(found) if found else [],
        "questionnaire": questionnaire,
        "problems": problems or [],
        "report": report,
    }
    bad = form.errors or problems or report
    return render(request, "moving/move.html", context, status=422 if bad else 200)


def lines_of(found: Draft) -> list[Line]:
    """Each column of the file, in its order."""
    by_place = {place: q.idea for q in found.questions for place in q.idea.columns}
    own = {one.heading.place: one for one in found.own.values()}
    reasons = {heading.place: reason for heading, reason in found.left_out}
    lines = []
    for heading, seen in zip(found.layout.headings, found.seen, strict=True):
        kind = key = ""
        why = reasons.get(heading.place, "")
        if idea := by_place.get(heading.place):
            key = str(idea.columns[heading.place].get("item", ""))
            kinds = [item["type"] for item in idea.items if item["key"] == key]
            kind, why = (kinds or [""])[0], idea.why
        elif heading.place in own:
            kind, why = own[heading.place].column["column"], own[heading.place].why
        common = [text for text, _n in seen.counts.most_common(EXAMPLES)]
        examples = [shortened(text, EXAMPLE_LENGTH) for text in common]
        lines.append(Line(heading.header, kind, key, why, examples))
    return lines


def as_yaml(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


# -- into a survey ---------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """Import responses: what would become of each row, and then the rows."""
    access = survey_for(request.user, slug, Role.EDITOR)
    if access.survey.live is None:
        raise Http404
    form = ImportForm(request)
    context: dict[str, Any] = {"access": access, "survey": access.survey, "form": form}
    if form.is_valid():
        file = content_of(form.cleaned_data["file"])
        try:
            if form.goes_on:
                report = take_in(access.survey, file, actor=request.user)
                return taken(request, access.survey, report, to="responses")
            context["report"] = import_from(access.survey, file, storing=False)
            form.looked_at()
        except BadFile as error:
            form.add_error("file", str(error))
        except Refused as refused:
            context["report"] = refused.report
    bad = form.errors or ("report" in context and context["report"].refused)
    return render(request, "moving/import.html", context, status=422 if bad else 200)


def taken(request: HttpRequest, survey: Survey, report: Report, *, to: str) -> HttpResponse:
    told = ngettext("%(n)d response stored.", "%(n)d responses stored.", report.stored)
    messages.success(request, told % {"n": report.stored})
    if report.there_already:
        message = _("%(n)d of the file were there already.") % {"n": report.there_already}
        messages.info(request, message)
    return redirect(to, slug=survey.slug)
