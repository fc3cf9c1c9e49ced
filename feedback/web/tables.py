"""The tables of a summary, as markup.

Made here and not by templates, as the cells of a list are: a summary has hundreds of rows, and
templates took ten times as long for them as the counting did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from feedback.analysis.charts import Bar, Post, Standing
from feedback.analysis.drawing.numbers import counted, decimal
from feedback.analysis.intervals import wilson
from feedback.analysis.themes import Counted
from feedback.question_types.columns import Message

HIDDEN = '<td class="drawn" aria-hidden="true">'
NOT_DRAWN = f"{HIDDEN}</td>"
BOX = (
    f'{HIDDEN}<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none">'
    '<rect class="track" width="100" height="10"/><rect class="value" width="'
)


@dataclass(frozen=True)
class Links:
    """To the responses behind a figure.

    Attributes:
        address: of the list of responses.
        query: of the selection that was counted, which goes along; "" for all.
    """

    address: str
    query: str

    def of(self, name: str) -> str:
        """Where the links of one filter begin, as markup that wants its value."""
        return escape(f"{self.address}?{f'{self.query}&' if self.query else ''}{quote(name)}=")


def linked(n: int, start: str, value: str) -> str:
    """A number with the way to its responses. Args: start: as ``Links.of`` gives it."""
    return f'<a href="{start}{quote(value)}">{counted(n)}</a>'


def tally(bars: Sequence[Bar], start: str) -> SafeString:
    """How often each answer was given, with shares, intervals and the bars of them."""
    if not bars:
        return SafeString("")
    heads = [_("Answer"), _("Number"), with_interval(_("Share"))]
    heads += [with_interval(_("Weighted"))] if bars[0].weighted else []
    heads += [_("Of those asked")] if bars[0].of_seen is not None else []
    return table(heads, (tally_row(bar, start) for bar in bars), drawn=True)


def tally_row(bar: Bar, start: str) -> str:
    cells = [linked(bar.n, start, bar.code), share(bar.share, bar.low, bar.high)]
    cells += [share(*bar.weighted)] if bar.weighted else []
    cells += [f"{decimal(bar.of_seen, places=1)} %"] if bar.of_seen is not None else []
    return row(escape(bar.label), cells) + box(bar.shape)


def themes(counts: Iterable[Counted], start: str) -> SafeString:
    """How many answers each theme of an open question has."""
    mixed, draft = (
        f' <span class="chip">{escape(word)}</span>' for word in (_("mixed"), _("draft"))
    )
    rows = (
        row(
            f"{escape(one.theme.name)}{draft if one.theme.is_draft else ''}"
            f"{mixed if one.theme.mixed else ''}",
            [linked(one.n, start, str(one.theme.number)), share(one.share, *one.interval)],
            typed=True,
        )
        + box(one.shape)
        for one in counts
    )
    return table([_("Theme"), _("Answers"), with_interval(_("Share"))], rows, drawn=True)


def names(people: Iterable[tuple[str, str, int]], base: int, start: str) -> SafeString:
    """How many name what. Args: people: id, name and number; base: how many answered."""
    return among([_("Name"), _("People")], people, base, start)


def codes(answers: Iterable[tuple[str, str, int]], base: int, start: str) -> SafeString:
    """How many answers have which code. Args: base: how many were read."""
    return among([_("Code"), _("Answers")], answers, base, start)


def among(
    head: Sequence[str], counts: Iterable[tuple[str, str, int]], base: int, start: str
) -> SafeString:
    """What was found in texts, with its share of the texts in which it was looked for."""

    def line(code: str, words: str, n: int) -> str:
        low, high = (100 * end for end in wilson(n, base))
        part = 100 * n / base
        drawn = {"width": part, "low": low, "span": high - low}
        return row(
            escape(words), [linked(n, start, code), share(part, low, high)], typed=True
        ) + box({name: f"{value:.2f}" for name, value in drawn.items()})

    rows = (line(*one) for one in counts) if base else ()
    return table([*head, with_interval(_("Share"))], rows, drawn=True)


def bins(counts: Sequence[tuple[str, int]], unit: str) -> SafeString:
    """Numbers or days by classes: their words and how many, each beside the fullest."""
    highest = max((n for _words, n in counts), default=0) or 1
    rows = (
        row(escape(words), [counted(n)]) + box({"width": f"{100 * n / highest:.2f}"})
        for words, n in counts
    )
    return table([unit or _("Value"), _("Number")], rows, drawn=True)


def standings(found: Iterable[Standing]) -> SafeString:
    """How the options of a ranking fared."""
    rows = (
        row(
            escape(one.label),
            [
                "–" if one.mean_rank is None else decimal(one.mean_rank, places=2),
                decimal(one.borda, places=2),
            ],
        )
        for one in found
    )
    return table([_("Option"), _("Mean rank"), _("Borda score")], rows)


def ways(head: str, rows: Iterable[tuple[str, Message, int, float]], start: str) -> SafeString:
    """By what is known of every response. Args: start: of links, "" where none can be."""
    lines = (
        row(
            escape(label) if label else escape(_("not known")),
            [
                linked(n, start, code) if start and code else counted(n),
                f"{decimal(percentage, places=1)} %",
            ],
            typed=True,
        )
        for code, label, n, percentage in rows
    )
    return table([head, _("Number"), _("Share")], lines)


def posts(found: Iterable[Post], head: str) -> SafeString:
    """What stands as columns in a row, as a table."""
    rows = (row(escape(post.label), [counted(post.n)]) for post in found)
    return table([head, _("Responses")], rows)


def columns(found: Sequence[Post]) -> SafeString:
    """The same as a picture, 100 high."""
    drawn = "".join(
        f'<rect x="{post.x}" y="{post.top}" width="8" height="{post.height}">'
        f"<title>{escape(post.label)}: {post.n}</title></rect>"
        for post in found
    )
    return SafeString(
        f'<svg class="days" viewBox="0 0 {10 * len(found)} 100" preserveAspectRatio="none"'
        f' aria-hidden="true">{drawn}</svg>'
    )


def table(heads: Sequence[str], rows: Iterable[str], *, drawn: bool = False) -> SafeString:
    """Args: heads: words, or markup that is marked safe. drawn: whether rows end in a picture."""
    first, *others = (f"{conditional_escape(head)}</th>" for head in heads)
    named = "".join(f'<th scope="col" class="number">{head}' for head in others)
    return SafeString(
        f'<table class="table tally"><thead><tr><th scope="col">{first}{named}'
        f"{NOT_DRAWN if drawn else ''}</tr></thead><tbody>"
        f"{''.join(f'<tr>{cells}</tr>' for cells in rows)}</tbody></table>"
    )


def row(label: str, numbers: Iterable[str], *, typed: bool = False) -> str:
    """Args: label and numbers: markup. typed: whether the label is somebody's own words."""
    direction = ' dir="auto"' if typed else ""
    cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
    return f'<th scope="row" class="label fw-normal"{direction}>{label}</th>{cells}'


def with_interval(head: str) -> SafeString:
    interval = escape(_("95 % interval"))
    return SafeString(f'{escape(head)}<small class="fw-normal">{interval}</small>')


def share(percentage: float, low: float, high: float) -> str:
    ends = f"{decimal(low, places=1)}–{decimal(high, places=1)}"
    return f"{decimal(percentage, places=1)} %<small>{ends}</small>"


def box(shape: Mapping[str, str]) -> str:
    """A bar in its track, with its interval and what weights make of it where there are any."""
    drawn = f'{BOX}{shape["width"]}" height="10"/>'
    if "low" in shape:
        drawn += f'<path class="interval" d="M{shape["low"]} 5h{shape["span"]}"/>'
    if "weighted" in shape:
        drawn += f'<path class="weighted" d="M{shape["weighted"]} 0v10"/>'
    return f"{drawn}</svg></td>"
