"""What may be published of counts, so that nobody learns of few: rounding and suppression.

Counts are rounded down to a multiple of k, and those below k are withheld, zero among
them. Where just one of a table would be, the next smallest is withheld as well, so that
neither can be had by subtraction. No exact total is ever told: whatever else is published
(n, shares, means) is computed from the rounded counts alone, so it tells nothing that they
do not.
Source: A. Hundepool et al., Statistical Disclosure Control (2012), chapter 5, on frequency
tables: primary and secondary cell suppression, and rounding.

``inference.py`` works out what tables and releases still give away together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from feedback.analysis.significance import Floats

LEAST_K, MOST_K, USUAL_K = 3, 50, 5
FAR = 10**12  # more than anybody counts: no bound is known
Cells = Mapping[str, int | None]  # as published; None is withheld
Mask: TypeAlias = NDArray[np.bool_]
Range = tuple[int, int]  # the least and the greatest that a count may be


@dataclass(frozen=True)
class Counted:
    """One table as it was counted: everybody stands in one state, or has answered.

    Args:
        codes: how many gave each answer; empty for open items.
        states: how many stand in each state that is possible here.
        several: whether one may give several answers, so that codes overlap.
    """

    codes: Mapping[str, int]
    states: Mapping[str, int]
    answered: int
    several: bool = False

    @property
    def parts_everybody(self) -> bool:
        """Whether each who answered stands at exactly one code."""
        return bool(self.codes) and not self.several and sum(self.codes.values()) == self.answered


@dataclass(frozen=True)
class Table:
    """One table as it is published.

    Args:
        answered: how many answered; None where it is withheld, or follows from the codes.
        parted: whether each who answered stands at exactly one code.
    """

    codes: Cells
    states: Cells
    answered: int | None
    parted: bool

    @classmethod
    def of(cls, counted: Counted, k: int) -> Self:
        """What may be told of a table."""
        parted = counted.parts_everybody
        return cls(
            codes=suppressed(counted.codes, k),
            states=suppressed(counted.states, k),
            answered=None if parted else rounded(counted.answered, k),
            parted=parted,
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        """As JSON; the reverse of ``read``."""
        return asdict(self)

    @property
    def n(self) -> int | None:
        """How many answered, as far as is told: the sum of what is shown, or rounded."""
        if self.parted:
            return sum(shown for shown in self.codes.values() if shown is not None) or None
        return self.answered

    @property
    def lacks_much(self) -> bool:
        """Whether what is withheld may be large, so that no part of the rest says anything."""
        return self.parted and ambiguous(self.codes)

    def share(self, code: str) -> float | None:
        """A code's part of ``n`` in per cent, at most all of it."""
        shown = self.codes[code]
        if shown is None or not self.n or self.lacks_much:
            return None
        return min(100 * shown / self.n, 100.0)

    def mean(self) -> float | None:
        """Of codes that are numbers, over the answers that are shown."""
        if self.lacks_much:
            return None
        shown = {float(code): n for code, n in self.codes.items() if n}
        n = sum(shown.values())
        return sum(code * count for code, count in shown.items()) / n if n else None

    def median(self) -> float | None:
        """Likewise the middle one: the least code that half of them do not exceed."""
        if self.lacks_much:
            return None
        shown = sorted((float(code), n) for code, n in self.codes.items() if n)
        half, reached = sum(n for _code, n in shown) / 2, 0
        for code, n in shown:
            reached += n
            if reached >= half:
                return code
        return None


def rounded(n: int, k: int) -> int | None:
    """Rounded down to a multiple of k; None below k.

    k neighbouring counts look alike, so what is shown leaves k possible counts, one more
    person among them or not.
    """
    return n // k * k if n >= k else None


def suppressed(counts: Mapping[str, int], k: int) -> dict[str, int | None]:
    """Each count as it may be told, and where just one is withheld the next smallest too.

    With one withheld and the total known, its count is the total less the others; with
    two only their sum can be had.
    """
    cells = {code: rounded(n, k) for code, n in counts.items()}
    shown = [code for code, told in cells.items() if told is not None]
    if len(cells) - len(shown) == 1 and shown:
        cells[min(shown, key=lambda code: counts[code])] = None
    return cells


def ranges(cells: Cells, k: int) -> dict[str, Range]:
    """What each cell may be, for somebody who knows the rules.

    A shown one lies less than k above what is told. Of three or more that are withheld each
    is below k. Of two, one may be there for the other's sake: the smallest of those
    that could be shown, so not above the range of the smallest that is.
    """
    shown = [told for told in cells.values() if told is not None]
    most = k - 1
    if len(cells) - len(shown) == 2:
        most = min(shown) + k - 1 if shown else FAR
    return {
        code: (0, most) if told is None else (told, told + k - 1) for code, told in cells.items()
    }


def ambiguous(cells: Cells) -> bool:
    """Whether a withheld cell of these may be k or more, so that "fewer than k" may be false."""
    return list(cells.values()).count(None) == 2


def few_in(counts: Floats, k: int, *, columns_add_up: bool = True) -> Mask:
    """Which cells of a table are withheld: those below k, and others for their sake.

    In a row, and in a column that adds up to a total, the one that is missing is the total
    less the rest; so wherever there is just one, the smallest of the others goes as well.

    Args:
        counts: rows by columns. The result has the same shape.
    """
    hidden: Mask = counts < k
    lines = list(zip(hidden, counts, strict=True))
    if columns_add_up:
        lines += zip(hidden.T, counts.T, strict=True)
    mending = True
    while mending:
        mending = False
        for withheld, line in lines:  # views, so that what is withheld here is so there
            if withheld.sum() == 1 and withheld.size > 1:
                withheld[np.where(withheld, np.inf, line).argmin()] = True
                mending = True
    return hidden


def in_bins(counts: Sequence[tuple[str, str, int]], k: int) -> dict[str, int]:
    """Neighbouring bins joined until each holds k, as codes: ``from..to``, open at both ends.

    Args:
        counts: where each bin begins, where it ends, and how many are in it, in order.

    The first has no beginning and the last no end, so that neither tells of the least or
    the greatest answer. None at all where there are fewer than k.
    """
    joined: list[tuple[str, str, int]] = []
    begin, held = "", 0
    for start, end, n in counts:
        begin, held = begin or start, held + n
        if held >= k:
            joined.append((begin, end, held))
            begin, held = "", 0
    if held and joined:
        start, _end, n = joined.pop()
        joined.append((start, "", n + held))
    last = len(joined) - 1
    return {
        f"{start if i else ''}..{end if i < last else ''}": n
        for i, (start, end, n) in enumerate(joined)
    }
