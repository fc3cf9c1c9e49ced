"""What the forms of one response send: status, assignee, tags, notes, and their undoing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feedback.models import AuditEntry, Response, Role, Status, Tag
from feedback.permissions import Access, survey_for
from feedback.responses import coding
from feedback.responses.coding import ANYWAY, Overtaken, Seen
from feedback.web.history import names_for, told

STATUSES = {status.name.lower(): status for status in Status}
NOBODYS = -1  # a number that no user has: what a name stands for that is no member's


@login_required
@require_POST
def act(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Do one thing with a response; 409 where somebody else was first."""
    access = survey_for(request.user, slug, Role.REVIEWER)
    row = get_object_or_404(Response.objects.select_related("survey"), survey=access.survey, pk=pk)
    try:
        carry_out(request.POST, row, actor=request.user)
    except coding.NotPossible as error:
        messages.error(request, str(error))
    except Overtaken as error:
        return overtaken(request, access, row, error)
    address = reverse("response", args=[slug, pk])
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def carry_out(form: QueryDict, row: Response, *, actor: Any) -> None:
    """Raises: NotPossible, Overtaken."""
    if "status" in form:
        seen = status_named(form.get("seen", "")) if "seen" in form else ANYWAY
        coding.set_status(row, status_named(form.get("status", "")), actor=actor, seen=seen)
    if "assign" in form:
        assign(form, row, actor=actor)
    if "tag" in form:
        coding.add_tag(row, form.get("tag", ""), actor=actor)
    if "untag" in form:
        tag = get_object_or_404(Tag, survey=row.survey, name=form["untag"])
        coding.remove_tag(row, tag, actor=actor)
    if "note" in form:
        coding.add_note(row, form.get("note", ""), actor=actor)
    if "undo" in form:
        entry = get_object_or_404(
            AuditEntry, survey=row.survey, response_id=row.pk, pk=number_in(form.get("undo", ""))
        )
        coding.undo(entry, actor)


def status_named(name: str) -> Status:
    if name not in STATUSES:
        raise coding.NotPossible(_("Choose one of the statuses."))
    return STATUSES[name]


def assign(form: QueryDict, row: Response, *, actor: Any) -> None:
    """``assign`` and ``seen`` are names of users; an empty one is nobody."""
    people = {member.user.get_username(): member.user for member in coding.reviewers(row.survey)}
    if (name := form.get("assign", "")) and name not in people:
        raise coding.NotPossible(_("Choose somebody who may review the responses of this survey."))
    seen: Seen = ANYWAY
    if "seen" in form:
        seen = number_of(form.get("seen", ""), row) if form.get("seen", "") else None
    coding.assign(row, people.get(name), actor=actor, seen=seen)


def number_of(name: str, row: Response) -> int:
    """The number of whoever was seen to have it, who may be no member any more."""
    now = row.assignee
    return now.pk if now is not None and now.get_username() == name else NOBODYS


def number_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def overtaken(
    request: HttpRequest, access: Access, row: Response, error: Overtaken
) -> HttpResponse:
    """Who changed it to what, and both ways on: set it anyway, or leave it as it is."""
    entry = error.entry
    names = names_for(access.survey, [entry] if entry else [], also=[error.stands])
    stands = in_form(error.act, error.stands, names.people)
    context = {
        "access": access,
        "survey": access.survey,
        "row": row,
        "query": request.GET.urlencode(),
        "entry": entry,
        "words": told(entry, names) if entry else "",
        "act": error.act,
        "stands": label_of(error.act, stands),
        "seen": stands,
        "wanted": (wanted := wanted_by(request.POST, row, error.act)),
        "wanted_label": label_of(error.act, wanted),
    }
    return render(request, "review/overtaken.html", context, status=409)


def in_form(act: str, value: int | None, people: Any) -> str:
    """As the form has a value: a status or a user by name, nobody as nothing."""
    if act == "status":
        return Status(value or 0).name.lower()
    return people.get(value, "") if value is not None else ""


def label_of(act: str, value: str | None) -> str:
    if act == "status":
        return str(STATUSES[value].label) if value in STATUSES else ""
    return value or _("nobody")


def wanted_by(form: QueryDict, row: Response, act: str) -> str | None:
    """What whoever acts wanted it to be; None where there is nothing left to want."""
    if "undo" not in form:
        return form.get(act)
    if act not in coding.FIELDS:
        return None
    before = AuditEntry.objects.get(pk=number_in(form.get("undo", ""))).details["before"]
    if act == "status":
        return str(before)
    return in_form(act, before, names_for(row.survey, also=[before]).people)
