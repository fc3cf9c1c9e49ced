"""A survey with the selection that an address names: what lists, exports and reports share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from feedback.frames.layout import layout_of
from feedback.models import Reason, Response, Role, Survey
from feedback.permissions import Access, survey_for
from feedback.question_types.base import Item, operands
from feedback.question_types.columns import Message
from feedback.responses.selection import (
    ANSWER,
    STATUS_NAMES,
    BadSelection,
    Selection,
)

# Filters whose values are codes of ours, with their words.
CODED: dict[str, dict[str, Message]] = {
    "status": {name: status.label for name, status in STATUS_NAMES.items()},
    "screened": {reason.value: reason.label for reason in Reason},
}


@dataclass(frozen=True)
class Desk:
    """A survey with the selection that the address names, for one person."""

    access: Access
    selection: Selection
    rows: QuerySet[Response]
    items: Sequence[Item]

    @property
    def survey(self) -> Survey:
        return self.access.survey

    @property
    def query(self) -> str:
        return self.selection.to_query()


def desk(request: HttpRequest, slug: str, role: Role = Role.VIEWER) -> Desk:
    """Raises: Http404 for an outsider, BadSelection for a filter that nothing can match."""
    access = survey_for(request.user, slug, role)
    items = layout_of(access.survey).items
    selection = Selection.from_query(request.GET, items)
    return Desk(access, selection, selection.responses(access.survey, items), items)


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


def active_filters(at: Desk) -> list[tuple[str, str]]:
    """Each filter that is on, in words, with the query that leaves just this one out."""
    pairs = at.selection.pairs()
    return [
        (filter_in_words(*pair, at.items), urlencode([other for other in pairs if other != pair]))
        for pair in pairs
    ]


def filter_in_words(name: str, value: str, items: Sequence[Item]) -> str:
    if name.startswith(ANSWER):
        item = operands(items)[name.removeprefix(ANSWER)]
        return f"{item.text} {item.filters()[value]}"
    words: dict[str, Message] = {
        "q": _("Words: %(value)s"),
        "tag": _("Tag: %(value)s"),
        "status": _("Status: %(value)s"),
        "screened": _("Screening: %(value)s"),
        "since": _("From %(value)s"),
        "until": _("To %(value)s"),
    }
    shown: Message = value
    if name in CODED:
        shown = CODED[name][value]
    return str(words[name]) % {"value": shown}
