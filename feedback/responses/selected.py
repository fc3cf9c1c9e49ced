"""The responses of a selection that was stored as the query string of an address."""

from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet

from feedback.models import Response, Survey
from feedback.responses.in_field import items_of
from feedback.responses.selection import Selection

TICKED = "id"  # single responses, named by their numbers


def selected(survey: Survey, query: str, *, reader: Any) -> QuerySet[Response]:
    """What the query selects of a survey now, or just the responses it names one by one.

    Args:
        reader: for whom it is read.

    Raises:
        BadSelection: what it speaks of is gone.
    """
    ticked = [value for name, value in parse_qsl(query) if name == TICKED]
    if ticked:
        return Response.objects.filter(survey=survey, pk__in=ticked)
    items = items_of(survey)
    return Selection.read(query, items).responses(survey, items, reader=reader)
