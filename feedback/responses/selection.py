"""A selection of responses: what a list shows, an export holds, a report counts.

It stands in the address of every staff page, so that a view can be sent to a colleague:
``q`` words, ``status``, ``tag``, ``screened`` (why it was flagged), ``since`` and ``until``
(days, UTC, both included), and
``answer.<key>`` with a code. Values of one kind are alternatives; kinds are combined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import or_
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from feedback.models import Reason, Response, Status, Survey, Tag
from feedback.question_types.base import Item, operands
from feedback.responses import search

ANSWER = "answer."
STATUS_NAMES = {status.name.lower(): status for status in Status}


class BadSelection(Exception):
    """A filter that cannot be applied; the message names it and the remedy."""


@dataclass(frozen=True)
class Selection:
    """Filters over the responses of one survey."""

    words: str = ""
    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    screened: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def from_query(cls, query: QueryDict, items: Sequence[Item]) -> Self:
        """Read the filters of an address; what is no filter is somebody else's.

        Raises:
            BadSelection: a filter has a value that nothing can match.
        """
        offered = {name: i.filters() for name, i in operands(items).items() if not i.personal}
        names = [name for name in query if name.startswith(ANSWER) and any(query.getlist(name))]
        answers = {name.removeprefix(ANSWER): tuple(query.getlist(name)) for name in names}
        for key, codes in answers.items():
            for code in codes:
                if code not in offered.get(key, {}):
                    raise BadSelection(
                        _("“%(code)s” is not an answer to “%(key)s”. Choose one from the list.")
                        % {"code": code[:60], "key": key[:60]}
                    )
        return cls(
            words=one_line(query.get("q", "")),
            statuses=tuple(status_name(name) for name in query.getlist("status") if name),
            tags=tuple(name for raw in query.getlist("tag") if (name := one_line(raw))),
            screened=tuple(reason_name(name) for name in query.getlist("screened") if name),
            since=day(query, "since"),
            until=day(query, "until"),
            answers=answers,
        )

    def to_query(self) -> str:
        """The address's query string; ``from_query`` reads it back."""
        return urlencode(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as names and values, for addresses and hidden fields."""
        pairs: list[tuple[str, str]] = [("q", self.words)] if self.words else []
        pairs += [("status", name) for name in self.statuses]
        pairs += [("tag", name) for name in self.tags]
        pairs += [("screened", name) for name in self.screened]
        days = {"since": self.since, "until": self.until}
        pairs += [(name, value.isoformat()) for name, value in days.items() if value]
        pairs += [(ANSWER + key, code) for key, codes in self.answers.items() for code in codes]
        return pairs

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.pairs())

    def responses(self, survey: Survey, items: Sequence[Item]) -> QuerySet[Response]:
        """The responses that meet every filter, in no order."""
        rows = Response.objects.filter(survey=survey)
        if self.statuses:
            rows = rows.filter(status__in=[STATUS_NAMES[name] for name in self.statuses])
        if self.tags:
            tagged = Tag.objects.filter(survey=survey, name__in=self.tags)
            through = Response.tags.through.objects.filter(tag__in=tagged)
            rows = rows.filter(pk__in=through.values("response_id"))
        if self.screened:
            # Said twice, so that the index of those with any reason is found.
            rows = rows.exclude(reasons=[]).filter(reasons__overlap=list(self.screened))
        if self.since:
            rows = rows.filter(received_at__gte=datetime.combine(self.since, time.min, tzinfo=UTC))
        if self.until:
            rows = rows.filter(received_at__lte=datetime.combine(self.until, time.max, tzinfo=UTC))
        by_key = operands(items)
        for key, codes in self.answers.items():
            rows = rows.filter(reduce(or_, (by_key[key].where(code) for code in codes), Q()))
        if self.words:
            rows = rows.filter(pk__in=search.matching(survey, self.words))
        return rows


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:500]


def status_name(name: str) -> str:
    if name not in STATUS_NAMES:
        known = ", ".join(STATUS_NAMES)
        raise BadSelection(
            _("“%(name)s” is not a status. Use one of: %(known)s.")
            % {"name": name[:60], "known": known}
        )
    return name


def reason_name(name: str) -> str:
    if name not in Reason.values:
        known = ", ".join(Reason.values)
        raise BadSelection(
            _("“%(name)s” is no reason of screening. Use one of: %(known)s.")
            % {"name": name[:60], "known": known}
        )
    return name


def day(query: QueryDict, name: str) -> date | None:
    if not (text := query.get(name, "")):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSelection(
            _("“%(text)s” is not a day for “%(name)s”. Write it like 2026-05-31.")
            % {"text": text[:60], "name": name}
        ) from error
