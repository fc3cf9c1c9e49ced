"""The responses of a selection that was stored as the query string of an address."""

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.http import QueryDict

from feedback.models import Response, Revision, Survey
from feedback.question_types.base import Item
from feedback.questionnaire.changes import pooled
from feedback.responses.in_field import revision
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
    return Selection.from_query(QueryDict(query), items).responses(survey, items)


def items_of(survey: Survey) -> list[Item]:
    """The items over all revisions of a survey."""
    revisions = Revision.objects.filter(survey=survey).order_by("-number")
    return list(items_of_revisions(tuple(revisions.values_list("pk", flat=True))))


@lru_cache(maxsize=128)
def items_of_revisions(newest_first: tuple[int, ...]) -> tuple[Item, ...]:
    """Kept, as revisions never change."""
    return tuple(pooled(revision(pk).questionnaire for pk in newest_first))
