"""Text folded for comparing, whose every character knows where in the text it came from.

NFKC and case folding change lengths (ﬁ becomes fi, İ two characters, soft hyphens nothing),
while a name is marked in the answer as it was typed.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

GONE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # seen by nobody
SAME = {ord(dash): "-" for dash in "_‐‑‒–—−"} | {ord("’"): "'", ord("\n"): " ", ord("\t"): " "}


@dataclass(frozen=True)
class Folded:
    """The folded text, and where in the text as typed each of its characters is from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span as typed of a span of the folded text that is not empty."""
        return self.starts[start], self.ends[end - 1]


def folded(text: str) -> Folded:
    if text.isascii():
        places = range(len(text) + 1)
        return Folded(text.lower().translate(SAME), places[:-1], places[1:])
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, cluster in clusters(text):
        piece = of_cluster(cluster)
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [start + len(cluster)] * len(piece)
    return Folded("".join(pieces), starts, ends)


def clusters(text: str) -> Iterator[tuple[int, str]]:
    """A character and what combines with it, as NFKC may make one of them."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not joins(text[at]):
            yield start, text[start:at]
            start = at


def joins(character: str) -> bool:
    return character > "\u02ff" and (
        unicodedata.combining(character) > 0 or "\u1160" <= character <= "\u11ff"
    )


@lru_cache(maxsize=65_536)
def of_cluster(cluster: str) -> str:
    return (
        unicodedata.normalize("NFKC", cluster.translate(GONE))
        .casefold()
        .translate(SAME)
        .translate(GONE)
    )
