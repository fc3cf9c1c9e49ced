"""The cells of a list, as markup.

Made here and not by templates: a page has hundreds of them, and fifty lines of templates
within templates took ten times as long as the queries did.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from feedback.models import Reason, Status
from feedback.question_types.base import Answers, Item
from feedback.question_types.columns import Message, State
from feedback.questionnaire.reading import Reading, read
from feedback.responses import listed
from feedback.responses.highlighting import belongs, excerpt_around, highlighted
from feedback.responses.in_field import revision
from feedback.responses.offered import Label
from feedback.web.finding import marked

FOLDED = 160  # characters; a longer answer is folded, and unfolds in its place
NOTHING = SafeString("")
COMMA = '<span class="quiet">, </span>'
PLACE = "\ue000"  # of a number; no text of ours has this character

Draw = Callable[[Any], str]  # markup, whatever people typed in it escaped


def rows_of(
    page: Iterable[Any],
    columns: Mapping[str, Message],
    items: Sequence[Item],
    *,
    around: "Around",
) -> SafeString:
    """The lines of a page, each beginning with the response's number.

    Args:
        page: rows with what ``listing.LINE`` names and the columns need.
    """
    draws = own_cells(around.tags) | answer_cells(items, around)
    cells = [(opening(name, label), draws[name]) for name, label in columns.items()]
    heads = Heads(around, columns)
    drawn = (
        f"{heads.of(it)}{''.join(f'{opened}{draw(it)}</td>' for opened, draw in cells)}</tr>"
        for it in page
    )
    return SafeString("".join(drawn))


@dataclass(frozen=True)
class Around:
    """What the lines of one page have in common.

    Attributes:
        address: of the list, below which each response has its own.
        query: of the selection, which goes along.
        words: what was searched for, to be marked where it stands.
        seen_until: what came later is new; None for whoever is here for the first time.
        ticks: whether lines can be ticked, for acts on many.
        tags: all of the survey, in their order.
        answers: those of a response as this reader may see them.
    """

    address: str
    query: str
    words: str
    seen_until: datetime | None
    ticks: bool
    tags: tuple[Label, ...]
    answers: Callable[[Any], Answers]


class Heads:
    """The first cell of each line: its number as a link, a tick, and what sets it apart."""

    def __init__(self, around: Around, columns: Mapping[str, Message]) -> None:
        self.around = around
        self.query = escape(f"?{around.query}" if around.query else "")
        self.columns = columns
        # Numbers are all that is put in, so these are escaped once, with a place for each.
        self.tick = format_html(
            '<input class="form-check-input tick" type="checkbox" form="many" name="id"'
            ' value="{0}" aria-label="{1} {0}">',
            PLACE,
            _("Tick"),
        )
        self.link = format_html(
            '<a data-line aria-label="{1} {0}" href="{2}{0}/{3}">{0}</a>',
            PLACE,
            _("Response"),
            around.address,
            SafeString(self.query),
        )
        new, told = _("New since your last visit"), _("new since your last visit")
        self.new = format_html(
            '<span class="dot" title="{}"></span><span class="visually-hidden">{}</span>', new, told
        )
        self.changed = format_html('<span class="sign">{}</span>', _("changed"))
        self.flagged = format_html('<span class="sign alarm">{}</span>', _("flagged"))

    def of(self, response: Any) -> str:
        until, number = self.around.seen_until, str(response.pk)
        is_new = until is not None and response.received_at > until
        kind = ' class="is-new"' if is_new else ""
        return "".join(
            (
                f'<tr role="row" id="r{number}"{kind}><th role="rowheader" scope="row">',
                self.tick.replace(PLACE, number) if self.around.ticks else "",
                self.link.replace(PLACE, number),
                self.new if is_new else "",
                self.changed if response.edits and "edited" not in self.columns else "",
                self.flagged if response.reasons and "screening" not in self.columns else "",
                "</th>",
            )
        )


def opening(name: str, label: Message) -> SafeString:
    kind = SafeString(' class="answer"') if name.startswith(listed.ANSWER) else NOTHING
    return format_html('<td role="cell" data-label="{}"{}>', shortened(str(label), 60), kind)


def shortened(text: str, most: int) -> str:
    """So many characters at most, and none without its marks; Django's way takes ten times as
    long, and a page does it for every line.
    """
    if len(text) <= most:
        return text
    end = most - 1
    while end and belongs(text[end]):
        end -= 1
    return f"{text[:end]}…"


def own_cells(tags: tuple[Label, ...]) -> dict[str, Draw]:
    """How each column of the response itself is drawn; words are looked up once a page."""
    language = get_language() or ""
    statuses, reasons = own_chips(language)
    known = tag_chips(tags)
    zone, clock = get_current_timezone(), get_format("SHORT_DATETIME_FORMAT")
    return {
        "received": lambda it: moment(it.received_at.astimezone(zone), clock, language),
        "status": lambda it: statuses[it.status],
        "tags": lambda it: spaced([known[pk] for pk in known if pk in it.tag_ids]),
        "assignee": lambda it: isolated(it.assigned_to) if it.assigned_to else NOTHING,
        "screening": lambda it: spaced([reasons[code] for code in it.reasons if code in reasons]),
        "edited": lambda it: times(it.edits) if it.edits else NOTHING,
        "notes": lambda it: str(it.note_count or ""),
        "language": lambda it: escape(it.language),
        "revision": lambda it: str(revision(it.revision_id).number),
        "source": lambda it: isolated(it.source) if it.source else NOTHING,
        "seconds": lambda it: "" if it.seconds is None else str(it.seconds),
    }


def answer_cells(items: Sequence[Item], around: Around) -> dict[str, Draw]:
    """How each question is drawn, with what was searched for marked where it stands."""
    last: list[tuple[int, Answers]] = [(0, {})]  # all cells of a line share one look

    def answers_of(it: Any) -> Answers:
        if last[0][0] != it.pk:
            last[0] = it.pk, around.answers(it)
        return last[0][1]

    def drawing(item: Item) -> Draw:
        return lambda it: reading_cell(read(item, answers_of(it), {}), around.words)

    return {listed.ANSWER + item.key: drawing(item) for item in items}


@lru_cache(maxsize=64)
def own_chips(_language: str) -> tuple[dict[int, SafeString], dict[str, SafeString]]:
    """Of all statuses, and of all reasons to flag."""
    statuses = {status.value: status_chip(status) for status in Status}
    return statuses, {code: chip(label, "flag") for code, label in Reason.choices}


@lru_cache(maxsize=64)
def tag_chips(tags: tuple[Label, ...]) -> dict[int, SafeString]:
    return {tag.pk: chip(tag.name, f"tag tag-{tag.colour}") for tag in tags}


def spaced(cells: Sequence[str]) -> str:
    return " ".join(cells)


def chip(text: Message, kind: str) -> SafeString:
    return format_html('<span class="chip {}"><bdi>{}</bdi></span>', kind, text)


def status_chip(status: Status) -> SafeString:
    return chip(status.label, f"status-{status.name.lower()}")


def isolated(text: str) -> str:
    """What somebody typed, in its own direction."""
    return typed(escape(text))


def typed(markup: str) -> str:
    return f'<bdi class="typed">{markup}</bdi>'


def moment(here: datetime, clock: str, language: str) -> str:
    """A local time. Args: clock: the format, which is looked up once a page; minutes at most."""
    words = minute(here.replace(second=0, microsecond=0, tzinfo=None), clock, language)
    return f'<time datetime="{here.isoformat()}">{words}</time>'


@lru_cache(maxsize=1_000)
def minute(here: datetime, clock: str, _language: str) -> str:
    """Kept: who reads a list turns its pages and comes back, and Django takes long for dates."""
    return escape(dateformat.format(here, clock))


def times(number: int) -> str:
    return escape(ngettext("%(n)s time", "%(n)s times", number) % {"n": number})


def reading_cell(reading: Reading, words: str = "") -> SafeString:
    """An answer as far as a line has room for it; else why there is none."""
    if reading.answered:
        return SafeString(COMMA.join(answer(str(line), words) for line in reading.lines))
    return unanswered(reading.state, get_language() or "")


@lru_cache(maxsize=256)
def unanswered(state: State, _language: str) -> SafeString:
    """Kept, as a page says it hundreds of times."""
    said = {State.BLANK: _("left blank"), State.DECLINED: _("declined")}
    return SafeString(f'<span class="quiet">{escape(said.get(state, _("not shown")))}</span>')


def answer(text: str, words: str) -> str:
    """One line of an answer, folded around what was found in it if it is long."""
    if not words and len(text) <= FOLDED:
        return isolated(text)
    found = highlighted(text, words) if words else [(text, False)]
    if len(text) <= FOLDED:
        return typed(marked(found))
    short, whole = (typed(marked(s)) for s in (excerpt_around(found, FOLDED), found))
    return f'<details class="clamp"><summary>{short}</summary>{whole}</details>'
