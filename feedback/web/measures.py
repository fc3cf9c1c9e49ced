"""What an item's answers come to, as markup: who answered, its measures, and its tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.analysis.drawing.numbers import counted, decimal, plain_number
from feedback.question_types.base import Item
from feedback.responses.asked import ANSWER, STATE
from feedback.web import tables
from feedback.web.tables import Links

Section = Mapping[str, Any]  # one item's part of a report, as feedback.web.reports.section gives it
SEVERAL = gettext_lazy("Several answers were possible, so the shares add up to more than 100 %.")
RANKED = gettext_lazy(
    "Counted above are first choices. The mean rank is among those who ranked an option; the Borda "
    "score takes in everyone, with the points left shared by what they did not rank."
)


def drawn(section: Section, links: Links) -> SafeString:
    """All figures of one item that stand in tables and lines; of a grid, those of its rows."""
    several = paragraph(str(SEVERAL))
    found = of_one(section, links)
    for text, row in section["rows"]:
        found += f"<h3>{escape(text)}</h3>{of_one(row, links)}"
        found += several if row["figures"].get("several") else ""
        found += tables.tally(row["bars"], links.of(ANSWER + row["item"].key))
    if section["bars"] and not section["rows"]:
        start = links.of(ANSWER + section["item"].key)
        found += tables.tally(section["bars"], start)
        if further := section["further"]:
            words = ngettext(
                "%(n)s more answer, chosen less often",
                "%(n)s more answers, chosen less often",
                len(further),
            ) % {"n": counted(len(further))}
            found += folded(words, tables.tally(further, start))
        if section["standings"]:
            found += paragraph(str(RANKED)) + tables.standings(section["standings"])
        found += several if section["figures"].get("several") else ""
    return SafeString(found)


def of_one(section: Section, links: Links) -> str:
    """The lines and tables that any item may have: its states, its measures, its classes."""
    told = "".join(
        f"<div><dt>{escape(term)}</dt><dd>{value}</dd></div>"
        for term, value in measures(section["figures"], section["item"])
    )
    facts = f'<dl class="facts measures">{told}</dl>' if told else ""
    classes = section["classes"]
    drawn_classes = tables.bins(classes, section["item"].measured_in) if classes else ""
    return f"{paragraph(SafeString(states(section, links)))}{facts}{drawn_classes}"


def paragraph(words: str) -> str:
    return f'<p class="text-body-secondary">{conditional_escape(words)}</p>'


def folded(words: str, inside: str) -> str:
    return f"<details><summary>{escape(words)}</summary>{inside}</details>"


def states(section: Section, links: Links) -> str:
    """How many answered, and why the others did not, as markup."""
    found, key = section["figures"], section["item"].key
    answered = _("%(answered)s of %(asked)s who were asked answered") % {
        "answered": counted(found.get("answered", 0)),
        "asked": counted(section["asked"]),
    }
    others = {
        "blank": _("%(n)s left it blank"),
        "declined": _("%(n)s declined"),
        "not_shown": _("not shown to %(n)s"),
    }
    start = links.of(STATE + key)
    linked = (
        f'<a href="{start}{state}">{escape(words % {"n": counted(found[state])})}</a>'
        for state, words in others.items()
        if found.get(state)
    )
    return " · ".join([escape(answered), *linked])


def measures(found: Mapping[str, Any], item: Item) -> Iterator[tuple[str, str]]:
    """The measures that there are: what each is called, and its value as markup."""
    weighted = found.get("weighted", {})
    if (score := found.get("score")) is not None:
        ends = small(found.get("score_interval"), places=1)
        value = decimal(score, places=1) + ends + beside(weighted.get("score"), places=1)
        yield _("Score (promoters less detractors)"), value
        parts = (counted(found[name]) for name in ("promoters", "passives", "detractors"))
        yield _("Promoters, passives, detractors"), " · ".join(parts)
    if (mean := found.get("mean")) is not None:
        unit = f" {escape(item.measured_in)}" if item.measured_in else ""
        ends = small(found.get("mean_interval"), places=2)
        value = decimal(mean, places=2) + unit + ends + beside(weighted.get("mean"), places=2)
        yield _("Mean"), value
    if found.get("q50") is not None:
        middle, low, high = (escape(in_words(found[name])) for name in ("q50", "q25", "q75"))
        value = f"{middle} <small>{low}–{high}</small>"
        if (heavy := weighted.get("q50")) is not None:
            value += weighted_words(plain_number(heavy))
        yield _("Median, middle half"), value
    if found.get("deviation") is not None:
        value = decimal(found["deviation"], places=2)
        yield _("Standard deviation"), value + beside(weighted.get("deviation"), places=2)
    if found.get("least") is not None:
        ends = f"{in_words(found['least'])}–{in_words(found['most'])}"
        yield _("Least and most"), escape(ends)
    if top := found.get("top_2_share"):
        share, *between = (100 * part for part in top)
        value = f"{decimal(share, places=1)} %{small(between, places=1)}"
        yield _("One of the two highest"), value
    if (length := found.get("length") or {}).get("q50") is not None:
        middle_half = {"low": counted(length["q25"]), "high": counted(length["q75"])}
        words = _("%(low)s–%(high)s characters") % middle_half
        yield _("Length, half of the answers"), escape(words)
        yield _("Longest"), escape(_("%(n)s characters") % {"n": counted(length["most"])})


def small(ends: Any, *, places: int) -> str:
    """An interval beside its value; "" where there is none."""
    if not ends:
        return ""
    low, high = (decimal(end, places=places) for end in ends)
    return f" <small>{low}–{high}</small>"


def beside(weighted: float | None, *, places: int) -> str:
    """What weights make of a value, beside it; "" without weights."""
    return "" if weighted is None else weighted_words(decimal(weighted, places=places))


def weighted_words(number: str) -> str:
    return escape(" · " + _("weighted %(n)s") % {"n": number})


def in_words(value: Any) -> str:
    """A number as the active language writes it; a day or a time as it is kept."""
    return plain_number(value) if isinstance(value, int | float) else str(value)
