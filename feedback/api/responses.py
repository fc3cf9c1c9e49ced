"""A survey's responses as CSV or JSON Lines, by a plain GET with a bearer token.

``GET /api/<slug>/responses.csv`` takes the filters and choices of a staff export, except
that ``since`` asks for what is new or changed since then, with the withdrawn as tombstones.
The header ``Next-Since`` of the answer is what to ask with the next time: nothing is
missed, and a little may come twice, so rows are to be replaced by their number.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from feedback.exports import FORMATS
from feedback.exports.choices import BadChoice, Choices
from feedback.exports.format import Format, silent
from feedback.exports.table import Table, seen_until
from feedback.keys import access_by
from feedback.models.audit import record
from feedback.responses.in_field import items_of
from feedback.responses.selection import BadSelection, Selection

SCHEME = "Bearer "


@require_safe
def responses(request: HttpRequest, slug: str, name: str) -> Any:
    """The selection of the address, streamed."""
    kind = FORMATS.get(name)
    if kind is None or kind.stream is None:
        raise Http404
    try:
        return streamed(request, slug, kind)
    except BadSelection as error:
        return JsonResponse({"error": str(error)}, status=400)
    except Http404:
        answer = JsonResponse({"error": "No such survey, or not for this key."}, status=404)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer


def streamed(request: HttpRequest, slug: str, kind: Format) -> HttpResponse | StreamingHttpResponse:
    """Raises: Http404: no such key, or not for this survey; BadSelection."""
    said = request.headers.get("Authorization", "")
    if not said.startswith(SCHEME):
        raise Http404
    key, access = access_by(said.removeprefix(SCHEME).strip(), slug)
    query = request.GET.copy()
    since = moment(query.pop("since", [""])[-1])
    choices = Choices.from_query(query)
    if choices.personal and not key.personal:
        raise BadChoice("This key does not open personal answers. Make one that does.")
    translation.activate(settings.LANGUAGE_CODE)
    selection = Selection.from_query(query, items_of(access.survey))
    again = seen_until()
    table = Table.of(access.survey, selection, choices, reader=key.user, changed_since=since)
    record(
        "export",
        actor=key.user,
        survey=access.survey,
        personal=choices.personal,
        format=kind.name,
        key=key.pk,
    )
    assert kind.stream is not None
    answer = (
        HttpResponse()
        if request.method == "HEAD"
        else StreamingHttpResponse(kind.stream(table, silent))
    )
    answer.headers["Content-Type"] = kind.mime
    answer.headers["Next-Since"] = again.astimezone(UTC).isoformat()
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def moment(text: str) -> datetime | None:
    """Raises: BadChoice: it is no time."""
    if not text:
        return None
    try:
        # A plus of an offset that nobody escaped arrives as a space.
        found = parse_datetime(text.strip().replace(" ", "+" if "T" in text else " "))
    except ValueError:
        found = None
    if found is None:
        raise BadChoice(f"“{text[:60]}” is no time. Write it like 2026-05-31T14:05:00Z.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
