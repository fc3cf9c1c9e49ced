"""A selection of responses: what a list shows, an export holds, a report counts.

It stands in the address of every staff page, so that a view can be sent to a colleague.
Filters of different names are combined; values of one name are alternatives, unless
``every`` names it. What each filter means is told in docs/finding.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from feedback.models import Response, Survey
from feedback.question_types.base import Item
from feedback.responses.asked import (
    ANSWER,
    CODE,
    FROM,
    ME,
    NAME,
    NO,
    STATE,
    STATUS_NAMES,
    THEME,
    TO,
    WORDS,
    YES,
    Asked,
    BadSelection,
    Ends,
    Moment,
    one_line,
)
from feedback.responses.chosen import chosen

__all__ = ["ANSWER", "STATUS_NAMES", "BadSelection", "Selection"]


@dataclass(frozen=True)
class Selection:
    """Filters over the responses of one survey; all that are given must be met."""

    words: str = ""
    words_in: Mapping[str, str] = field(default_factory=dict)  # by part
    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    assignees: Sequence[str] = ()
    screened: Sequence[str] = ()
    languages: Sequence[str] = ()
    revisions: Sequence[int] = ()
    sources: Sequence[str] = ()
    edited: Sequence[str] = ()
    noted: Sequence[str] = ()
    mentions: Sequence[str] = ()
    since: Moment | None = None
    until: Moment | None = None
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spans: Mapping[str, Ends] = field(default_factory=dict)
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of open answers, by part
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # in them: id or family
    themes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    every: Sequence[str] = ()  # names of which all values are to be met, not any

    @classmethod
    def from_query(cls, query: QueryDict, items: Sequence[Item]) -> Self:
        """Read the filters of an address; what is no filter is somebody else's.

        Raises:
            BadSelection: a filter has a value that nothing can match.
        """
        asked = Asked(query, items)
        selection = cls(
            words=one_line(query.get("q", "")),
            words_in=asked.words_in(),
            statuses=asked.statuses(),
            tags=asked.values("tag"),
            assignees=asked.values("assignee"),
            screened=asked.screened(),
            languages=asked.values("lang"),
            revisions=asked.revisions(),
            sources=asked.values("source"),
            edited=asked.one_of("edited", (YES, NO)),
            noted=asked.one_of("noted", (YES, NO)),
            mentions=asked.one_of("mentions", (ME,)),
            since=asked.moment("since"),
            until=asked.moment("until"),
            answers=asked.answers(),
            states=asked.states(),
            spans=asked.spans(),
            codes=asked.given_to_texts(CODE),
            names=asked.given_to_texts(NAME),
            themes=asked.themes(),
        )
        given = selection.to_json()
        every = asked.one_of("every", ["tag", *(ANSWER + key for key in asked.choices)])
        return replace(selection, every=tuple(name for name in every if name in given))

    @classmethod
    def read(cls, query_string: str, items: Sequence[Item]) -> Self:
        """The same from a query string, such as one that was stored.

        Raises:
            BadSelection: as above; what it speaks of may be gone since.
        """
        return cls.from_query(QueryDict(query_string), items)

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[str]], items: Sequence[Item]) -> Self:
        """The reverse of ``to_json``. Raises: BadSelection."""
        query = QueryDict(mutable=True)
        for name, values in stored.items():
            query.setlist(name, list(values))
        return cls.from_query(query, items)

    def to_json(self) -> dict[str, list[str]]:
        """The values by the name of their filter."""
        stored: dict[str, list[str]] = {}
        for name, value in self.pairs():
            stored.setdefault(name, []).append(value)
        return stored

    def to_query(self) -> str:
        """The address's query string; ``from_query`` reads it back."""
        return urlencode(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as names and values, for addresses and hidden fields."""
        days = (("since", self.since), ("until", self.until))
        given: list[tuple[str, Iterable[Any]]] = [
            ("q", [self.words] if self.words else []),
            *((WORDS + part, [words]) for part, words in self.words_in.items()),
            ("status", self.statuses),
            ("tag", self.tags),
            ("assignee", self.assignees),
            ("screened", self.screened),
            ("lang", self.languages),
            ("revision", self.revisions),
            ("source", self.sources),
            ("edited", self.edited),
            ("noted", self.noted),
            ("mentions", self.mentions),
            *((name, [moment.isoformat()] if moment else []) for name, moment in days),
            *((ANSWER + key, codes) for key, codes in self.answers.items()),
            *((STATE + key, states) for key, states in self.states.items()),
            *(
                (name + key, [] if end is None else [end])
                for key, ends in self.spans.items()
                for name, end in zip((FROM, TO), ends, strict=True)
            ),
            *((CODE + part, numbers) for part, numbers in self.codes.items()),
            *((NAME + part, names) for part, names in self.names.items()),
            *((THEME + key, numbers) for key, numbers in self.themes.items()),
            ("every", self.every),
        ]
        return [(name, str(value)) for name, values in given for value in values]

    def sought_in(self, part: str) -> str:
        """The words to mark in the text of one part, as one search."""
        return " OR ".join(filter(None, [self.words, self.words_in.get(part, "")]))

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.pairs())

    def responses(
        self, survey: Survey, items: Sequence[Item], *, reader: Any = None
    ) -> QuerySet[Response]:
        """The responses that meet every filter, in no order.

        Args:
            reader: the user whom "me" means.

        Raises:
            BadSelection: "me" without a reader, or an assignee who is no member.
        """
        return chosen(self, survey, items, reader=reader)
