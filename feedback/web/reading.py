"""One response, read beside its neighbours in the list it was opened from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from psycopg import sql

from feedback.analysis.publishing import publishable_of
from feedback.models import Response, Role, Status, Survey
from feedback.models.audit import record
from feedback.models.identity import decrypt
from feedback.models.written import columns
from feedback.open_text.discretion import Discretion
from feedback.permissions import survey_for
from feedback.question_types.base import Answers, Item
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.reading import Difference, Whole, differences, orders_read, pages_read
from feedback.responses import coding, listed, notes
from feedback.responses.in_field import revision
from feedback.responses.order import Place, around
from feedback.responses.quotes import not_agreed, quotable
from feedback.responses.traces import Traces
from feedback.web.cells import shortened
from feedback.web.desk import Desk, desk, selecting
from feedback.web.history import names_for, told
from feedback.web.listing import LINE, searched
from feedback.web.revealing import revealing

EACH_WAY = 8  # neighbours that stand beside a response
GLANCE = 90  # characters of each
NEIGHBOUR = (
    '<li{}><a href="{}"{}><span class="about"><strong>{}</strong> {}{}</span>'
    '<span class="glance" dir="auto">{}</span></a></li>'
)
ONE = sql.SQL("SELECT {} FROM feedback_response AS r WHERE survey_id = %s AND id = %s")
WITH_IDENTITY = ONE.format(columns(Response, "r")).as_string()
WITHOUT_IDENTITY = ONE.format(columns(Response, "r", leaving=("identity",))).as_string()
STRUCK, CURRENT = ' class="struck"', ' aria-current="page"'


@dataclass(frozen=True)
class Edit:
    """One time that the respondent changed the response, and what."""

    at: datetime
    differences: list[Difference]


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
    covering = Discretion.towards(at.items, sees_personal=at.access.sees_personal)
    row = one(at.survey, pk, personal=personal)
    identity = decrypt(row.identity, nonce=row.nonce) if personal else {}
    questionnaire = as_worded_for(row)
    beside = around(at.rows.only(*LINE), Place.of(row), each_way=EACH_WAY)
    there = [*beside.newer, row, *beside.older]
    known_as = covering.words_by([one.pk for one in there])

    def shown(answers: Answers) -> Answers:
        return covering.shown(answers, known_as.get(row.pk, ()))

    answers = shown(row.answers)
    columns = listed.chosen(at.access.membership.columns, at.items)
    questions, parts = listed.asked(columns, at.items), listed.parts_shown(columns, at.items)

    def glance(one: Response) -> str:
        covered = covering.shown(one.answers, known_as.get(one.pk, ()), parts=parts)
        return first_words(covered, questions)

    traces = Traces.on(row)
    entries = coding.history(row) if traces.acts else []
    conversation = notes.thread(row) if traces.notes else []
    if conversation:
        notes.seen(row, request.user)
    names = names_for(at.survey, entries, tags={tag.pk: tag.name for tag in at.offered.tags})
    context = {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "searched": searched(at.selection),
        "row": row,
        "worded_in": revision(row.revision_id).number,
        "pages": pages_read(questionnaire, answers, identity),
        "covered": answers != row.answers,
        "edits": edits_of(
            row,
            questionnaire,
            Whole(answers, identity),
            personal=personal,
            shown=shown,
        ),
        "orders": orders_read(questionnaire, (row.paradata or {}).get("orders", {})),
        "personal": personal,
        "beside": lines_beside(at, row, there, glance),
        "newer": beside.next_newer,
        "older": beside.next_older,
        "list_from": Place.of(beside.newer[0]) if len(beside.newer) == EACH_WAY else None,
        "statuses": Status,
        "own": traces.tags,
        "tags": names.tags.values(),
        "people": at.reviewers,
        "thread": conversation,
        "quotable": quotable(row, publishable_of(at.revisions)) if at.access.edits else [],
        "not_agreed": not_agreed(row) if at.access.edits else [],
        "quoted": row.quotes.all() if traces.quotes else [],
        "undoable": (last := coding.undoable(row, request.user, entries)),
        "undoes": told(last, names) if last else "",
        "history": [(entry, told(entry, names)) for entry in entries],
        **revealing(request, at=reverse("response", args=[slug, pk])),
    }
    return render(request, "review/response.html", context)


def one(survey: Survey, pk: int, *, personal: bool) -> Response:
    """A response, its personal answers with it only if asked for. Raises: Http404."""
    # Written out, as every step through the list asks this.
    statement = WITH_IDENTITY if personal else WITHOUT_IDENTITY
    found: Response | None = next(iter(Response.objects.raw(statement, [survey.pk, pk])), None)
    if found is None:
        raise Http404
    return found


def as_worded_for(row: Response) -> Questionnaire:
    """The questionnaire as its respondent read it: of that revision, in that language."""
    questionnaire = revision(row.revision_id).questionnaire
    spoken = row.language in questionnaire.offered_languages
    return questionnaire.in_language(row.language) if spoken else questionnaire


def lines_beside(
    at: Desk,
    row: Response,
    there: Iterable[Response],
    glance: Callable[[Response], str],
) -> SafeString:
    """The list about a response: of each the first question that was answered."""
    address = escape(reverse("responses", args=[at.survey.slug]))
    query = escape(f"?{at.query}" if at.query else "")
    labels = {status.value: escape(str(status.label)) for status in Status}
    flagged = escape(" · " + _("flagged"))
    # All of it is escaped here: Django's way took as long as fetching the lines.
    return SafeString(
        "\n".join(
            NEIGHBOUR.format(
                STRUCK if one.status == Status.SPAM else "",
                f"{address}{one.pk}/{query}",
                CURRENT if one.pk == row.pk else "",
                one.pk,
                labels[one.status],
                flagged if one.reasons else "",
                escape(glance(one) or "–"),
            )
            for one in there
        )
    )


def first_words(answers: Answers, questions: Iterable[Item]) -> str:
    readings = listed.readings(answers, questions)
    lines = next((reading.lines for reading in readings if reading.answered), [])
    return shortened(" · ".join(map(str, lines)), GLANCE)


def edits_of(
    row: Response,
    questionnaire: Questionnaire,
    now: Whole,
    *,
    personal: bool,
    shown: Callable[[Answers], Answers],
) -> list[Edit]:
    """When the respondent changed the response, and what; the last change first.

    Args:
        shown: gives answers as the reader may see them.
    """
    if not row.edits:
        return []
    kept = list(row.versions.all() if personal else row.versions.defer("identity"))
    states = [
        Whole(shown(v.answers), decrypt(v.identity, nonce=row.nonce) if personal else {})
        for v in kept
    ]
    edits = [
        Edit(version.replaced_at, differences(questionnaire, before, after))
        for version, (before, after) in zip(kept, pairwise([*states, now]), strict=True)
    ]
    return edits[::-1]
