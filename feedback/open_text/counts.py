"""Texts as counts of their words: what LSA, static vectors and phrases all begin with.

A word is looked at once, however often it is written: its letters, its tokens and its
vector are made for the word, and a text's are sums over its words. That is what makes
100,000 answers cheap.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from feedback.open_text.texts import words

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

SHORTEST, LONGEST = 3, 5  # letters in a row


def counted(lists: Sequence[Sequence[str]]) -> tuple[list[str], sparse.csr_matrix]:
    """The words of all lists, in order of appearance, and how often each list has each."""
    numbers: dict[str, int] = {}
    cells = np.fromiter(
        (numbers.setdefault(word, len(numbers)) for word in chain.from_iterable(lists)),
        dtype=np.int32,
    )
    ends = np.cumsum([0, *(len(one) for one in lists)])
    data = np.ones(len(cells), dtype=np.float32)
    found = sparse.csr_matrix((data, cells, ends), shape=(len(lists), len(numbers)))
    found.sum_duplicates()
    return list(numbers), found


def counts(texts: Iterable[str]) -> tuple[list[str], sparse.csr_matrix]:
    """As `counted`, of normalised texts."""
    return counted([words(text) for text in texts])


def letters(word: str) -> list[str]:
    """Runs of three to five letters, the edges of the word marked by spaces."""
    edged = f" {word} "
    return [
        edged[at : at + size]
        for size in range(SHORTEST, LONGEST + 1)
        for at in range(len(edged) - size + 1)
    ]


def unit(rows: Floats) -> Floats:
    """Each row of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
