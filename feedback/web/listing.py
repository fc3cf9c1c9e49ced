"""The list of responses: which columns it has, which page of it is shown, what is new."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import Lines, Membership, Note, Response, Role
from feedback.open_text.discretion import Discretion
from feedback.permissions import Access, survey_for
from feedback.responses import counting, listed
from feedback.responses.order import START, NoPlace, Place, newer, newest_first, older
from feedback.responses.selection import Selection
from feedback.responses.visits import visited
from feedback.web import bulk
from feedback.web.acting import number_in
from feedback.web.cells import Around, rows_of
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import filtered
from feedback.web.filters_in_words import counted_in_words
from feedback.web.views import saved_views

PAGE = 50  # of what is no response
MOST_NEW = 1_000  # beyond which it is just many
# Of a response, for a line of the list: the other fields are never shown there.
LINE = (
    "pk",
    "revision_id",
    "received_at",
    "language",
    "source",
    "seconds",
    "answers",
    "edits",
    "status",
    "reasons",
)


@login_required
@require_safe
@selecting
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Responses, newest first, by keyset: any page is as quick as the first."""
    at = desk(request, slug)
    seen_until = visited(at.access.membership, at=timezone.now())
    given = request.GET.getlist("column")
    columns = listed.chosen(given or at.access.membership.columns, at.items)
    shown = with_what_lists_show(at.rows, columns)
    page, to_newer, to_older = keyset_page(shown, request.GET, lines=at.access.membership.lines)
    discretion = Discretion.towards(at.items, sees_personal=at.access.sees_personal)
    around = Around(
        address=reverse("responses", args=[slug]),
        query=at.query,
        words=searched(at.selection),
        seen_until=seen_until,
        ticks=at.access.reviews,
        tags=at.offered.tags,
        answers=discretion.over(page, listed.parts_shown(columns, at.items)),
    )
    whole = 0 if to_newer or to_older else len(page)
    counted = counting.Count(whole, exact=True) if whole else at.counted
    context = {
        **filtered(at),
        "shown": urlencode([*at.selection.pairs(), *(("column", name) for name in given)]),
        "columns": columns,
        "rows": rows_of(page, columns, at.items, around=around),
        "new": how_many_new(at, seen_until),
        "seen_until": seen_until,
        "newer": to_newer,
        "older": to_older,
        "start": START,
        "counted": counted_in_words(counted),
        "any": counted.number > 0,
        "most_new": MOST_NEW,
        "views": saved_views(at),
        **bulk.bar(at),
    }
    return render(request, "review/listing.html", context)


def how_many_new(at: Desk, seen_until: datetime | None) -> int:
    """Responses since the last visit, whatever is filtered; no more than are worth telling."""
    if seen_until is None:
        return 0
    since = Response.objects.filter(survey=at.survey, received_at__gt=seen_until)
    return since.order_by()[:MOST_NEW].count()


def searched(selection: Selection) -> str:
    """All words that were looked for, wherever they were to stand."""
    return " ".join([selection.words, *selection.words_in.values()]).strip()


def with_what_lists_show(rows: QuerySet[Response], columns: Collection[str]) -> QuerySet[Any, Any]:
    """All that lines read and no more, as named tuples: models of part of their fields take ten
    times as long to make. One query for any number of lines.
    """
    also = []
    if "tags" in columns:
        through = Response.tags.through.objects.filter(response=OuterRef("pk"))
        rows = rows.annotate(tag_ids=ArraySubquery(through.values("tag_id")))
        also.append("tag_ids")
    if "assignee" in columns:
        rows = rows.annotate(assigned_to=F("assignee__username"))
        also.append("assigned_to")
    if "notes" in columns:
        notes = Note.objects.filter(response=OuterRef("pk")).order_by().values("response")
        number = Subquery(notes.annotate(number=Count("pk")).values("number"))
        rows = rows.annotate(note_count=Coalesce(number, 0, output_field=IntegerField()))
        also.append("note_count")
    return rows.values_list(*LINE, *also, named=True)


def keyset_page(
    rows: QuerySet[Any, Any], query: QueryDict, *, lines: int
) -> tuple[list[Any], Place | None, Place | None]:
    """One page, and the places from which the newer and the older page go on, if any do."""
    before, after = place(query.get("before")), place(query.get("after"))
    if after is not None:
        page = list(newer(rows, after)[: lines + 1])
        ends = page[:lines][::-1]
        further = place_of(ends, -1, there=after != START)
        return ends, place_of(ends, 0, there=len(page) > lines), further
    page = list((newest_first(rows) if before is None else older(rows, before))[: lines + 1])
    ends = page[:lines]
    further = place_of(ends, -1, there=len(page) > lines)
    return ends, place_of(ends, 0, there=before is not None), further


def place_of(page: list[Any], end: int, *, there: bool = True) -> Place | None:
    return Place.of(page[end]) if page and there else None


def place(text: str | None) -> Place | None:
    """A place of the address; whatever else stands there is no page of ours."""
    try:
        return Place.read(text) if text else None
    except NoPlace as error:
        raise Http404 from error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@selecting
def columns(request: HttpRequest, slug: str) -> HttpResponse:
    """Which columns one's own list has, in which order, and how many lines a page has."""
    at = desk(request, slug)
    names = list(listed.chosen(at.access.membership.columns, at.items))
    if request.method == "POST":
        membership = at.access.membership
        if "lines" in request.POST:
            membership.lines = lines_of(request.POST, membership)
        else:
            membership.columns = rearranged(names, request.POST, at)
        membership.save(update_fields=["columns", "lines"])
        address = reverse("columns", args=[slug])
        return redirect(f"{address}?{at.query}" if at.query else address)
    there = listed.offered(at.items)
    context = {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "chosen": [(name, there[name]) for name in names],
        "others": [(name, label) for name, label in there.items() if name not in names],
        "lengths": Lines.values,
    }
    return render(request, "review/columns.html", context)


def lines_of(form: QueryDict, membership: Membership) -> int:
    """How many lines a form asks for; as many as now where it asks for what is not offered."""
    wanted = number_in(form.get("lines", ""))
    return wanted if wanted in Lines.values else membership.lines


def rearranged(names: list[str], form: QueryDict, at: Desk) -> list[str]:
    """The columns after the one act that a form names; [] brings the usual ones back."""
    there = listed.offered(at.items)
    if (name := form.get("earlier", "")) in names:
        return listed.moved(names, name, by=-1)
    if (name := form.get("later", "")) in names:
        return listed.moved(names, name, by=1)
    if (name := form.get("remove", "")) in names:
        return [other for other in names if other != name]
    if (name := form.get("add", "")) in there:
        return [*names, name]
    return [] if "usual" in form else names


@login_required
@require_safe
def begun(request: HttpRequest, slug: str) -> HttpResponse:
    """Responses begun and not sent: how far they came, never what they say."""
    access = survey_for(request.user, slug, Role.VIEWER)
    rows = access.survey.partials.defer("content").select_related("revision")
    return aside(request, access, rows, "review/begun.html")


@login_required
@require_safe
def withdrawn(request: HttpRequest, slug: str) -> HttpResponse:
    """What is left of responses that were withdrawn, or deleted by an owner."""
    access = survey_for(request.user, slug, Role.VIEWER)
    return aside(request, access, access.survey.tombstones.all(), "review/withdrawn.html")


def aside(request: HttpRequest, access: Access, rows: QuerySet[Any], template: str) -> HttpResponse:
    """A list of what is no response: the newest first, paged by number."""
    if before := number_in(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "access": access,
        "survey": access.survey,
        "rows": page[:PAGE],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "now": timezone.now(),
    }
    return render(request, template, context)
