"""A made-up survey without a database, its releases, and somebody who adds up what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback.analysis.disclosure import Counted, Table
from feedback.analysis.inference import Edition, releasable

FAR = 10.0**6
STATES = ("blank", "not_shown")
Cell = tuple[str, str, str]  # table, "code", "state" or "answered", and which
Answers = dict[str, Any]


def answers_of(chance: Random) -> Answers:
    """One respondent: a choice of five, yes or no, some of three, and a text that few get."""
    return {
        "visit": chance.choices(["a", "b", "c", "d", "e", "blank"], [40, 30, 20, 5, 2, 3])[0],
        "fair": chance.choices(["yes", "no"], [7, 1])[0],
        "uses": [code for code in "xyz" if chance.random() < {"x": 0.8, "y": 0.3, "z": 0.05}[code]]
        or "blank",
        "wish": chance.choices(["answered", "blank", "not_shown"], [5, 2, 1])[0],
    }


def count(people: Sequence[Answers]) -> dict[str, Counted]:
    def having(key: str, value: str) -> int:
        return sum(
            p[key] == value or (isinstance(p[key], list) and value in p[key]) for p in people
        )

    n = len(people)
    blank = {key: having(key, "blank") for key in ("visit", "uses")}
    return {
        "visit": Counted(
            {code: having("visit", code) for code in "abcde"},
            {"blank": blank["visit"]},
            n - blank["visit"],
        ),
        "fair": Counted({code: having("fair", code) for code in ("yes", "no")}, {}, n),
        "uses": Counted(
            {code: having("uses", code) for code in "xyz"},
            {"blank": blank["uses"]},
            n - blank["uses"],
            several=True,
        ),
        "wish": Counted(
            {}, {state: having("wish", state) for state in STATES}, having("wish", "answered")
        ),
    }


def truth_of(tables: Mapping[str, Counted]) -> dict[Cell, int]:
    """Each count of each table."""
    found: dict[Cell, int] = {}
    for name, table in tables.items():
        found |= {(name, "code", code): n for code, n in table.codes.items()}
        found |= {(name, "state", state): n for state, n in table.states.items()}
        found[name, "answered", ""] = table.answered
    return found


@dataclass
class Town:
    """A survey that people answer, change and leave, and what it published."""

    chance: Random
    k: int
    batch: int  # responses that a release takes
    people: list[Answers] = field(default_factory=list)
    added: int = 0
    lost: bool = False  # whether anybody changed or withdrew since the last release
    editions: list[Edition] = field(default_factory=list)
    truths: list[dict[Cell, int]] = field(default_factory=list)
    only_grew: list[bool] = field(default_factory=list)  # of each release, since the one before
    held: int = 0

    def arrive(self, number: int) -> None:
        self.people += [answers_of(self.chance) for _ in range(number)]
        self.added += number

    def change(self) -> None:
        if self.people:
            self.people[self.chance.randrange(len(self.people))] = answers_of(self.chance)
            self.lost = True

    def withdraw(self) -> None:
        if self.people:
            self.people.pop(self.chance.randrange(len(self.people)))
            self.lost = True

    def look(self) -> None:
        """What somebody who asks for a release gets: one, or what was there before."""
        if self.added < self.batch:
            return
        tables = count(self.people)
        number, n = len(self.editions) + 1, len(self.people)
        told = {name: Table.of(table, self.k) for name, table in tables.items()}
        new = Edition(number, self.k, n // self.k * self.k, told)
        edition, held = releasable(new, self.editions)
        self.held += len(held)
        if not edition.tables:
            return
        self.editions.append(edition)
        self.truths.append(truth_of(tables))
        self.only_grew.append(not self.lost)
        self.added, self.lost = 0, False


def lived(seed: int, *, batch: Callable[[Random, int], int] | None = None) -> Town:
    """A town's random life: arrivals, changes, withdrawals and looks."""
    chance = Random(seed)
    k = chance.choice([3, 3, 4, 5])
    town = Town(chance, k, batch(chance, k) if batch else chance.choice([k, k, 10 * k]))
    town.arrive(chance.randint(k, 8 * k))
    for _ in range(chance.randint(3, 9)):
        what = chance.random()
        if what < 0.55:
            town.arrive(chance.randint(1, 2 * town.batch - 1))
        elif what < 0.65:
            town.change()
        elif what < 0.72:
            town.withdraw()
        town.look()
    return town


@dataclass
class Reader:
    """Somebody who collects all releases, knows all the rules, and adds up.

    They are told more than anybody is: after which releases nobody had changed or withdrawn
    anything, and if ``told_n``, the number of responses rounded down to a multiple of k.
    """

    town: Town
    told_n: bool = True
    exact: bool = False  # whether counts are published unrounded
    pairs: bool = True  # whether a second cell is withheld beside a single one
    most_added: float = FAR  # how many at most a release adds, if that is known

    def __post_init__(self) -> None:
        self.names: list[tuple[Any, ...]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.at: dict[tuple[Any, ...], int] = {}
        for edition in self.town.editions:
            self.read(edition)
        for (before, after), grew in zip(
            pairwise(self.town.editions), self.town.only_grew[1:], strict=True
        ):
            if grew:
                self.compare(before, after)

    def new(self, *name: Any, low: float = 0.0, high: float = FAR) -> int:
        self.at[name] = len(self.names)
        self.names.append(name)
        self.low.append(low)
        self.high.append(high)
        return self.at[name]

    def row(self, terms: dict[int, float], low: float = 0.0, high: float = 0.0) -> None:
        self.rows.append((terms, low, high))

    def cells(self, told: Mapping[str, int | None], k: int) -> Iterator[tuple[str, float, float]]:
        over = 0 if self.exact else k - 1
        shown = [n for n in told.values() if n is not None]
        withheld = float(k - 1)
        if self.pairs and len(told) - len(shown) == 2:
            withheld = float(min(shown) + over) if shown else FAR
        for code, n in told.items():
            yield (code, 0.0, withheld) if n is None else (code, float(n), float(n + over))

    def read(self, edition: Edition) -> None:
        r, k = edition.number, edition.k
        spread = (edition.population, edition.population + k - 1) if self.told_n else (0, FAR)
        n = self.new("n", r, low=spread[0], high=spread[1])
        for name, table in edition.tables.items():
            codes, states = (
                [
                    self.new("cell", (name, kind, code), r, low=low, high=high)
                    for code, low, high in self.cells(told, k)
                ]
                for kind, told in (("code", table.codes), ("state", table.states))
            )
            if table.parted:
                self.row(dict.fromkeys([*codes, *states], 1.0) | {n: -1.0})
                continue
            ((_, low, high),) = self.cells({"": table.answered}, k)
            answered = self.new("cell", (name, "answered", ""), r, low=low, high=high)
            self.row(dict.fromkeys([answered, *states], 1.0) | {n: -1.0})
            for code in codes:
                self.row({answered: 1.0, code: -1.0}, 0, FAR)
            if codes:
                self.row(dict.fromkeys(codes, 1.0) | {answered: -1.0}, 0, FAR)

    def compare(self, before: Edition, after: Edition) -> None:
        k = after.k
        everybody = self.new("more", before.number, low=self.town.batch, high=self.most_added)
        old, new = self.at["n", before.number], self.at["n", after.number]
        self.row({old: 1.0, everybody: 1.0, new: -1.0})
        by_table: dict[str, list[int]] = {}
        for kind, cell, release in [name for name in self.names if name[0] == "cell"]:
            later = self.at.get((kind, cell, after.number))
            if release == before.number and later is not None:
                grown = self.new("grown", cell, after.number, k)
                self.row({self.at[kind, cell, release]: 1.0, grown: 1.0, later: -1.0})
                parted = after.tables[cell[0]].parted and before.tables[cell[0]].parted
                if parted or cell[1] != "code":
                    by_table.setdefault(cell[0], []).append(grown)
        for parts in by_table.values():
            self.row(dict.fromkeys(parts, 1.0) | {everybody: -1.0})

    def matrix(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        table = np.zeros((len(self.rows), len(self.names)))
        for i, (terms, _low, _high) in enumerate(self.rows):
            for j, sign in terms.items():
                table[i, j] = sign
        return table, np.array([r[1] for r in self.rows]), np.array([r[2] for r in self.rows])

    def by_intervals(self) -> list[tuple[float, float]]:
        """Each number's range, drawn close sum by sum until nothing moves."""
        table, least, most = self.matrix()
        up, down = np.clip(table, 0, None), np.clip(-table, 0, None)
        low, high = np.array(self.low), np.array(self.high)
        for _ in range(400):
            lows, highs = up @ low - down @ high, up @ high - down @ low
            # Of each term in each row, what the others leave to it.
            own_low, own_high = up * low - down * high, up * high - down * low
            floor = least[:, None] - (highs[:, None] - own_high)
            ceiling = most[:, None] - (lows[:, None] - own_low)
            new_low = np.where(table > 0, floor, np.where(table < 0, -ceiling, -np.inf))
            new_high = np.where(table > 0, ceiling, np.where(table < 0, -floor, np.inf))
            nearer_low = np.maximum(low, np.max(new_low, axis=0, initial=-np.inf))
            nearer_high = np.minimum(high, np.min(new_high, axis=0, initial=np.inf))
            if (nearer_low == low).all() and (nearer_high == high).all():
                break
            low, high = nearer_low, nearer_high
        return list(zip(low.tolist(), high.tolist(), strict=True))

    def recovered(self, bounds: Sequence[tuple[float, float]]) -> list[tuple[str, Any, int]]:
        """What the reader now knows exactly: counts, and growths of less than k.

        Each is compared with the truth, so a reader who errs is found, too.
        """
        found = []
        for name, (low, high) in zip(self.names, bounds, strict=True):
            if abs(high - low) > 1e-6 or name[0] not in ("cell", "grown"):
                continue
            assert self.true(name) == round(low), (name, low, high)
            if name[0] == "cell" or 0 < round(low) < name[3]:
                found.append((name[0], name[1], round(low)))
        return found

    def true(self, name: tuple[Any, ...]) -> int:
        truths = self.town.truths
        now = truths[name[2] - 1][name[1]]
        return now if name[0] == "cell" else now - truths[name[2] - 2][name[1]]
