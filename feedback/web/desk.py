"""A survey with the selection that an address names: what lists, exports and reports share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import render

from feedback.models import Response, Role, Survey
from feedback.permissions import Access, survey_for
from feedback.question_types.base import Item
from feedback.responses.counting import Count, count, count_all
from feedback.responses.in_field import items_of_revisions, revisions_until
from feedback.responses.offered import Offered
from feedback.responses.selection import BadSelection, Selection


@dataclass(frozen=True)
class Desk:
    """A survey with the selection that the address names, for one person."""

    access: Access
    selection: Selection
    revisions: tuple[int, ...]  # primary keys, the newest first
    reader: Any  # whom "me" means in a filter

    @cached_property
    def items(self) -> Sequence[Item]:
        return items_of_revisions(self.revisions)

    @cached_property
    def rows(self) -> QuerySet[Response]:
        """The responses of the selection. Of some filters the matches are fetched here, which
        pages of figures need not wait for: frames know most of them. Raises: BadSelection.
        """
        return self.selection.responses(self.survey, self.items, reader=self.reader)

    @property
    def survey(self) -> Survey:
        return self.access.survey

    @property
    def query(self) -> str:
        return self.selection.to_query()

    @cached_property
    def offered(self) -> Offered:
        """Read once for all that a page does with it."""
        return Offered.by(self.survey, reader=self.reader.pk)

    @property
    def counted(self) -> Count:
        """How many responses the selection has."""
        if self.selection:
            return count(self.rows, self.survey)
        return count_all(self.survey, summed=self.offered.summed)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Those who can be given responses to look after."""
        return tuple(name for name, role in self.offered.members if role >= Role.REVIEWER)


def desk(request: HttpRequest, slug: str, role: Role = Role.VIEWER) -> Desk:
    """Raises: Http404 for an outsider, BadSelection for a filter that nothing can match."""
    access = survey_for(request.user, slug, role)
    live = access.survey.live_id
    revisions = revisions_until(live) if live else ()
    items = items_of_revisions(revisions)
    selection = Selection.from_query(request.GET, items)
    return Desk(access, selection, revisions, request.user)


def selecting(view: Callable[..., Any]) -> Callable[..., Any]:
    """For views with a desk: a filter that nothing can match is told, with the way on."""

    @wraps(view)
    def handler(request: HttpRequest, slug: str, **rest: Any) -> Any:
        try:
            return view(request, slug, **rest)
        except BadSelection as error:
            access = survey_for(request.user, slug, Role.VIEWER)
            context = {"access": access, "survey": access.survey, "problem": str(error)}
            return render(request, "review/bad_selection.html", context, status=400)

    return handler
