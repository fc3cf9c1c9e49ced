"""A row of our own columns as answers: the one way from a file's cells to what is stored.

Each cell is as an export writes it, with the missing codes and the guard that
``codebook.py`` tells of. A list of codes may stand in one cell under the name of its part,
joined by " | ", in place of a column of 1 and 0 for each.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from feedback.question_types.base import JSON, Answers, Item
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.answers import Cleaned, keep
from feedback.questionnaire.codebook import (
    BLANK,
    DECLINED_CODES,
    MISSING_CODES,
    NOT_SHOWN,
    unguarded,
)

BETWEEN = " | "
MOST_KEPT = 4_096  # of one question
Ticks = Mapping[str, str]  # the name of the column of each code


class Wrong(Exception):
    """One cell cannot be taken as it is."""


@dataclass(frozen=True)
class Present:
    """A question with those of its columns that a file has."""

    item: Item
    columns: list[Column]
    joined: Mapping[str, Ticks]  # by the part that they are joined under
    # What became of cells so far: of closed questions the same few come again and again.
    kept: dict[tuple[str, ...], Cleaned] = field(default_factory=dict, compare=False)

    @property
    def reads(self) -> list[str]:
        """The names of the cells that it is read from."""
        spread = {name for ticks in self.joined.values() for name in ticks.values()}
        own = [column.name for column in self.columns if column.name not in spread]
        return [*self.joined, *own]

    @cached_property
    def told_by(self) -> Callable[[Mapping[str, str]], tuple[str, ...]] | None:
        """The cells as a key, where what they give may be kept; None for texts."""
        if all(column.dtype is Dtype.TEXT for column in self.columns):
            return None
        names = self.reads
        return lambda cells: tuple([cells[name] for name in names])


def present(items: Iterable[Item], header: Collection[str]) -> list[Present]:
    """The questions that a file has columns of, with these."""
    names = set(header)
    found = []
    for item in items:
        own = item.columns()
        joined = {part: ticks for part, ticks in ticks_of(own).items() if part in names}
        spread = {name for ticks in joined.values() for name in ticks.values()}
        columns = [column for column in own if column.name in names or column.name in spread]
        if columns:
            found.append(Present(item, columns, joined))
    return found


def ticks_of(columns: Iterable[Column]) -> dict[str, dict[str, str]]:
    """The columns of each list of codes, by its part and then by code."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        if column.tick:
            found.setdefault(column.part, {})[column.tick] = column.name
    return found


def names_of(columns: Iterable[Column]) -> set[str]:
    """Every name that a file may have for these columns."""
    own = list(columns)
    return {column.name for column in own} | ticks_of(own).keys()


def take_up(cleaned: Cleaned, of: Present, cells: Mapping[str, str]) -> None:
    """Add what a row tells of one question.

    Raises:
        Wrong: a cell is none that an export would write.
        ValidationError: the form would not take it, by field name.
    """
    key = of.told_by(cells) if of.told_by else None
    found = of.kept.get(key) if key is not None else None
    if found is None:
        found = taken(of, cells)
        if key is not None and len(of.kept) < MOST_KEPT:
            of.kept[key] = found
    cleaned.answers.update(found.answers)
    cleaned.identity.update(found.identity)


def taken(of: Present, cells: Mapping[str, str]) -> Cleaned:
    """What a row tells of one question. Raises: as above."""
    cleaned = Cleaned()
    told = spread(of.joined, cells) if of.joined else cells
    shown = [column for column in of.columns if told[column.name] != NOT_SHOWN]
    if not shown:
        return cleaned
    ways = {told[column.name] for column in shown} & DECLINED_CODES.keys()
    if ways:
        if any(told[column.name] not in ways for column in shown) or len(ways) > 1:
            message = _("%(code)s stands in some cells of the question, not in all of them.")
            raise Wrong(message % {"code": min(ways)})
        cleaned.answers[of.item.key] = {"state": DECLINED_CODES[ways.pop()]}
        return cleaned
    given = {column.name: plain(column, told[column.name]) for column in shown}
    # Of an item with several questions, some may not have been shown.
    hidden = {column.part for column in of.columns} - {column.part for column in shown}
    take_posted(cleaned, of.item, of.item.posted(given), hidden=hidden)
    return cleaned


def take_posted(
    cleaned: Cleaned, item: Item, posted: Mapping[str, list[str]], *, hidden: Collection[str] = ()
) -> None:
    """Add the answer that these form fields give. Raises: ValidationError, as above."""
    stored: Answers = item.clean(MultiValueDict(posted))
    stored = {part: answer for part, answer in stored.items() if part not in hidden}
    keep(cleaned, stored, personal=item.personal)


def spread(joined: Mapping[str, Ticks], cells: Mapping[str, str]) -> Mapping[str, str]:
    """The cells with a tick for each code in place of the joined ones."""
    found = dict(cells)
    for part, ticks in joined.items():
        cell = cells[part]
        if cell in MISSING_CODES:
            found |= dict.fromkeys(ticks.values(), cell)
            continue
        codes = cell.split(BETWEEN)
        if unknown := [code for code in codes if code not in ticks]:
            message = _("“%(cell)s” is none of its codes. Use %(codes)s, joined by “ | ”.")
            raise Wrong(message % {"cell": unknown[0][:60], "codes": ", ".join(some(ticks))})
        found |= {name: "1" if code in codes else "0" for code, name in ticks.items()}
    return found


def some(ticks: Ticks) -> list[str]:
    """A few codes as examples."""
    codes = list(ticks)
    return codes if len(codes) <= 8 else [*codes[:8], "…"]


def plain(column: Column, cell: str) -> str:
    """A cell as it was before the export, checked as far as its dtype goes."""
    if column.dtype is Dtype.TEXT:
        return unguarded(cell)
    if column.dtype is Dtype.BOOLEAN and cell not in (BLANK, "0", "1"):
        message = _("“%(cell)s” in %(column)s is neither 1 nor 0. Write one of the two.")
        raise Wrong(message % {"cell": cell[:60], "column": column.name})
    return cell


def reasons_against(error: ValidationError) -> dict[str, str]:
    """Why the form would not take it, by field name."""
    return {name: " ".join(messages) for name, messages in error.message_dict.items()}


def plain_texts(answers: Answers) -> dict[str, str]:
    """Stored answers of one value each as cells that nobody has guarded."""
    return {part: plain_text(answer) for part, answer in answers.items() if answer is not None}


def plain_text(answer: JSON) -> str:
    if isinstance(answer, bool):
        return "1" if answer else "0"
    return f"{answer:.6f}" if isinstance(answer, float) else str(answer)
