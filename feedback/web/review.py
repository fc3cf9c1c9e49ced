"""The review desk: surveys, the list of responses, one response and what is done with it."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Reason, Response, Role, Status, Tag
from feedback.models.audit import record
from feedback.models.identity import decrypt
from feedback.permissions import memberships_of, survey_for
from feedback.question_types.base import operands
from feedback.questionnaire.reading import Difference, Whole, differences, orders_read, pages_read
from feedback.responses import coding
from feedback.responses.cap import is_full
from feedback.responses.order import NoPlace, Place, newer, newest_first, older
from feedback.responses.search import text_parts
from feedback.web.desk import active_filters, desk, selecting
from feedback.web.history import told
from feedback.web.revealing import revealing

PAGE = 50  # responses
COUNTED = 10_000  # exactly; counting on would take longer than the list


@login_required
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys one is a member of, with their counts."""
    context = {"memberships": memberships_of(request.user)}
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


@login_required
@require_safe
@selecting
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Responses, newest first, by keyset: any page is as quick as the first."""
    at = desk(request, slug)
    rows, to_newer, to_older = keyset_page(at.rows, request.GET)
    parts = text_parts(at.items)
    by_key = {part: item for item in at.items for part in item.parts()}
    context = {
        "access": at.access,
        "survey": at.survey,
        "selection": at.selection,
        "query": at.query,
        "active": active_filters(at),
        "rows": [(row, excerpt(row, parts, by_key)) for row in rows],
        "newer": to_newer,
        "older": to_older,
        "count": min(at.rows.order_by()[: COUNTED + 1].count(), COUNTED + 1),
        "counted": COUNTED,
        "statuses": Status,
        "reasons": Reason,
        "tags": Tag.objects.filter(survey=at.survey),
        "filters": [
            (item, item.filters().items())
            for item in operands(at.items).values()
            if item.filters() and not item.personal
        ],
    }
    return render(request, "review/listing.html", context)


def keyset_page(
    rows: QuerySet[Response], query: QueryDict
) -> tuple[list[Response], Place | None, Place | None]:
    """One page, and the places from which the newer and the older page go on, if any do."""
    listed = rows.select_related("revision").prefetch_related("tags")
    before, after = place(query.get("before")), place(query.get("after"))
    if after is not None:
        page = list(newer(listed, after)[: PAGE + 1])
        ends = page[:PAGE][::-1]
        return ends, place_of(ends, 0, there=len(page) > PAGE), place_of(ends, -1)
    listed = newest_first(listed) if before is None else older(listed, before)
    page = list(listed[: PAGE + 1])
    ends = page[:PAGE]
    further = place_of(ends, -1, there=len(page) > PAGE)
    return ends, place_of(ends, 0, there=before is not None), further


def place_of(page: list[Response], end: int, *, there: bool = True) -> Place | None:
    return Place.of(page[end]) if page and there else None


def place(text: str | None) -> Place | None:
    """A place of the address; whatever else stands there is no page of ours."""
    try:
        return Place.read(text) if text else None
    except NoPlace as error:
        raise Http404 from error


def excerpt(row: Response, parts: list[str], by_key: dict[str, Any]) -> list[tuple[str, str]]:
    """The first two texts of a response, each with its question."""
    texts = [(by_key[part].text, row.answers.get(part)) for part in parts]
    return [(question, text) for question, text in texts if isinstance(text, str)][:2]


@login_required
@require_safe
@selecting
def response(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One response, with the way to its neighbours in the selection."""
    return response_page(request, slug, pk, personal=False)


@login_required
@require_POST
@selecting
def personal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The same with its personal answers; the look is recorded before it is granted."""
    access = survey_for(request.user, slug, Role.VIEWER)
    if not access.sees_personal:
        raise Http404
    get_object_or_404(Response, survey=access.survey, pk=pk)
    record("personal", actor=request.user, survey=access.survey, response_id=pk)
    return response_page(request, slug, pk, personal=True)


def response_page(request: HttpRequest, slug: str, pk: int, *, personal: bool) -> HttpResponse:
    at = desk(request, slug)
    rows = Response.with_identity if personal else Response.objects
    row = get_object_or_404(rows.select_related("revision"), survey=at.survey, pk=pk)
    identity = decrypt(row.identity, nonce=row.nonce) if personal else {}
    names = coding.tag_names(at.survey)
    context = {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "row": row,
        "pages": pages_read(row.revision.questionnaire, row.answers, identity),
        "edits": edits_of(row, Whole(row.answers, identity), personal=personal),
        "orders": orders_read(row.revision.questionnaire, (row.paradata or {}).get("orders", {})),
        "personal": personal,
        "newer": newer(at.rows, Place.of(row)).values_list("pk", flat=True).first(),
        "older": older(at.rows, Place.of(row)).values_list("pk", flat=True).first(),
        "statuses": Status,
        "tags": names.values(),
        "notes": row.notes.select_related("author"),
        "history": [(entry, told(entry, names)) for entry in coding.history(row)],
        **revealing(request, at=reverse("response", args=[slug, pk])),
    }
    return render(request, "review/response.html", context)


def edits_of(
    row: Response, now: Whole, *, personal: bool
) -> list[tuple[datetime, list[Difference]]]:
    """When the respondent changed the response, and what; the last change first."""
    questionnaire = row.revision.questionnaire
    kept = list(row.versions.all() if personal else row.versions.defer("identity"))
    states = [
        Whole(v.answers, decrypt(v.identity, nonce=row.nonce) if personal else {}) for v in kept
    ]
    changes = [
        (version.replaced_at, differences(questionnaire, before, after))
        for version, (before, after) in zip(kept, pairwise([*states, now]), strict=True)
    ]
    return changes[::-1]


@login_required
@require_POST
def act(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set the status, add or remove a tag, add a note: what the form of a response sends."""
    access = survey_for(request.user, slug, Role.REVIEWER)
    row = get_object_or_404(Response.objects.select_related("survey"), survey=access.survey, pk=pk)
    try:
        carry_out(request.POST, row, actor=request.user)
    except coding.NotPossible as error:
        messages.error(request, str(error))
    address = reverse("response", args=[slug, pk])
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def carry_out(form: QueryDict, row: Response, *, actor: Any) -> None:
    names = {status.name.lower(): status for status in Status}
    if "status" in form:
        if form["status"] not in names:
            raise coding.NotPossible(_("Choose one of the statuses."))
        coding.set_status(row, names[form["status"]], actor=actor)
    if "tag" in form:
        coding.add_tag(row, form.get("tag", ""), actor=actor)
    if "untag" in form:
        tag = get_object_or_404(Tag, survey=row.survey, name=form["untag"])
        coding.remove_tag(row, tag, actor=actor)
    if "note" in form:
        coding.add_note(row, form.get("note", ""), actor=actor)
