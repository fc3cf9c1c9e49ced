"""Released figures as rows and words, for the public page, its files and the staff's preview."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from feedback.analysis.charts import MOST_AT_ONCE
from feedback.analysis.disclosure import Cells, Table, ambiguous
from feedback.analysis.publishing import CODES, NAMES, REST
from feedback.analysis.themes import approved
from feedback.models import OpenQuestion, Survey
from feedback.open_text.code_frame import codes_of
from feedback.open_text.naming import called
from feedback.question_types.base import Item, Kind
from feedback.question_types.columns import Message


@dataclass(frozen=True)
class Row:
    """One count as it is told: ``n`` and ``share`` are None where it is withheld."""

    code: str
    label: Message
    n: int | None
    share: float | None
    words: str  # in place of the number

    @property
    def width(self) -> str:
        """Of its bar, in a box of 100; as text, so that no locale moves the point."""
        return f"{self.share or 0:.2f}"


@dataclass(frozen=True)
class Section:
    """One table; ``question`` is the row of a grid, or "" for the item itself."""

    name: str
    question: str
    rows: Sequence[Row]
    states: Sequence[Row]
    n: int | None
    n_words: str
    several: bool
    mean: float | None
    median: float | None
    themed: bool = False  # whether its rows are themes, which a program found
    names: bool = False  # whether they are what people named

    @property
    def first(self) -> Sequence[Row]:
        """Those that stand in the table; of a long list the withheld ones do not."""
        if len(self.rows) <= MOST_AT_ONCE:
            return self.rows
        return sorted((r for r in self.rows if r.n is not None), key=lambda r: -(r.n or 0))

    @property
    def unlisted(self) -> int:
        return len(self.rows) - len(self.first)

    @property
    def withholds(self) -> bool:
        return any(row.words for row in (*self.rows, *self.states))


@dataclass(frozen=True)
class Shown:
    """One item of a release."""

    item: Item
    release: int
    k: int  # that its counts were rounded down to multiples of
    sections: Sequence[Section]


Words = Mapping[str, str]  # of what was found in texts, by code


@dataclass(frozen=True)
class Approved:
    """What may be public now of open answers: the words of themes, names and codes."""

    themes: Mapping[str, Words]  # by question
    others: Mapping[str, Words]  # by table, of names and of codes

    @classmethod
    def of(cls, survey: Survey) -> Self:
        public = OpenQuestion.objects.filter(survey=survey)
        naming = public.filter(names_public=True).exclude(catalogue="")
        others: dict[str, Words] = {one.part + NAMES: called(one) for one in naming}
        for part in public.filter(codes_public=True).values_list("part", flat=True):
            others[part + CODES] = {str(c.number): c.name for c in codes_of(survey, part)}
        return cls(approved(survey), others)


def shown(items: Iterable[Item], figures: Mapping[str, Any], found: Approved) -> list[Shown]:
    """Those of the items that a release tells of. Args: figures: as ``Release.figures``."""
    parts = figures["items"]
    return [shown_of(item, parts[item.key], found) for item in items if item.key in parts]


def shown_of(item: Item, part: Mapping[str, Any], found: Approved) -> Shown:
    rows, k = item.operands(), part["k"]
    tables = {name: Table.read(table) for name, table in part["tables"].items()}
    themes = found.themes.get(item.key, {})
    sections = [
        section(item, rows[name], tables[name], k=k, themes=themes)
        for name in rows
        if name in tables
    ]
    sections += [
        section_of_texts(name, tables[name], found.others[name], title=title, k=k)
        for end, title in (
            (NAMES, _("What was named")),
            (CODES, _("Sorted by hand, every answer read")),
        )
        if (name := item.key + end) in tables and name in found.others
    ]
    return Shown(item, part["release"], k, sections)


def section_of_texts(name: str, table: Table, words: Words, *, title: str, k: int) -> Section:
    """What was found in texts; of each code the words it has by now."""
    labels = words_of(table, words, rest=_("None of these"))
    return Section(
        name=name,
        question=title,
        rows=[told(code, labels[code], table.codes, k, table.share(code)) for code in labels],
        states=[],
        n=table.n,
        n_words="" if table.n is not None else fewer(k),
        several=True,
        mean=None,
        median=None,
        names=name.endswith(NAMES),
    )


def section(item: Item, row: Item, table: Table, *, k: int, themes: Words) -> Section:
    themed = REST in table.codes and not row.filters()
    labels = words_of(table, themes, rest=_("Everything else")) if themed else row.filters()
    of_row = item.filters().get(row.key.removeprefix(f"{item.key}__"), "")
    # On a scale the codes are the numbers themselves.
    scale = bool(table.codes) and row.kind is Kind.NUMBER and bool(labels)
    n_words = "" if table.n is not None else fewer(k)
    return Section(
        name=row.key,
        question="" if row.key == item.key else str(of_row),
        rows=[
            told(code, labels.get(code) or label_of(row, code), table.codes, k, table.share(code))
            for code in in_order(table.codes, labels)
            # A theme that was public when this was released and is no longer goes at once.
            if not themed or code in labels
        ],
        states=[
            told(state, label, table.states, k, None)
            for state, label in state_labels().items()
            if state in table.states
        ],
        n=table.n,
        n_words=n_words,
        several=bool(table.codes) and not table.parted,
        mean=table.mean() if scale else None,
        median=table.median() if scale else None,
        themed=themed,
    )


def words_of(table: Table, words: Words, *, rest: str) -> Mapping[str, Message]:
    """Of those that are told: the largest first, and the rest of the answers last."""
    there = [code for code in words if code in table.codes]
    there.sort(key=lambda code: -(table.codes[code] or 0))
    return {code: words[code] for code in there} | {REST: rest}


def told(code: str, label: Message, cells: Cells, k: int, share: float | None) -> Row:
    n = cells[code]
    words = "" if n is not None else _("withheld") if ambiguous(cells) else fewer(k)
    return Row(code, label, n, share, words)


def fewer(k: int) -> str:
    return _("fewer than %(k)d") % {"k": k}


def state_labels() -> dict[str, str]:
    return {
        "blank": _("Left blank"),
        "declined": _("Declined to answer"),
        "not_shown": _("Was not asked"),
    }


def in_order(cells: Iterable[str], labels: Mapping[str, Message]) -> list[str]:
    """Codes as the questionnaire has them; bins and hours by where they begin."""
    known = [code for code in labels if code in cells]
    return [*known, *sorted(set(cells) - set(known), key=place)]


def place(code: str) -> tuple[bool, float, str]:
    """Where a bin or an hour stands: numbers by size, days by date."""
    begin, between, _end = code.partition("..")
    try:
        return bool(begin or not between), float(begin), begin
    except ValueError:
        return bool(begin or not between), 0.0, begin


def label_of(item: Item, code: str) -> str:
    """A bin or an hour in words."""
    begin, between, end = code.partition("..")
    if not between:
        return f"{code}:00" if item.kind is Kind.TIME else code
    unit, of_days = f" {item.measured_in}".rstrip(), item.kind is Kind.DAY
    ends = {"begin": f"{begin}{unit}", "end": f"{end}{unit}"}
    if begin and end:
        return (
            _("from %(begin)s, before %(end)s") % ends
            if of_days
            else _("%(begin)s to below %(end)s") % (ends | {"begin": begin})
        )
    if end:
        return (_("before %(end)s") if of_days else _("below %(end)s")) % ends
    if begin:
        return (_("from %(begin)s on") if of_days else _("%(begin)s and more")) % ends
    return _("any answer")
