"""Filters in words: what is on, with the way to take each away, and how many it keeps."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf.locale import LANG_INFO
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import Reason
from feedback.question_types.base import WAYS, Item, operands
from feedback.question_types.columns import Message
from feedback.responses.asked import (
    ANSWER,
    ANY,
    CODE,
    FROM,
    ME,
    NAME,
    NO,
    NOBODY,
    NONE,
    STATE,
    STATUS_NAMES,
    THEME,
    WORDS,
    YES,
)
from feedback.responses.counting import Count

if TYPE_CHECKING:
    from feedback.web.desk import Desk

STATE_WORDS: Mapping[str, Message] = {
    "answered": gettext_lazy("Answered"),
    "blank": gettext_lazy("Left blank"),
    "not_shown": gettext_lazy("Not shown"),
    "declined": gettext_lazy("Declined"),
    **{str(way): words for way, words in WAYS.items()},
}
CODED: Mapping[str, Mapping[str, Message]] = {
    "status": {name: status.label for name, status in STATUS_NAMES.items()},
    "screened": {
        **{reason.value: reason.label for reason in Reason},
        ANY: gettext_lazy("Flagged for any reason"),
        NONE: gettext_lazy("Not flagged"),
    },
    "assignee": {ME: gettext_lazy("Me"), NOBODY: gettext_lazy("Nobody")},
    "edited": {
        YES: gettext_lazy("Changed by its respondent"),
        NO: gettext_lazy("Never changed"),
    },
    "noted": {YES: gettext_lazy("With notes"), NO: gettext_lazy("Without notes")},
    "mentions": {ME: gettext_lazy("A note speaks to me")},
}
NAMED: Mapping[str, Message] = {
    "q": gettext_lazy("Words: %(value)s"),
    "tag": gettext_lazy("Tag: %(value)s"),
    "status": gettext_lazy("Status: %(value)s"),
    "screened": gettext_lazy("Screening: %(value)s"),
    "assignee": gettext_lazy("Assigned to: %(value)s"),
    "lang": gettext_lazy("Language: %(value)s"),
    "revision": gettext_lazy("Revision: %(value)s"),
    "source": gettext_lazy("Source: %(value)s"),
    "edited": gettext_lazy("%(value)s"),
    "noted": gettext_lazy("%(value)s"),
    "mentions": gettext_lazy("%(value)s"),
    "since": gettext_lazy("From %(value)s"),
    "until": gettext_lazy("To %(value)s"),
}


def active_filters(at: "Desk") -> list[tuple[str, str]]:
    """Each filter that is on, in words, with the query that leaves just this one out."""
    pairs = at.selection.pairs()
    counts = Counter(name for name, _value in pairs)
    shown = [pair for pair in pairs if pair[0] != "every" or counts[pair[1]] > 1]
    return [
        (in_words(name, value, at), urlencode([pair for pair in pairs if pair != (name, value)]))
        for name, value in shown
    ]


def labels_of(parts: Collection[str], items: Sequence[Item]) -> dict[str, Message]:
    """What these parts of open questions are called; only of what is asked still."""
    asked = [item for item in items if not {*item.text_parts}.isdisjoint(parts)]
    return {column.part: column.label for item in asked for column in item.columns()}


def in_words(name: str, value: str, at: "Desk") -> str:
    """One filter in words."""
    if name in NAMED:
        return str(NAMED[name]) % {"value": value_in_words(name, value)}
    parts = operands(at.items)
    if name == "every":
        what = _("Tags") if value == "tag" else parts[value.removeprefix(ANSWER)].text
        return _("%(what)s – all of these, not any") % {"what": what}
    prefix, _point, key = name.partition(".")
    prefix += "."
    if prefix == WORDS:
        labels = labels_of([key], at.items)
        return _("%(question)s – words: %(value)s") % {"question": labels[key], "value": value}
    if prefix in (CODE, NAME):
        labels = labels_of([key], at.items)
        codes = {(of, str(number)): name for of, number, name in at.offered.codes}
        if prefix == CODE:
            about = {"question": labels[key], "value": codes.get((key, value), value)}
            return _("%(question)s – code: %(value)s") % about
        return _("%(question)s – name: %(value)s") % {"question": labels[key], "value": value}
    item = parts[key]
    if prefix == THEME:
        named = {str(number): name for of, number, name in at.offered.themes if of == key}
        words = _("Says nothing") if value == NONE else named.get(value, value)
        return _("%(question)s – theme: %(value)s") % {"question": item.text, "value": words}
    if prefix == ANSWER:
        joined = _("%(question)s %(value)s")
        return joined % {"question": item.text, "value": item.filters()[value]}
    if prefix == STATE:
        said = STATE_WORDS[value]
        return _("%(question)s – %(state)s") % {"question": item.text, "state": said}
    least, most = at.selection.spans[key]
    end = item.words(key, least if prefix == FROM else most)
    if prefix == FROM:
        return _("%(question)s – from %(value)s") % {"question": item.text, "value": end}
    return _("%(question)s – to %(value)s") % {"question": item.text, "value": end}


def value_in_words(name: str, value: str) -> Message:
    if name == "lang":
        return language_name(value)
    return CODED.get(name, {}).get(value, value)


def counted_in_words(count: Count) -> str:
    """How many responses there are, and whether that is an estimate."""
    responses = ngettext("%(number)s response", "%(number)s responses", count.number) % {
        "number": number_format(count.number, force_grouping=True)
    }
    if count.exact:
        return responses
    if count.below:
        return _("Fewer than %(responses)s") % {"responses": responses}
    return _("About %(responses)s") % {"responses": responses}


def language_name(code: str) -> str:
    known = LANG_INFO.get(code.lower(), {})
    return str(known.get("name_local", code))
