"""Where in a text the words of a search stand, for people to see."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from feedback.responses.folding import folded, words_of
from feedback.responses.search_syntax import Term, parsed

Segments: TypeAlias = list[tuple[str, bool]]
Stretch: TypeAlias = tuple[int, int]
MARKS = ("Mn", "Mc", "Me", "Cf")
BACK = 3  # a third of an excerpt stands before the first hit
WORD = 24  # characters that an end is moved by, at most, so as not to cut a word


def highlighted(text: str, words: str) -> Segments:
    """The text in segments, each with whether it is a hit; joined, they are the text.

    What was asked to be left out is no hit.
    """
    terms = [term for alternative in parsed(words) for term in alternative]
    if not text or not may_hit(text, terms):
        return [(text, False)] if text else []
    placed = Placed(text)
    out = {stretch for term in terms if term.excluded for stretch in placed.hits(term)}
    hits = {stretch for term in terms if not term.excluded for stretch in placed.hits(term)} - out
    return segments(text, merged(sorted(hits)))


def may_hit(text: str, terms: Iterable[Term]) -> bool:
    """A look at the whole text, which costs far less than to place each of its words."""
    plain = folded(text)
    return any(term.words[0] in plain for term in terms if not term.excluded)


class Placed:
    """The words of a text by their place, with where they stand in the text as it was typed."""

    def __init__(self, text: str) -> None:
        starts, ends, plain = origins(text)
        self.stretches: dict[tuple[int, str], Stretch] = {}
        self.at: dict[int, list[str]] = defaultdict(list)
        self.places: dict[str, list[int]] = defaultdict(list)
        for word, place, start, end in words_of(plain):
            self.at[place].append(word)
            self.places[word].append(place)
            self.stretches[place, word] = starts[start], ends[end - 1]

    def hits(self, term: Term) -> Iterator[Stretch]:
        first, last = term.places[0], term.places[-1]
        begun = term.begins and first == last
        for place in self.at if begun else self.places.get(term.words[0], ()):
            stretches: list[Stretch] = []
            for word, at in zip(term.words, term.places, strict=True):
                there = place + at - first
                found = self.stretch(there, word, begins=term.begins and at == last)
                if found is None:
                    break
                stretches.append(found)
            else:
                yield stretches[0][0], stretches[-1][1]

    def stretch(self, place: int, word: str, *, begins: bool) -> Stretch | None:
        for there in self.at.get(place, ()):
            if there == word or (begins and there.startswith(word)):
                return self.stretches[place, there]
        return None


def origins(text: str) -> tuple[Sequence[int], Sequence[int], str]:
    """The folded text, and for each of its characters where what it came from begins and ends."""
    if text.isascii():
        return range(len(text)), range(1, len(text) + 1), folded(text)
    starts: list[int] = []
    ends: list[int] = []
    pieces = []
    for start, end in clusters(text):
        piece = folded(text[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    return starts, ends, "".join(pieces)


def clusters(text: str) -> Iterator[Stretch]:
    """Each character with the marks that belong to it: what is folded together."""
    start = 0
    for i in range(1, len(text)):
        if not belongs(text[i]):
            yield start, i
            start = i
    if text:
        yield start, len(text)


def belongs(sign: str) -> bool:
    """Whether a character is one with what stands before it."""
    if sign.isascii():
        return False
    jamo = "\u1160" <= sign <= "\u11ff"  # vowels and ends of Hangul syllables
    return jamo or sign in "\uff9e\uff9f" or unicodedata.category(sign) in MARKS


def merged(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Sorted stretches, those that touch or overlap as one."""
    begin = end = -1
    for start, stop in stretches:
        if start > end:
            if end >= 0:
                yield begin, end
            begin, end = start, stop
        end = max(end, stop)
    if end >= 0:
        yield begin, end


def segments(text: str, hits: Iterator[Stretch]) -> Segments:
    found: Segments = []
    done = 0
    for start, end in hits:
        found += [(text[done:start], False), (text[start:end], True)]
        done = end
    found.append((text[done:], False))
    return [(piece, hit) for piece, hit in found if piece]


def excerpt_around(segments: Segments, length: int) -> Segments:
    """About so many characters around the first hit, with an ellipsis where text is left out."""
    text = "".join(piece for piece, _hit in segments)
    if len(text) <= length:
        return segments
    before = 0
    for piece, hit in segments:
        if hit:
            break
        before += len(piece)
    else:
        before = 0
    start = boundary(text, min(max(0, before - length // BACK), len(text) - length), forward=True)
    end = boundary(text, start + length, forward=False)
    return [
        *([("…", False)] if start else []),
        *cut(segments, start, end),
        *([("…", False)] if end < len(text) else []),
    ]


def boundary(text: str, at: int, *, forward: bool) -> int:
    """Somewhere near that cuts no word, or at least no character from its marks."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    places = range(at, at + WORD) if forward else range(at, at - WORD, -1)
    for place in places:
        if 0 < place < len(text) and text[place - 1 if forward else place].isspace():
            return place
    while 0 < at < len(text) and belongs(text[at]):
        at -= 1
    return at


def cut(segments: Segments, start: int, end: int) -> Segments:
    found: Segments = []
    place = 0
    for piece, hit in segments:
        kept = piece[max(0, start - place) : max(0, end - place)]
        place += len(piece)
        if kept:
            found.append((kept, hit))
    return found
