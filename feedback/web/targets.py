"""Targets as people write them down: a table of item, code and share, and what is wrong in it."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.analysis.raking import ImpossibleTargets, Problem, Wrong
from feedback.analysis.weights import Targets
from feedback.question_types.base import Item
from feedback.question_types.columns import Message
from feedback.questionnaire.codebook import guarded, unguarded
from feedback.questionnaire.readers.records import BadFile, lines, records, shape_of

COLUMNS = ("item", "code", "share")
SHARE = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,12})?")
# What is wrong with the whole cannot be judged while parts of it could not be read.
OF_THE_WHOLE = {Wrong.SUM, Wrong.UNTARGETED}
WORDS: Mapping[Wrong, Message] = {
    Wrong.UNKNOWN: gettext_lazy("%(item)s has no category “%(code)s”. Remove it."),
    Wrong.NEGATIVE: gettext_lazy(
        "%(item)s, %(code)s: the share is %(share)s %%. Shares lie between 0 and 100 %%."
    ),
    Wrong.NOBODY: gettext_lazy(
        "%(item)s, %(code)s: nobody gave this answer, so nobody can stand for %(share)s %% of "
        "the population. Leave the item out, or give the share to a category that is like it."
    ),
    Wrong.SUM: gettext_lazy(
        "%(item)s: the shares make %(share)s %% in all. Change them so that they make 100 %%."
    ),
}


@dataclass
class Read:
    """What a table of targets says, and what is wrong with it, each with its line."""

    targets: dict[str, dict[str, float]] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)  # by item and code
    problems: list[tuple[int, str]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # items with a line that could not be read

    def line_of(self, problem: Problem) -> int:
        """The line that a problem is about; of an item, the first that it has."""
        own = self.lines.get((problem.item, problem.code))
        of_item = [line for (item, _code), line in self.lines.items() if item == problem.item]
        return own or min(of_item, default=0)

    def told(self, impossible: ImpossibleTargets | None, items: Mapping[str, Item]) -> list[str]:
        """Everything that is wrong, in the order of the lines."""
        found = list(self.problems)
        for problem in impossible.problems if impossible else ():
            if not (problem.item in self.unread and problem.wrong in OF_THE_WHOLE):
                found.append((self.line_of(problem), words(problem, items[problem.item])))
        return [at(line, told) for line, told in sorted(found, key=lambda pair: pair[0])]


def at(line: int, told: str) -> str:
    return _("Line %(line)d: %(told)s") % {"line": line, "told": told} if line else told


def words(problem: Problem, item: Item) -> str:
    """What is wrong, and what to do about it."""
    code = str(item.filters().get(problem.code, problem.code))
    about = {"item": f"“{item.text}”", "code": f"“{code}”" if problem.code else ""}
    if problem.wrong is Wrong.UNTARGETED:
        told = ngettext(
            "%(item)s, %(code)s: %(n)d respondent gave this answer, and it has no share. Give it "
            "one above 0, however small, or leave the item out.",
            "%(item)s, %(code)s: %(n)d respondents gave this answer, and it has no share. Give "
            "it one above 0, however small, or leave the item out.",
            int(problem.figure),
        )
        return told % {**about, "n": int(problem.figure)}
    return str(WORDS[problem.wrong]) % {**about, "share": percent(problem.figure)}


def percent(share: float) -> str:
    """A share of 1 in per cent, as it is written in the table."""
    return f"{100 * share:.6f}".rstrip("0").rstrip(".")


# -- reading ---------------------------------------------------------------------------


def text_of(file: BinaryIO) -> str:
    """A file of any usual shape as text with commas, each record on its own line.

    Raises: BadFile.
    """
    shape = shape_of(file)
    if shape.delimiter == ",":
        return "".join(lines(file, shape.encoding)).replace("\r\n", "\n").strip("\n")
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(cells for _n, cells in records(file, shape))
    return written.getvalue().strip("\n")


def read(text: str, items: Mapping[str, Item]) -> Read:
    """The targets in a table of text; rows without a share are left alone."""
    found = Read()
    try:
        rows = records(io.BytesIO(text.encode()))
        _line, header = next(rows, (1, []))
        places = places_in(header)
        for line, cells in rows:
            item, code, share = (unguarded(cells[places[name]]).strip() for name in COLUMNS)
            if share:
                take(found, items, line=line, named=item, chosen=code, share=share)
    except BadFile as error:
        found.problems.append((0, str(error)))
        return found
    if not found.targets and not found.problems:
        told = _("No row has a share. Write shares in per cent beside the categories you know.")
        found.problems.append((0, told))
    return found


def places_in(header: Sequence[str]) -> dict[str, int]:
    """Where the columns stand. Raises: BadFile."""
    names = [name.strip().casefold() for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        told = _("Line 1: the header has no column %(missing)s. It needs item, code and share.")
        raise BadFile(told % {"missing": ", ".join(missing)})
    return {name: names.index(name) for name in COLUMNS}


def take(
    found: Read, items: Mapping[str, Item], *, line: int, named: str, chosen: str, share: str
) -> None:
    """One row into what was read, or what is wrong with it into the problems."""
    key = named if named in items else key_of(named, items)
    if key is None:
        told = _(
            "there is no item “%(item)s” whose answers exclude one another. The template has "
            "all that can be used."
        )
        found.problems.append((line, told % {"item": named}))
        return
    item = items[key]
    code = chosen if chosen in item.filters() else code_of(chosen, item)
    number = share.removesuffix("%").strip()
    if code is None:
        told = _("“%(item)s” has no category “%(code)s”. It has: %(all)s.")
        every = "; ".join(some_of(item))
        refuse(found, key, line, told % {"item": item.text, "code": chosen, "all": every})
    elif (key, code) in found.lines:
        told = _("“%(item)s”, “%(code)s” stands in line %(first)d already. Keep one of them.")
        about = {"item": item.text, "code": chosen, "first": found.lines[key, code]}
        refuse(found, key, line, told % about)
    elif not SHARE.fullmatch(number):
        told = _("“%(item)s”, “%(code)s”: “%(share)s” is no share. Write per cent, such as 12.5.")
        refuse(found, key, line, told % {"item": item.text, "code": chosen, "share": share})
        found.lines[key, code] = line
    else:
        found.targets.setdefault(key, {})[code] = float(number.replace(",", ".")) / 100
        found.lines[key, code] = line


def refuse(found: Read, key: str, line: int, told: str) -> None:
    found.problems.append((line, told))
    found.unread.add(key)


def key_of(named: str, items: Mapping[str, Item]) -> str | None:
    """The item with this text."""
    wanted = named.casefold()
    return next((key for key, item in items.items() if item.text.casefold() == wanted), None)


def code_of(label: str, item: Item) -> str | None:
    """The code with this label, or with what other tools call it."""
    wanted = label.casefold()
    labels = item.filters().items()
    return next((code for code, words in labels if str(words).casefold() == wanted), None)


def some_of(item: Item) -> Iterator[str]:
    """The first categories of an item, in words."""
    every = [str(words) for words in item.filters().values()]
    yield from every[:12]
    if len(every) > 12:
        yield "…"


# -- writing ---------------------------------------------------------------------------


def table_of(targets: Targets, items: Mapping[str, Item]) -> str:
    """Targets as a table that reads back, in the order of the questionnaire."""
    rows = [
        (key, code, percent(targets[key][code]))
        for key in sorted(targets, key=placed(items))
        for code in sorted(targets[key], key=placed(items[key].filters() if key in items else ()))
    ]
    return written([COLUMNS, *rows])


def placed(order: Iterable[str]) -> Callable[[str], int]:
    """Where a name stands in an order; those that are not in it come last."""
    places = {name: place for place, name in enumerate(order)}
    return lambda name: places.get(name, len(places))


def template_of(
    items: Mapping[str, Item], observed: Mapping[str, Mapping[str, tuple[int, float]]]
) -> str:
    """A table of every item and category, with shares to fill in beside those observed.

    Args:
        observed: by item and code, how many gave the answer and their share of 1.
    """
    rows = [
        (key, code, "", percent(share), str(n), item.text, str(item.filters()[code]))
        for key, item in items.items()
        for code, (n, share) in observed[key].items()
    ]
    header = (*COLUMNS, "observed share", "respondents", "question", "answer")
    return written([header, *rows])


def written(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().strip("\n")
