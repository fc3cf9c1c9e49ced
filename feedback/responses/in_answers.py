"""How many responses have what was found in their texts: names by a program, codes by people.

Spam is left out of all of it, as of every figure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from feedback.models import Coded, NamedIn, Read, Response, Status, Survey

Rows = QuerySet[Response] | None  # only of these responses; None for all


@dataclass(frozen=True)
class InAnswers:
    """Of one question.

    Attributes:
        found: a row for each thing in each response.
        by: the field that tells one thing from another.
        looked_at: in how many answers they were looked for, where that is not all of them.
    """

    found: QuerySet[Any]
    by: str
    looked_at: int | None = None

    @property
    def counts(self) -> Mapping[Any, int]:
        """How many responses have each, most first."""
        each = self.found.values_list(self.by).annotate(n=Count("response", distinct=True))
        return dict(each.order_by("-n", self.by))

    def any_of(self, codes: Collection[Any]) -> int:
        """How many responses have one of these at least."""
        some = self.found.filter(**{f"{self.by}__in": codes})
        return some.values("response").distinct().count()


def families(survey: Survey, part: str, rows: Rows = None) -> InAnswers:
    """Who names which family of names."""
    found = NamedIn.objects.filter(survey=survey, part=part)
    return InAnswers(of(found, rows), "family")


def codes(survey: Survey, part: str, rows: Rows = None) -> InAnswers:
    """Which answers were given which code, by its number, by whoever's codes count."""
    read = of(Read.objects.filter(survey=survey, part=part, counts=True), rows)
    found = Coded.objects.filter(read__in=read.order_by().values("pk"))
    return InAnswers(found, "code__number", looked_at=read.count())


def of(found: QuerySet[Any], rows: Rows) -> QuerySet[Any]:
    found = found.exclude(response__status=Status.SPAM)
    return found if rows is None else found.filter(response__in=rows.order_by().values("pk"))
