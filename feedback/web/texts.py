"""Open questions: which there are, what their themes are, and what staff make of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback import tasks
from feedback.analysis.themes import Counted, Themes, counted
from feedback.models import Role, ThemeSet
from feedback.open_text.discretion import Discretion
from feedback.permissions import survey_for
from feedback.question_types.base import Item
from feedback.responses.acts import NotPossible
from feedback.theming import building, editing, emerging, splitting
from feedback.theming.answers import open_items, open_items_of
from feedback.theming.reading import Course, Said, courses, news, typical
from feedback.web.acting import number_in
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import filtered
from feedback.web.reports import stored_figures

FOR_EDITORS = ("publish", "unpublish")  # who answers for the public page


@dataclass(frozen=True)
class Question:
    """One open question in the list of them."""

    item: Item
    answered: int
    kept: ThemeSet | None
    themes: Themes | None


@dataclass(frozen=True)
class Row:
    """A theme with all that the page tells of it; of its parts likewise."""

    counted: Counted
    said: list[Said]
    course: Course
    parts: "list[Row]"


@login_required
@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """The open questions of a survey, with how many answered and whether there are themes."""
    access = survey_for(request.user, slug, Role.VIEWER)
    survey = access.survey
    figures = stored_figures(survey)["items"] if survey.live_id else {}
    sets = {kept.item: kept for kept in ThemeSet.objects.filter(survey=survey).defer("model")}
    found = []
    for item in open_items_of(survey):
        kept = sets.get(item.key)
        themes = counted(kept) if kept and kept.fitted_at else None
        answered = figures.get(item.key, {}).get("answered", 0)
        found.append(Question(item, answered, kept, themes))
    context = {"access": access, "survey": survey, "questions": found}
    return render(request, "text/questions.html", context)


@login_required
@require_safe
@selecting
def question(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The themes of one open question, of all its answers or of a selection."""
    at = desk(request, slug)
    item = item_of(open_items(at.items), key)
    kept = ThemeSet.objects.filter(survey=at.survey, item=key).defer("model").first()
    there = kept is not None and kept.fitted_at is not None
    context = {
        **filtered(at),
        "item": item,
        "kept": kept,
        "answered": stored_figures(at.survey)["items"].get(key, {}).get("answered", 0),
        "enough": building.ENOUGH,
        "waiting": kept.to_place.count() if kept else 0,
        **(shown(at, kept) if kept and there else {}),
    }
    return render(request, "text/question.html", context)


def shown(at: Desk, kept: ThemeSet) -> dict[str, Any]:
    chosen = at.rows if at.selection else None
    discretion = Discretion.towards(at.items, sees_personal=at.access.sees_personal)
    themes = counted(kept, chosen)
    said = typical(kept, rows=chosen, discretion=discretion)
    course, unknown = courses(themes, chosen), Course([], None, float("nan"))

    def row(one: Counted) -> Row:
        own = said.get(one.theme.pk, [])
        return Row(one, own, course.get(one.theme.pk, unknown), [row(part) for part in one.parts])

    rows = [row(one) for one in themes.counted]
    new = news(kept, discretion) if chosen is None else []
    return {
        "news": new,
        "themes": themes,
        "rows": rows,
        "all": [r.counted.theme for r in with_parts(rows)],
    }


def with_parts(rows: list[Row]) -> list[Row]:
    return [one for row in rows for one in (row, *row.parts)]


def item_of(items: list[Item], key: str) -> Item:
    """Raises: Http404: there is no such open question."""
    for item in items:
        if item.key == key:
            return item
    raise Http404


@login_required
@require_POST
def find(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Have the themes looked for, by a worker."""
    survey = survey_for(request.user, slug, Role.EDITOR).survey
    item_of(open_items_of(survey), key)
    number = number_in(request.POST.get("number", "")) or None
    if number is not None and not 2 <= number <= 60:
        messages.error(request, _("Choose 2 to 60 themes, or leave the number out."))
        return redirect("text_item", slug=slug, key=key)
    kept = building.ask(survey, key, actor=request.user, number=number)
    tasks.find_themes_soon(kept.pk)
    return redirect("text_item", slug=slug, key=key)


@login_required
@require_POST
def act(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One edit of a theme, or an answer moved to another."""
    role = Role.EDITOR if request.POST.get("act") in FOR_EDITORS else Role.REVIEWER
    survey = survey_for(request.user, slug, role).survey
    item_of(open_items_of(survey), key)
    try:
        with transaction.atomic():
            done = edit(editing.set_of(survey, key), request)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("text_item", slug=slug, key=key)


def edit(kept: ThemeSet, request: HttpRequest) -> str:
    """Do what is asked. Returns: words that say so, with the way back. Raises: NotPossible."""
    asked, actor = request.POST, request.user
    into = number_in(asked.get("into", ""))
    if asked.get("act") == "move":
        response = number_in(asked.get("response", ""))
        target = None if asked.get("into") == "itself" else editing.theme_in(kept, into)
        editing.move(kept, response or 0, target, actor=actor)
        return _("The answer was moved. It stays there through every later search.")
    proposal = number_in(asked.get("proposal", "")) or 0
    if asked.get("act") == "make":
        made = emerging.make(kept, proposal, actor=actor)
        return _("Theme %(number)d was made.") % {"number": made.number}
    if asked.get("act") == "dismiss":
        emerging.dismiss(kept, proposal)
        return _("It is not proposed again before the next search.")
    theme = editing.theme_in(kept, number_in(asked.get("theme", "")))
    match asked.get("act"):
        case "rename":
            editing.rename(theme, asked.get("name", ""), actor=actor)
            return _("Renamed. An empty name brings its phrases back.")
        case "define":
            editing.define(theme, asked.get("definition", ""), actor=actor)
            return _("The definition was saved.")
        case "rule":
            editing.rule(theme, asked.get("rule", ""), actor=actor)
            return _("The rule was saved, and all answers were looked through.")
        case "lock" | "unlock" as word:
            editing.lock(theme, on=word == "lock", actor=actor)
            return _("Locked.") if word == "lock" else _("Unlocked.")
        case "publish" | "unpublish" as word:
            editing.publish(theme, on=word == "publish", actor=actor)
            if word == "unpublish":
                return _("It is public no longer.")
            return _("Approved. The public reads it from the next release on.")
        case "merge":
            editing.merge(theme, editing.theme_in(kept, into), actor=actor)
            return _("Merged. It can be taken apart again below the theme it went into.")
        case "unmerge":
            editing.unmerge(theme, actor=actor)
            return _("Taken apart again.")
        case "split":
            splitting.split(theme, min(max(into or 2, 2), 5), actor=actor)
            return _("Split. Joining its parts undoes that.")
        case "join":
            splitting.join(theme, actor=actor)
            return _("Its parts were joined.")
    raise NotPossible(_("Choose what is to be done."))
