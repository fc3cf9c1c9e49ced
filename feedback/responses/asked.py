"""Reading the filters of an address: each is right, or refused with the remedy."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeAlias

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from feedback.models import Reason, Status
from feedback.question_types.base import WAYS, Item, Way, operands
from feedback.question_types.columns import Message, State
from feedback.question_types.spans import Bound, Span
from feedback.responses.search import text_parts

WORDS, ANSWER, STATE, FROM, TO = "q.", "answer.", "is.", "from.", "to."
CODE, NAME = "code.", "name."
THEME = "theme."
STATUS_NAMES = {status.name.lower(): status for status in Status}
# How one stands to a question: the four states, and the two ways to decline.
STATES: Mapping[str, State | Way] = {
    **{state.name.lower(): state for state in State},
    **{way: way for way in WAYS},
}
ANY, NONE = "any", "none"
SCREENED = (*Reason.values, ANY, NONE)
YES, NO = "yes", "no"
ME, NOBODY = "me", "nobody"

Moment: TypeAlias = date | datetime
Ends: TypeAlias = tuple[Bound | None, Bound | None]


class BadSelection(Exception):
    """A filter that cannot be applied; the message names it and the remedy."""


@dataclass(frozen=True)
class Asked:
    """The filters of one address, read against the items that they speak of.

    Every method raises BadSelection for a value that nothing can match.
    """

    query: QueryDict
    items: Sequence[Item]

    @cached_property
    def parts(self) -> dict[str, Item]:
        return operands(self.items)

    @cached_property
    def choices(self) -> dict[str, Mapping[str, Message]]:
        """The codes that may be asked for, by key."""
        found = {key: item.filters() for key, item in self.parts.items() if not item.personal}
        return {key: codes for key, codes in found.items() if codes}

    @cached_property
    def ranges(self) -> dict[str, Span]:
        spans = {key: item.span for key, item in self.parts.items() if not item.personal}
        return {key: span for key, span in spans.items() if span}

    def values(self, name: str) -> tuple[str, ...]:
        """The values of one filter, each once."""
        return tuple(dict.fromkeys(filter(None, map(one_line, self.query.getlist(name)))))

    def keys(self, prefix: str) -> list[str]:
        """What follows the prefix in the names that have a value."""
        names = [name for name in self.query if name.startswith(prefix)]
        return [name.removeprefix(prefix) for name in names if self.values(name)]

    def one_of(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """The values of a filter that takes only these."""
        for value in (values := self.values(name)):
            if value not in allowed:
                raise BadSelection(
                    _("“%(value)s” is no value of “%(name)s”. Use one of: %(known)s.")
                    % {"value": value[:60], "name": name[:60], "known": ", ".join(allowed)}
                )
        return values

    def statuses(self) -> tuple[str, ...]:
        for name in (names := self.values("status")):
            if name not in STATUS_NAMES:
                known = ", ".join(STATUS_NAMES)
                raise BadSelection(
                    _("“%(name)s” is not a status. Use one of: %(known)s.")
                    % {"name": name[:60], "known": known}
                )
        return names

    def screened(self) -> tuple[str, ...]:
        for name in (names := self.values("screened")):
            if name not in SCREENED:
                known = ", ".join(SCREENED)
                raise BadSelection(
                    _("“%(name)s” is no reason of screening. Use one of: %(known)s.")
                    % {"name": name[:60], "known": known}
                )
        return names

    def words_in(self) -> dict[str, str]:
        found = {part: one_line(self.query.get(WORDS + part, "")) for part in self.keys(WORDS)}
        for part in found:
            if part not in text_parts(self.items):
                raise BadSelection(
                    _("“%(part)s” has no text to search. Choose an open question of the form.")
                    % {"part": part[:60]}
                )
        return {part: words for part, words in found.items() if words}

    def given_to_texts(self, prefix: str) -> dict[str, tuple[str, ...]]:
        """Codes or names by the open question whose answers have them."""
        found = {part: self.values(prefix + part) for part in self.keys(prefix)}
        for part, values in found.items():
            if part not in text_parts(self.items):
                raise no_question(part)
            for value in values:
                if prefix == CODE and not re.fullmatch(r"[1-9][0-9]{0,6}", value):
                    raise BadSelection(
                        _("“%(text)s” is not the number of a code. Write one like 2.")
                        % {"text": value[:60]}
                    )
        return found

    def answers(self) -> dict[str, tuple[str, ...]]:
        found = {key: self.values(ANSWER + key) for key in self.keys(ANSWER)}
        for key, codes in found.items():
            for code in codes:
                if code not in self.choices.get(key, {}):
                    raise BadSelection(
                        _("“%(code)s” is not an answer to “%(key)s”. Choose one from the list.")
                        % {"code": code[:60], "key": key[:60]}
                    )
        return found

    def states(self) -> dict[str, tuple[str, ...]]:
        keys = self.keys(STATE)
        for key in keys:
            if key not in self.parts:
                raise no_question(key)
        return {key: self.one_of(STATE + key, STATES) for key in keys}

    def spans(self) -> dict[str, Ends]:
        keys = dict.fromkeys([*self.keys(FROM), *self.keys(TO)])
        return {key: self.ends(key) for key in keys}

    def ends(self, key: str) -> Ends:
        if key not in self.ranges:
            raise no_question(key)
        least, most = self.end(FROM + key, key), self.end(TO + key, key)
        if least is not None and most is not None and least > most:  # type: ignore[operator]
            raise BadSelection(
                _("The range of “%(key)s” ends before it begins. Swap %(least)s and %(most)s.")
                % {"key": key, "least": least, "most": most}
            )
        return least, most

    def end(self, name: str, key: str) -> Bound | None:
        text = one_line(self.query.get(name, ""))
        try:
            return self.ranges[key].read(text) if text else None
        except ValidationError as error:
            raise BadSelection(
                _("“%(text)s” cannot be where a range of “%(key)s” ends: %(remedy)s")
                % {"text": text[:60], "key": key, "remedy": " ".join(error.messages)}
            ) from error

    def themes(self) -> dict[str, tuple[str, ...]]:
        """Numbers of themes by open question, or ``none`` for what says nothing."""
        found = {key: self.values(THEME + key) for key in self.keys(THEME)}
        for key, numbers in found.items():
            if key not in text_parts(self.items):
                raise no_question(key)
            for number in numbers:
                if number != NONE and not re.fullmatch(r"[1-9][0-9]{0,8}", number):
                    raise no_theme(number, key)
        return found

    def revisions(self) -> tuple[int, ...]:
        for text in (texts := self.values("revision")):
            if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
                raise BadSelection(
                    _("“%(text)s” is not the number of a revision. Write one like 2.")
                    % {"text": text[:60]}
                )
        return tuple(map(int, texts))

    def moment(self, name: str) -> Moment | None:
        """A day, or a time that is taken as UTC where it says no offset."""
        text = one_line(self.query.get(name, ""))
        if not text:
            return None
        try:
            if len(text) <= len("2026-05-31"):
                return date.fromisoformat(text)
            read = datetime.fromisoformat(text)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise BadSelection(
                _(
                    "“%(text)s” is not a day for “%(name)s”. Write it like 2026-05-31,"
                    " or a time like 2026-05-31T14:05Z."
                )
                % {"text": text[:60], "name": name}
            ) from error


def no_question(key: str) -> BadSelection:
    return BadSelection(
        _("“%(key)s” is no question that can be filtered like this. Choose one of the form.")
        % {"key": key[:60]}
    )


def no_theme(number: str, key: str) -> BadSelection:
    return BadSelection(
        _("“%(number)s” is no theme of “%(key)s”. Choose one from the list.")
        % {"number": number[:60], "key": key[:60]}
    )


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:500].strip()
