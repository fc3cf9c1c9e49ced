"""What the cells of one column hold, counted while a file of any length goes by."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST = 5_000  # different cells of a column that are kept
ROOM = 1_000_000  # characters of them
NOTHING = ("NA", "N/A", "n/a", "NULL", "null", "NaN", "#N/A", "-99", "#NULL!")


@dataclass
class Seen:
    """The filled cells of one column.

    Attributes:
        counts: how often each text stands there, without spaces at its ends.
        more: whether there were more texts than are kept.
    """

    counts: Counter[str] = field(default_factory=Counter)
    filled: int = 0
    longest: int = 0
    characters: int = 0
    more: bool = False

    def add(self, cell: str) -> None:
        text = cell.strip()
        if not text:
            return
        self.filled += 1
        self.longest = max(self.longest, len(cell))
        if text in self.counts:
            self.counts[text] += 1
        elif len(self.counts) < MOST and self.characters < ROOM:
            self.counts[text] = 1
            self.characters += len(text)
        else:
            self.more = True

    def without(self, blank: Iterable[str]) -> "Seen":
        """The same, where these texts mean nothing."""
        left = Counter({text: n for text, n in self.counts.items() if text not in blank})
        gone = sum(self.counts.values()) - sum(left.values())
        return Seen(left, self.filled - gone, self.longest, self.characters, self.more)

    @property
    def texts(self) -> list[str]:
        return list(self.counts)

    @property
    def mean_length(self) -> float:
        return sum(map(len, self.counts)) / max(1, len(self.counts))

    @property
    def summary(self) -> str:
        told = (
            _("%(filled)d filled, more than %(n)d different")
            if self.more
            else _("%(filled)d filled, %(n)d different")
        )
        return told % {"filled": self.filled, "n": len(self.counts)}


def meaning_nothing(columns: Iterable[Seen]) -> list[str]:
    """Texts that stand for "no answer": they fill much of many columns of all kinds."""
    filled = [seen for seen in columns if seen.filled]
    found = []
    for text in NOTHING:
        holding = sum(seen.counts[text] > 0.05 * seen.filled for seen in filled)
        if holding >= 3 and holding >= len(filled) / 4:
            found.append(text)
    return found
