"""The filters of a desk as a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.question_types.base import Item
from feedback.question_types.columns import Message
from feedback.responses.asked import (
    ANSWER,
    CODE,
    FROM,
    NAME,
    NONE,
    STATE,
    STATES,
    THEME,
    TO,
    WORDS,
)
from feedback.responses.in_field import items_of_revisions, revision
from feedback.responses.offered import Offered
from feedback.responses.selection import Selection
from feedback.web.filters_in_words import (
    CODED,
    STATE_WORDS,
    active_filters,
    labels_of,
    language_name,
)

if TYPE_CHECKING:
    from feedback.web.desk import Desk

OF_QUESTIONS = (ANSWER, STATE, FROM, TO, WORDS)
SOURCES_SHOWN = 100  # that are offered to choose from
USUAL = ("answered", "blank", "not_shown")  # states that nobody needs to be offered


CHECKED = SafeString(" checked")
TICK = (
    '<div class="form-check"><input class="form-check-input" type="checkbox" id="{0}" name="{1}"'
    ' value="{2}"{3}><label class="form-check-label" for="{0}" dir="auto">{4}</label></div>'
)


@dataclass(frozen=True)
class Options:
    """Values to tick; with ``every``, whether all of them or any are to be met."""

    name: str
    legend: Message
    ticks: tuple[tuple[str, str, bool], ...]  # value, words, whether it is ticked
    every: str = ""
    all_of: bool = False

    @property
    def drawn(self) -> SafeString:
        """The ticks as markup: all countries in a template took longer than the whole list."""
        return format_html_join(
            "",
            TICK,
            (
                (f"{self.name}-{n}", self.name, value, CHECKED if on else "", words)
                for n, (value, words, on) in enumerate(self.ticks)
            ),
        )


@dataclass(frozen=True)
class Ends:
    """Two inputs: where a range begins, and where it ends."""

    legend: Message
    input: str
    step: str
    least: tuple[str, Any]  # the name of the filter, and its value
    most: tuple[str, Any]

    @property
    def least_value(self) -> str:
        return shown_end(self.least[1])

    @property
    def most_value(self) -> str:
        return shown_end(self.most[1])


def shown_end(value: Any) -> str:
    """As an input takes it: numbers with a point, whatever the language."""
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Group:
    """Filters that stand together, open where one of them is on."""

    title: Message
    options: tuple[Options, ...] = ()
    ends: tuple[Ends, ...] = ()
    words: tuple[tuple[str, Message, str], ...] = ()  # name of the filter, its label, its value

    @property
    def open(self) -> bool:
        ticked = (on for options in self.options for _value, _words, on in options.ticks)
        ended = (value for ends in self.ends for _name, value in (ends.least, ends.most))
        return any(ticked) or any(v is not None for v in ended) or any(w[2] for w in self.words)


def filtered(at: "Desk") -> dict[str, Any]:
    """What a page with filters beside it tells its template."""
    return {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "selection": at.selection,
        "groups": filter_groups(at),
        "active": active_filters(at),
    }


def filter_groups(at: "Desk") -> SafeString:
    """All that ``parts/filters.html`` offers, below the words to search for."""
    language, pairs = get_language() or "", at.selection.pairs()
    about = urlencode([pair for pair in pairs if of_questions(*pair)])
    rest = urlencode([pair for pair in pairs if pair[0] != "q" and not of_questions(*pair)])
    own = drawn_own(at.offered, at.revisions, rest, language)
    return own + drawn_questions(at.revisions, about, language)


def of_questions(name: str, value: str) -> bool:
    return name.startswith(OF_QUESTIONS) or (name == "every" and value != "tag")


@lru_cache(maxsize=64)
def drawn_questions(revisions: tuple[int, ...], query: str, _language: str) -> SafeString:
    """The groups of all questions: long, and the same until other answers are asked for."""
    items = items_of_revisions(revisions)
    groups = tuple(questions(Selection.read(query, items), items))
    title = format_html('<p class="questions">{}</p>', _("Answers")) if groups else ""
    return format_html("{}{}", title, drawn(groups, start=100))


@lru_cache(maxsize=64)
def drawn_own(
    offered: Offered, revisions: tuple[int, ...], query: str, _language: str
) -> SafeString:
    """Those about the response itself: the same until something else is offered or chosen."""
    items = items_of_revisions(revisions)
    chosen = Selection.read(query, items)
    groups = (
        status_and_tags(chosen, offered),
        people(chosen, offered),
        screening(chosen),
        arrival(chosen, offered, revisions),
        themes(chosen, offered, items),
        of_texts(chosen, offered, items),
    )
    return drawn(groups, start=0)


def drawn(groups: Sequence[Group], *, start: int) -> SafeString:
    """Args: start: what their ids are numbered from."""
    shown = [group for group in groups if group.options or group.ends or group.words]
    return render_to_string("parts/filter_groups.html", {"groups": shown, "start": start})


def options(
    name: str,
    legend: Message,
    offered: Mapping[str, Message],
    chosen: Iterable[Any],
    *,
    every: bool | None = None,
) -> Options:
    """Args: every: whether all are asked for; None where nobody can be asked for two."""
    on = {str(value) for value in chosen}
    # What the address names and nobody offers any more stays, to be taken away.
    offered = {**offered, **{value: value for value in sorted(on - offered.keys())}}
    # In words of this language: what is kept is found by them, and translated no more.
    ticks = tuple((value, str(words), value in on) for value, words in offered.items())
    return Options(name, legend, ticks, name if every is not None else "", bool(every))


def status_and_tags(chosen: Selection, offered: Offered) -> Group:
    tags = {tag.name: tag.name for tag in offered.tags}
    tagged = options("tag", _("Tags"), tags, chosen.tags, every="tag" in chosen.every)
    status = options("status", _("Status"), CODED["status"], chosen.statuses)
    return Group(_("Status and tags"), (status, *((tagged,) if tagged.ticks else ())))


def people(chosen: Selection, offered: Offered) -> Group:
    assigned = {**{name: name for name, _role in offered.members}, **CODED["assignee"]}
    return Group(
        _("People and notes"),
        (
            options("assignee", _("Assigned to"), assigned, chosen.assignees),
            options("noted", _("Notes"), CODED["noted"], chosen.noted),
            options("mentions", _("Mentions"), CODED["mentions"], chosen.mentions),
        ),
    )


def screening(chosen: Selection) -> Group:
    flagged = options("screened", _("Flagged because"), CODED["screened"], chosen.screened)
    return Group(_("Screening"), (flagged,))


def arrival(chosen: Selection, offered: Offered, revisions: tuple[int, ...]) -> Group:
    """When and how it came."""
    days = [(name, value and value.isoformat()) for name, value in
            (("since", chosen.since), ("until", chosen.until))]  # fmt: skip
    timed = any(value and "T" in value for _name, value in days)
    received = Ends(_("Received"), "text" if timed else "date", "any", days[0], days[1])
    numbers = [revision(pk).number for pk in revisions]
    languages, sources = languages_of(revisions), offered.sources[:SOURCES_SHOWN]
    several = [
        options("lang", _("Language"), languages, chosen.languages),
        options(
            "revision",
            _("Revision"),
            {str(n): _("Revision %(number)d") % {"number": n} for n in numbers},
            chosen.revisions,
        ),
        options("source", _("Source"), {name: name for name in sources}, chosen.sources),
    ]
    edited = options("edited", _("Changes"), CODED["edited"], chosen.edited)
    # Of what there is one of there is nothing to choose.
    shown = [o for o in several if len(o.ticks) > 1 or any(on for *_rest, on in o.ticks)]
    return Group(_("Received"), (*shown, edited), (received,))


def of_texts(chosen: Selection, offered: Offered, items: Sequence[Item]) -> Group:
    """By the codes of open answers, and by the names that the address has already."""
    codes: dict[str, dict[str, Message]] = {part: {} for part in chosen.codes}
    for part, number, name in offered.codes:
        codes.setdefault(part, {})[str(number)] = name
    labels = labels_of([*codes, *chosen.names], items)
    coded = [
        options(CODE + part, labels[part], named, chosen.codes.get(part, ()))
        for part, named in codes.items()
        if part in labels
    ]
    named = [options(NAME + part, labels[part], {}, on) for part, on in chosen.names.items()]
    return Group(_("Codes and names"), (*coded, *named))


def themes(chosen: Selection, offered: Offered, items: Sequence[Item]) -> Group:
    """The themes of open questions, and the answers that say nothing."""
    texts = {item.key: item.text for item in items}
    names: dict[str, dict[str, Message]] = {}
    for key, number, name in offered.themes:
        names.setdefault(key, {})[str(number)] = name
    found = [
        options(THEME + key, texts[key], {**there, NONE: _("Says nothing")}, on)
        for key, there in names.items()
        if key in texts
        for on in [chosen.themes.get(key, ())]
    ]
    return Group(_("Themes"), tuple(found))


def languages_of(revisions: tuple[int, ...]) -> dict[str, Message]:
    """Those of the form as it is now."""
    codes = revision(revisions[0]).questionnaire.offered_languages if revisions else []
    return {code: language_name(code) for code in codes}


def questions(chosen: Selection, items: Sequence[Item]) -> Iterable[Group]:
    """A group for each question, and for each row of one that has rows."""
    texts = {part: item for item in items for part in item.text_parts}
    for item in items:
        for key, part in item.operands().items():
            words = [p for p, owner in texts.items() if owner is item and key == item.key]
            yield question(chosen, key, part, words, declinable=item.decline)


def question(
    chosen: Selection, key: str, item: Item, texts: Sequence[str], *, declinable: Sequence[str]
) -> Group:
    found: list[Options] = []
    if (offered := item.filters()) and not item.personal:
        every = ANSWER + key in chosen.every if len(offered) > 1 else None
        codes = chosen.answers.get(key, ())
        found.append(options(ANSWER + key, _("Answer"), offered, codes, every=every))
    ways = {"declined", *declinable} if declinable else set()
    states = {name: STATE_WORDS[name] for name in STATES if name in USUAL or name in ways}
    found.append(options(STATE + key, _("Answered or not"), states, chosen.states.get(key, ())))
    ends: tuple[Ends, ...] = ()
    if (span := item.span) and not item.personal:
        least, most = chosen.spans.get(key, (None, None))
        ends = (Ends(_("Range"), span.input, span.step, (FROM + key, least), (TO + key, most)),)
    labels = {column.part: column.label for column in item.columns()}
    words = tuple(
        (WORDS + part, labels.get(part, item.text), chosen.words_in.get(part, "")) for part in texts
    )
    return Group(item.text, tuple(found), ends, words)
