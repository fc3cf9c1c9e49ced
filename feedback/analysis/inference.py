"""What published tables give away together: each count's feasible range, for whoever adds up.

Everything that the tables of all releases say is written down as sums between bounds, and
the bounds are drawn as close as the sums allow (interval propagation). What is left of a
count to a single number, or of the growth between two releases, is given away.

The reader is taken to know more than any does: that everybody stands in one cell of each
table, so that all tables add up to one number of responses; this number rounded down to a
multiple of k; that each release came of at least k responses more; and that nobody changed
or withdrew an answer, as long as this contradicts nothing.
Sources: A. Hundepool et al., Statistical Disclosure Control (2012), section 5.3, on auditing
suppressed tables; C. Bessiere, "Constraint Propagation", Handbook of Constraint Programming
(2006), on bounds consistency.

Each step only takes away numbers that no solution has, so a range never loses the truth:
what is found here to be one number is that number. The reverse does not hold, as a reader
with more than bounds might find more; ``tests/analysis/test_differencing.py`` looks for
that with exact linear programs.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TypeAlias

from feedback.analysis.disclosure import FAR, Range, Table, ranges

Number: TypeAlias = tuple[str, ...]  # what a bound is of: its table, kind, code and releases
EVERYBODY = ""  # in place of a table's name: the number of responses itself
NO_BOUND = 1_000_000 * FAR


@dataclass(frozen=True)
class Edition:
    """What one release published anew.

    Args:
        population: the number of responses, rounded down to a multiple of k; not published.
        tables: by name: an item's key, or ``<key>__<row>``.
    """

    number: int
    k: int
    population: int
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class Law:
    """A sum with signs that lies between two bounds. Args: table: whose it is."""

    table: str
    terms: Sequence[tuple[Number, int]]
    least: int = 0
    most: int = 0


class Contradiction(Exception):
    """No counts meet all laws: something assumed of this table is not so."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


class Knowledge:
    """Numbers with their bounds, and the laws between them."""

    def __init__(self) -> None:
        self.bounds: dict[Number, Range] = {}
        self.laws: list[Law] = []

    def number(self, *name: str, least: int = 0, most: int = FAR) -> Number:
        self.bounds[name] = (least, most)
        return name

    def adds_up(self, table: str, parts: Sequence[Number], whole: Number) -> None:
        self.laws.append(Law(table, [*((part, 1) for part in parts), (whole, -1)]))

    def at_most(self, table: str, part: Number, wholes: Sequence[Number]) -> None:
        terms = [(part, -1), *((whole, 1) for whole in wholes)]
        self.laws.append(Law(table, terms, most=NO_BOUND))

    def draw_close(self) -> None:
        """Draw all bounds as close as the laws allow. Raises: Contradiction."""
        laws_on: dict[Number, list[int]] = defaultdict(list)
        for place, law in enumerate(self.laws):
            for number, _sign in law.terms:
                laws_on[number].append(place)
        waiting = dict.fromkeys(range(len(self.laws)))
        while waiting:
            place = next(iter(waiting))
            del waiting[place]
            for number in self.closer(self.laws[place]):
                waiting.update(dict.fromkeys(laws_on[number]))

    def closer(self, law: Law) -> list[Number]:
        """Apply one law; the numbers whose bounds it changed."""
        signed = [
            self.bounds[number] if sign > 0 else (-self.bounds[number][1], -self.bounds[number][0])
            for number, sign in law.terms
        ]
        least, most = sum(low for low, _ in signed), sum(high for _, high in signed)
        changed = []
        for (number, sign), (low, high) in zip(law.terms, signed, strict=True):
            # What the others leave to this one.
            new_low = max(low, law.least - (most - high))
            new_high = min(high, law.most - (least - low))
            if new_low > new_high:
                raise Contradiction(law.table)
            if (new_low, new_high) != (low, high):
                self.bounds[number] = (new_low, new_high) if sign > 0 else (-new_high, -new_low)
                changed.append(number)
        return changed


def given_away(editions: Sequence[Edition]) -> set[tuple[str, int]]:
    """Tables, each with the number of its release, in which a count or its growth is given away."""
    forgotten: set[str] = set()
    everything = {EVERYBODY, *(name for edition in editions for name in edition.tables)}
    while True:
        knowledge = knowledge_of(editions, forgotten)
        try:
            knowledge.draw_close()
        except Contradiction as found:
            # Somebody changed or withdrew answers. Which the reader cannot tell, so as much
            # is still believed as can be.
            if forgotten == everything:
                return {(found.table, editions[-1].number)}
            further = {found.table} - forgotten or {EVERYBODY} - forgotten or everything
            forgotten |= further
            continue
        return told_by(knowledge, editions)


def told_by(knowledge: Knowledge, editions: Sequence[Edition]) -> set[tuple[str, int]]:
    k = {str(edition.number): edition.k for edition in editions}
    found = set()
    for (table, kind, *_code, release), (least, most) in knowledge.bounds.items():
        if least != most or table == EVERYBODY:
            continue
        if kind == "cell" or (kind == "growth" and 0 < least < k[release]):
            found.add((table, int(release)))
    return found


def knowledge_of(editions: Sequence[Edition], forgotten: Collection[str]) -> Knowledge:
    """All that is known. Args: forgotten: tables of which nothing is known to have only grown."""
    knowledge = Knowledge()
    for edition in editions:
        everybody = knowledge.number(
            *(EVERYBODY, "all", str(edition.number)),
            least=edition.population,
            most=edition.population + edition.k - 1,
        )
        for name, table in edition.tables.items():
            add_table(knowledge, name, table, edition, everybody)
    grown = everybody_grew(knowledge, editions) if EVERYBODY not in forgotten else {}
    for name in {name for edition in editions for name in edition.tables} - set(forgotten):
        for before, after in pairs([edition for edition in editions if name in edition.tables]):
            grew(knowledge, name, before, after, grown.get((before.number, after.number)))
    return knowledge


def pairs(editions: Sequence[Edition]) -> list[tuple[Edition, Edition]]:
    """Each with the next one, and each with the last."""
    further = [(edition, editions[-1]) for edition in editions[:-2]]
    return [*pairwise(editions), *further]


def add_table(
    knowledge: Knowledge, name: str, table: Table, edition: Edition, everybody: Number
) -> None:
    at = str(edition.number)
    codes, states = (
        [
            knowledge.number(name, "cell", kind, code, at, least=least, most=most)
            for code, (least, most) in ranges(cells, edition.k).items()
        ]
        for kind, cells in (("code", table.codes), ("state", table.states))
    )
    if table.parted:
        knowledge.adds_up(name, [*codes, *states], everybody)
        return
    least, most = ranges({"": table.answered}, edition.k)[""]
    answered = knowledge.number(name, "cell", "answered", "", at, least=least, most=most)
    knowledge.adds_up(name, [answered, *states], everybody)
    for code in codes:
        knowledge.at_most(name, code, [answered])
    if codes:
        knowledge.at_most(name, answered, codes)


def cells_of(name: str, edition: Edition) -> dict[Number, Number]:
    """The cells of a table by what is the same of them in every release."""
    table, at = edition.tables[name], str(edition.number)
    keys: list[Number] = [
        *(("code", code) for code in table.codes),
        *(("state", state) for state in table.states),
        *([] if table.parted else [("answered", "")]),
    ]
    return {key: (name, "cell", *key, at) for key in keys}


def everybody_grew(
    knowledge: Knowledge, editions: Sequence[Edition]
) -> dict[tuple[int, int], Number]:
    """How many more responses each release has than each before: k at least for each since."""
    grown = {}
    for before, after in combinations(editions, 2):
        least = sum(e.k for e in editions if before.number < e.number <= after.number)
        old, new = str(before.number), str(after.number)
        growth = knowledge.number(EVERYBODY, "growth", old, new, least=least)
        knowledge.adds_up(EVERYBODY, [(EVERYBODY, "all", old), growth], (EVERYBODY, "all", new))
        grown[before.number, after.number] = growth
    return grown


def grew(
    knowledge: Knowledge, name: str, before: Edition, after: Edition, by: Number | None
) -> None:
    """No cell of a table has shrunk. Args: by: what all of them together grew by, if known."""
    old, new = (cells_of(name, edition) for edition in (before, after))
    between = (str(before.number), str(after.number))
    growths = {}
    for key in old.keys() & new.keys():
        growths[key] = knowledge.number(name, "growth", *key, *between)
        knowledge.adds_up(name, [old[key], growths[key]], new[key])
    partition = before.tables[name].parted and after.tables[name].parted
    if by and old.keys() == new.keys():
        parts = [growth for key, growth in growths.items() if partition or key[0] != "code"]
        knowledge.adds_up(name, parts, by)


def releasable(new: Edition, earlier: Sequence[Edition]) -> tuple[Edition, set[str]]:
    """What of a new release may be published after the earlier ones, and the items held back.

    An item of which something would be given away is left out, and the rest is looked at
    again; if what gives itself away is older, nothing new may be published.
    """
    held: set[str] = set()
    while True:
        tables = {name: t for name, t in new.tables.items() if item_of(name) not in held}
        edition = Edition(new.number, new.k, new.population, tables)
        found = given_away([*earlier, edition]) if tables else set()
        if not found:
            return edition, held
        mine = {item_of(name) for name, release in found if release == new.number}
        held |= mine or {item_of(name) for name in tables}


def item_of(name: str) -> str:
    """The key of the item that a table is of."""
    return name.partition("__")[0]
