"""The figures of a report: what was counted, as a table and the picture of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from feedback.analysis.charts import Bar, Standing
from feedback.analysis.drawing import bars, columns, diverging, lines
from feedback.analysis.drawing.figure import Figure
from feedback.analysis.drawing.numbers import counted, decimal, per_cent, plain_number
from feedback.analysis.intervals import wilson
from feedback.analysis.themes import Themes
from feedback.question_types.base import Item
from feedback.web.in_texts import Found, InTexts
from feedback.web.measures import RANKED, SEVERAL, Section, in_words

MOST_ROWS = 40  # of a table on paper; two hundred countries would fill five pages


def by_day(days: Mapping[str, int]) -> Figure:
    """How many responses came on each day."""
    named = [(shown_day(day), n) for day, n in sorted(days.items())]
    title = _("Responses by day")
    svg = columns.columns(
        [columns.Column(label, n) for label, n in named],
        title=title,
        desc=told((label, counted(n)) for label, n in named),
        across=_("Day (UTC)"),
        up=_("Responses"),
        rtl=get_language_bidi(),
    )
    rows = [(label, counted(n)) for label, n in named]
    return Figure("by-day", title, "", (_("Day (UTC)"), _("Responses")), rows, svg)


def shown_day(day: str) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")


def break_off(begun: Mapping[str, Any]) -> Figure | None:
    """How many were still there after each page; None where nobody was seen to stop."""
    if not begun["partials"]:
        return None
    stopped = {int(page): n for page, n in begun["break_off"].items()}
    pages = range(1, max(stopped) + 1)
    stayed = [1.0]
    for page in pages:
        stayed.append(stayed[-1] - stopped.get(page, 0) / begun["starts"])
    title = _("How far people came")
    rows = [
        (counted(page), counted(stopped.get(page, 0)), per_cent(share))
        for page, share in zip(pages, stayed[1:], strict=True)
    ]
    svg = lines.lines(
        [lines.Line(_("went on"), list(enumerate(stayed)))],
        title=title,
        desc=told((row[0], row[2]) for row in rows),
        marks=[(page, _("page %(number)s") % {"number": counted(page)}) for page in pages],
        top=1,
        words=lambda share: per_cent(share, places=0),
        up=_("Share of all who began"),
        steps=True,
        rtl=get_language_bidi(),
    )
    note = _("A start is the first autosave or the first save; who only looks is not counted.")
    head = (_("Furthest page"), _("Stopped there"), _("Went on"))
    return Figure("break-off", title, note, head, rows, svg)


def of_item(section: Section) -> list[Figure]:
    """An item's figures: one, none of an open item, or those of its rows."""
    item = section["item"]
    if section["rows"] and item.graded:
        return [scale(section)]
    if section["rows"]:
        of_rows = [(text, row) for text, row in section["rows"] if row["bars"]]
        return [shares(row, title=str(text)) for text, row in of_rows]
    found = [shares(section, title=item.text)] if section["bars"] else []
    found += [ranks(item.key, section["standings"])] if section["standings"] else []
    return found or ([spread] if (spread := quartiles(section)) else [])


def of_texts(item: Item, found: InTexts) -> list[Figure]:
    """What was found in the answers to an open question."""
    given = [
        themes(item.key, found.themes.get(item.key)),
        names(item.key, found.names.get(item.key)),
        codes(item.key, found.codes.get(item.key)),
    ]
    return [one for one in given if one]


def themes(key: str, found: Themes | None) -> Figure | None:
    """How many answers each theme of an open question has."""
    if found is None:
        return None
    note = _("Found by a program in %(n)s answers that say something, with what staff changed.")
    rows = [(one.theme.name, one.n, one.share, *one.interval) for one in found.counted]
    title, told_of = _("Themes of the answers"), note % {"n": counted(found.base)}
    return shares_in_texts(f"{key}-themes", title, told_of, (_("Theme"), _("Answers")), rows)


def names(key: str, found: Found | None) -> Figure | None:
    """How many people named what."""
    if found is None:
        return None
    note = _("Found by a program, and decided on by hand, in %(n)s answers.")
    title, told_of = _("Names in the answers"), note % {"n": counted(found.base)}
    if found.more:
        rarer = ngettext("%(n)s more is rarer.", "%(n)s more are rarer.", found.more)
        told_of += " " + rarer % {"n": counted(found.more)}
    head = (_("Name"), _("People"))
    return shares_in_texts(f"{key}-names", title, told_of, head, with_shares(found))


def codes(key: str, found: Found | None) -> Figure | None:
    """How many answers people gave which code."""
    if found is None:
        return None
    note = _("Given by people, who read %(n)s answers; shares are of these.")
    title, told_of = _("Codes of the answers"), note % {"n": counted(found.base)}
    head = (_("Code"), _("Answers"))
    return shares_in_texts(f"{key}-codes", title, told_of, head, with_shares(found))


Shared = tuple[str, int, float, float, float]  # words, number, share and its ends in per cent


def with_shares(found: Found) -> list[Shared]:
    told = []
    for _id, words, n in found.counts:
        low, high = wilson(n, found.base)
        told.append((words, n, 100 * n / found.base, 100 * low, 100 * high))
    return told


def shares_in_texts(
    name: str, title: str, note: str, head: tuple[str, str], found: Sequence[Shared]
) -> Figure:
    rows = [
        (words, counted(n), per_cent(share / 100), f"{plain_share(low)}–{plain_share(high)}")
        for words, n, share, low, high in found
    ]
    drawn = [
        bars.Bar(words, n, share / 100, low / 100, high / 100)
        for words, n, share, low, high in found[: bars.MOST]
    ]
    desc = told((bar.label, bar.value) for bar in drawn)
    svg = bars.bars(drawn, title=title, desc=desc, rtl=get_language_bidi())
    return Figure(name, title, note, (*head, _("Share"), _("95 % interval")), rows, svg)


def shares(section: Section, *, title: str) -> Figure:
    """How often each answer was given; the picture has as many as can be read."""
    every: Sequence[Bar] = [*section["bars"], *section["further"]]
    rows = [
        (
            str(bar.label),
            counted(bar.n),
            per_cent(bar.share / 100),
            f"{plain_share(bar.low)}–{plain_share(bar.high)}",
            *([per_cent(bar.weighted[0] / 100)] if bar.weighted else []),
        )
        for bar in every[:MOST_ROWS]
    ]
    drawn = [
        bars.Bar(
            str(bar.label),
            bar.n,
            bar.share / 100,
            bar.low / 100,
            bar.high / 100,
            bar.weighted[0] / 100 if bar.weighted else None,
        )
        for bar in every[: bars.MOST]
    ]
    svg = bars.bars(
        drawn,
        title=title,
        desc=told((bar.label, bar.value) for bar in drawn),
        rtl=get_language_bidi(),
    )
    head = [_("Answer"), _("Number"), _("Share"), _("95 % interval")]
    if every and every[0].weighted:
        head.append(_("Weighted"))
    return Figure(section["item"].key, title, note_on(section, every), head, rows, svg)


def note_on(section: Section, every: Sequence[Bar]) -> str:
    """What must be known to read an item's shares."""
    notes, rows = [], len(every)
    if section["figures"].get("several"):
        notes.append(str(SEVERAL))
    if rows > bars.MOST:
        left_out = rows - bars.MOST
        notes.append(
            ngettext(
                "The picture leaves out %(n)s answer, chosen less often; the table has it.",
                "The picture leaves out %(n)s answers, chosen less often; the table has them.",
                left_out,
            )
            % {"n": counted(left_out)}
            if rows <= MOST_ROWS
            else _(
                "Of %(n)s answers that were given the table has the %(rows)s most frequent, the "
                "picture fewer. Each of the others was given by %(most)s or fewer; the summary and "
                "exports have them all."
            )
            % {
                "n": counted(rows),
                "rows": counted(MOST_ROWS),
                "most": counted(every[MOST_ROWS].n),
            }
        )
    return " ".join(notes)


def scale(section: Section) -> Figure:
    """The rows of a grid beside each other, on both sides of the middle of their scale."""
    item = section["item"]
    found = [(str(text), row) for text, row in section["rows"]]
    words = [str(bar.label) for bar in found[0][1]["bars"]] if found else []
    drawn = [
        diverging.Row(text, [bar.share / 100 for bar in row["bars"]])
        for text, row in found
        if len(row["bars"]) == len(words)
    ]
    answered = {text: counted(row["figures"]["answered"]) for text, row in found}
    rows = [(row.label, *map(per_cent, row.shares), answered[row.label]) for row in drawn]
    svg = ""
    if 2 <= len(words) <= diverging.MOST_STEPS:
        desc = told((row[0], ", ".join(row[1:-1])) for row in rows)
        svg = diverging.diverging(
            drawn, scale=words, title=item.text, desc=desc, rtl=get_language_bidi()
        )
    return Figure(item.key, item.text, "", (_("Row"), *words, _("Answered")), rows, svg)


def ranks(key: str, standings: Sequence[Standing]) -> Figure:
    """How the options of a ranking fared; figures that no picture makes plainer."""
    rows = [
        (
            str(one.label),
            "–" if one.mean_rank is None else decimal(one.mean_rank, places=2),
            decimal(one.borda, places=2),
        )
        for one in standings
    ]
    head = (_("Option"), _("Mean rank"), _("Borda score"))
    return Figure(f"{key}-ranks", _("How the options fared"), str(RANKED), head, rows)


def quartiles(section: Section) -> Figure | None:
    """Where the numbers that were given lie; None where there are none."""
    found = section["figures"]
    told_of = {
        "least": _("Least"),
        "q25": _("Lower quartile"),
        "q50": _("Median"),
        "mean": _("Mean"),
        "q75": _("Upper quartile"),
        "most": _("Most"),
    }
    weighted = found.get("weighted", {})
    beside = [name for name in told_of if weighted.get(name) is not None]
    rows = [
        (
            words,
            in_words(found[name]),
            *([in_words(weighted[name]) if name in beside else ""] if beside else []),
        )
        for name, words in told_of.items()
        if found.get(name) is not None
    ]
    if not rows:
        return None
    item = section["item"]
    head = [_("Of those who answered"), item.measured_in or _("Value")]
    head += [_("Weighted")] if beside else []
    return Figure(item.key, item.text, "", head, rows, classes(section))


def classes(section: Section) -> str:
    """The numbers as a histogram, or the days by period; "" where there are none."""
    item, found = section["item"], section["figures"]
    binned = [(plain_number(one["from"]), one["n"]) for one in found.get("histogram", [])]
    periods = sorted(found.get("periods", {}).items())
    if not (drawn := binned or periods):
        return ""
    return columns.columns(
        [columns.Column(label, n) for label, n in drawn],
        title=item.text,
        desc=told((label, counted(n)) for label, n in drawn),
        across=item.measured_in,
        up=_("Responses"),
        touching=bool(binned),
        rtl=get_language_bidi(),
    )


def plain_share(percentage: float) -> str:
    return decimal(percentage, places=1)


def told(rows: Any) -> str:
    """A picture in words, for whoever does not see it."""
    return "; ".join(f"{label}: {value}" for label, value in rows)
