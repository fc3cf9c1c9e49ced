"""Acts on many responses: asked for from the list, watched, cancelled, undone."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from feedback import tasks
from feedback.models import Bulk, BulkState, Role, Status, Survey, Tag
from feedback.permissions import Access, survey_for
from feedback.responses import bulk
from feedback.responses.acts import ACTS, NotPossible, reviewers
from feedback.responses.counting import count
from feedback.responses.selected import TICKED, selected
from feedback.responses.tags import clean_name, found_or_made
from feedback.web.acting import number_in, status_named
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filters_in_words import counted_in_words
from feedback.web.history import SET, names_for, set_to

ASKED_AGAIN = 1_000  # responses; for more than these one confirms first
MOST_TICKED = 500
LISTED = 100  # acts on one page, the latest


def bar(at: Desk) -> dict[str, Any]:
    """What ``review/parts/bulk_bar.html`` needs besides what the list has."""
    return {"statuses": Status, "tags": at.offered.tags, "people": at.reviewers}


@login_required
@require_POST
@selecting
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an act on the selection of the address, or on those ticked."""
    at = desk(request, slug, Role.REVIEWER)
    back = reverse("responses", args=[slug]) + (f"?{at.query}" if at.query else "")
    try:
        query = chosen(request.POST, at)
        if request.POST.get("act") == "delete":  # which asks more, and on a page of its own
            both = query if query == at.query else f"{query}&{at.query}".rstrip("&")
            return redirect(reverse("delete", args=[slug]) + (f"?{both}" if both else ""))
        found = count(selected(at.survey, query, reader=request.user), at.survey)
        act, words = request.POST.get("act", ""), in_words(request.POST, at.survey)
        if "sure" not in request.POST and not (found.exact and found.number <= ASKED_AGAIN):
            context = {"access": at.access, "survey": at.survey, "query": at.query, "words": words}
            context |= {"counted": counted_in_words(found), "fields": again(request.POST)}
            return render(request, "review/bulk_sure.html", context)
        value = value_of(request.POST, at.survey, actor=request.user)
        asked = bulk.start(at.survey, act, value, query, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(back)
    if asked.state not in bulk.UNFINISHED:
        messages.success(request, told_of(asked, words))
        return redirect(back)
    transaction.on_commit(lambda: tasks.act_soon(asked.pk))
    return redirect("bulk", slug=slug, pk=asked.pk)


def chosen(form: QueryDict, at: Desk) -> str:
    """The selection of the address, or the responses that are ticked, as a query.

    Raises:
        NotPossible: none is ticked.
    """
    return at.query if form.get("on") == "all" else ticked(form)


def ticked(form: QueryDict) -> str:
    """The responses that are ticked, as a query. Raises: NotPossible: none is."""
    numbers = {number for text in form.getlist(TICKED) if (number := number_in(text))}
    if not 0 < len(numbers) <= MOST_TICKED:
        raise NotPossible(_("Tick the responses first, or choose all of the selection."))
    return urlencode([(TICKED, number) for number in sorted(numbers)])


def value_of(form: QueryDict, survey: Survey, *, actor: Any) -> int | None:
    """Raises: NotPossible: there is no such act, or no such value."""
    match form.get("act"):
        case "status":
            return status_named(form.get("status", "")).value
        case "tag":
            return found_or_made(survey, form.get("tag", ""), actor=actor).pk
        case "untag":
            return tag_named(form.get("tag", ""), survey).pk
        case "assign":
            return person_named(form.get("assign", ""), survey)
    raise NotPossible(_("Choose what to do."))


def in_words(form: QueryDict, survey: Survey) -> str:
    """The act and its value. Raises: NotPossible: as above."""
    act = str(form.get("act", ""))
    match act:
        case "status":
            value = str(status_named(form.get("status", "")).label)
        case "tag":
            value = clean_name(form.get("tag", ""))
        case "untag":
            value = tag_named(form.get("tag", ""), survey).name
        case "assign":
            person_named(value := form.get("assign", ""), survey)
            value = value or _("nobody")
        case _:
            raise NotPossible(_("Choose what to do."))
    return str(SET[act]) % {"value": value}


def tag_named(name: str, survey: Survey) -> Tag:
    tag = Tag.objects.filter(survey=survey, name=clean_name(name)).first()
    if tag is None:
        raise NotPossible(_("There is no tag “%(name)s” to take off.") % {"name": name[:60]})
    return tag


def person_named(name: str, survey: Survey) -> int | None:
    if not name:
        return None
    member = reviewers(survey).filter(user__username=name).first()
    if member is None:
        raise NotPossible(_("Choose somebody who may review the responses of this survey."))
    return member.user_id


def again(form: QueryDict) -> list[tuple[str, str]]:
    """What was sent, to be sent once more by whoever is sure."""
    names = ("act", "status", "tag", "assign", "on", TICKED)
    return [(name, value) for name in names for value in form.getlist(name)]


def told_of(done: Bulk, words: str) -> str:
    changed = ngettext(
        "%(n)s response changed, %(words)s.", "%(n)s responses changed, %(words)s.", done.changed
    ) % {"n": done.changed, "words": words}
    address = reverse("bulk", args=[done.survey.slug, done.pk])
    return format_html('{} <a href="{}">{}</a>', changed, address, _("See what was done, or undo"))


# -- what was asked for ----------------------------------------------------------------


@login_required
@require_safe
def acts(request: HttpRequest, slug: str) -> HttpResponse:
    """The acts on many in a survey, the latest first."""
    access = survey_for(request.user, slug, Role.REVIEWER)
    rows = Bulk.objects.filter(survey=access.survey).select_related("actor").order_by("-pk")
    listed = list(rows[:LISTED])
    names = names_for(access.survey, also=[one.value for one in listed])
    context = {
        "access": access,
        "survey": access.survey,
        "acts": [(one, set_to(one.act, one.value, names), lasting(one)) for one in listed],
        "listed": LISTED,
    }
    return render(request, "review/bulks.html", context)


@login_required
@require_safe
def progress(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """How far one act has come; the page asks again by itself while it goes on."""
    access, one = of_survey(request, slug, pk)
    names = names_for(access.survey, also=[one.value])
    steps = list(one.steps.values_list("undone", flat=True))
    undoing = one.state in (BulkState.UNDOING, BulkState.UNDONE)
    context = {
        "access": access,
        "survey": access.survey,
        "one": one,
        "words": set_to(one.act, one.value, names),
        "running": one.state in bulk.UNFINISHED,
        "undoing": undoing,
        "done": sum(steps) if undoing else one.seen,
        "expected": len(steps) if undoing else max(one.expected, one.seen),
        "steers": steers(access, one, request.user),
        "lasting": lasting(one),
        "can_undo": one.state in bulk.UNDOABLE and not lasting(one) and not all(steps),
        "list_query": one.query if TICKED not in QueryDict(one.query) else "",
    }
    return render(request, "review/bulk.html", context)


@login_required
@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cancel an act on many, or undo it."""
    access, one = of_survey(request, slug, pk)
    if not steers(access, one, request.user):
        raise Http404
    if request.POST.get("act") == "cancel":
        bulk.cancel(one, actor=request.user)
    elif request.POST.get("act") == "undo":
        try:
            one = bulk.undo(one, actor=request.user)
        except NotPossible as error:
            messages.error(request, str(error))
        if one.state == BulkState.UNDOING:
            transaction.on_commit(lambda: tasks.act_soon(one.pk))
    return redirect("bulk", slug=slug, pk=pk)


def lasting(one: Bulk) -> bool:
    """Whether nothing brings back what it took."""
    return ACTS[one.act].lasting


def of_survey(request: HttpRequest, slug: str, pk: int) -> tuple[Access, Bulk]:
    access = survey_for(request.user, slug, Role.REVIEWER)
    rows = Bulk.objects.select_related("actor", "survey")
    return access, get_object_or_404(rows, survey=access.survey, pk=pk)


def steers(access: Access, one: Bulk, user: Any) -> bool:
    """Whoever asked for it may stop and undo it, and so may the editors."""
    return one.actor_id == user.pk or access.edits
