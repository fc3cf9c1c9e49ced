"""Quotes that stand for a theme: what people wrote, to the letter, one from each.

The answers nearest to the middle of a theme, of a length that can be read, from different
people and not the same thing twice.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Floats, Integers
from feedback.open_text.texts import normalised, words

NUMBER = 3
SHORTEST, LONGEST = 30, 240  # characters, where there are such
ALIKE = 0.5  # of the words of two answers are the same (Jaccard): one of them is enough
LOOKED_AT = 200  # nearest answers


@dataclass(frozen=True)
class Quote:
    """``row`` is the place of the answer among those handed in; ``text`` is all of it."""

    row: int
    text: str


def quotes(
    texts: Sequence[str],
    theme: Integers,
    closeness: Floats,
    *,
    authors: Sequence[Hashable] | None = None,
    allowed: NDArray[np.bool_] | None = None,
    number: int = NUMBER,
) -> list[list[Quote]]:
    """For each theme, its most typical answers as they were written.

    Args:
        theme: of each text; -1 for none.
        closeness: of each text to the middle of its theme.
        authors: who wrote each text; otherwise each is somebody else's.
        allowed: which texts may be shown: not those that screening or staff held back.
    """
    of = authors if authors is not None else range(len(texts))
    free = allowed if allowed is not None else np.ones(len(texts), dtype=bool)
    found = []
    for one in range(int(theme.max(initial=-1)) + 1):
        rows = np.flatnonzero((theme == one) & free)
        rows = rows[np.argsort(-closeness[rows], kind="stable")]
        found.append(_chosen(texts, [int(row) for row in rows], of, number))
    return found


def _chosen(
    texts: Sequence[str], rows: Sequence[int], authors: Sequence[Hashable], number: int
) -> list[Quote]:
    """First those of a good length, then shorter and last longer ones if there are too few."""
    readable = [row for row in rows if SHORTEST <= len(texts[row].strip()) <= LONGEST]
    short = [row for row in rows if len(texts[row].strip()) < SHORTEST]
    long = [row for row in rows if len(texts[row].strip()) > LONGEST]
    chosen: list[int] = []
    seen: list[frozenset[str]] = []
    for row in [*readable[:LOOKED_AT], *short[:LOOKED_AT], *long[:LOOKED_AT]]:
        if len(chosen) == number:
            break
        said = frozenset(words(normalised(texts[row])))
        if any(authors[row] == authors[other] for other in chosen):
            continue
        if any(_alike(said, other) for other in seen):
            continue
        chosen.append(row)
        seen.append(said)
    return [Quote(row, texts[row]) for row in chosen]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * max(len(one | other), 1)


def excerpt(text: str, *, longest: int = LONGEST) -> str:
    """The beginning of a text up to the end of a sentence or word: a part, to the letter."""
    if len(text) <= longest:
        return text
    ends = [at for at in range(longest // 3, longest) if text[at] in ".!?。\n"]
    spaces = [at - 1 for at in range(longest // 3, longest) if text[at].isspace()]
    return text[: (ends or spaces or [longest - 1])[-1] + 1]
