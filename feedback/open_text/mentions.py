"""Which names an answer mentions: entity, version, size, variant, and where it says so.

One scan for all names of a catalogue; then what is ambiguous is judged by what stands near
it and by what was asked, and a word one letter away from a name is taken for it unless the
answers use it as a word. Three levels are kept: family, version, and what was written.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import re2
from rapidfuzz.distance import DamerauLevenshtein

from feedback.open_text.catalogue import Catalogue, Entity, Kind, key, quiet
from feedback.open_text.folding import Folded, folded
from feedback.open_text.name_parts import JOINED, Parts, also, parts_after

NEAR = 60  # characters to another name that counts
LIKE = 0.8  # one letter of five
SHORT = 0.75  # one letter of four, where a version or size follows
LONG = 7  # letters at which a misspelling needs no question that asks for names
WORD = re.compile(r"(?<![a-z0-9])[a-z]{4,}(?![a-z'])")
TWO = re.compile(r"(?<![a-z0-9])(?=([a-z]{2,}[ -][a-z]{2,})(?![a-z']))")
BOUNDARY = r"(?:\b|\d|v\d|(?:" + "|".join(sorted(JOINED, key=len, reverse=True)) + r")\b)"
NEVER = r"[^\s\S]"
ITEM_ENDS = frozenset(",;/&+\n|()") | {""}


class How(StrEnum):
    """How sure a mention is."""

    EXACT = "exact"
    PATTERN = "pattern"
    FUZZY = "fuzzy"


@dataclass(frozen=True)
class Mention:
    """One name in one text; ``text[start:end]`` is what was written."""

    entity: str
    family: str
    version: str
    size: str
    variant: str
    start: int
    end: int
    written: str
    how: How


@dataclass(frozen=True)
class Hit:
    """A name found in folded text, not yet judged."""

    entity: Entity
    start: int
    parts: Parts
    how: How
    sure: bool

    @property
    def end(self) -> int:
        return self.parts.end


@dataclass(frozen=True)
class Like:
    """The entity that a word is close to, how close, and whether its name is one word."""

    entity: Entity
    likeness: float
    single: bool


class Finder:
    """Finds the names of one catalogue.

    Args:
        common: words that the answers use as words (`common_words`), folded; none of them is
            taken for a misspelt name.
    """

    def __init__(self, catalogue: Catalogue, *, common: Collection[str] = ()) -> None:
        self.catalogue = catalogue
        self.entities: dict[str, Entity | None] = {key(name): None for name in catalogue.not_names}
        self.patterns: list[tuple[Any, Entity]] = []
        spellings = list(catalogue.not_names)
        for entity in catalogue.entities:
            self.entities |= {key(alias): entity for alias in entity.aliases}
            self.patterns += [(re2.compile(p, options=quiet()), entity) for p in entity.patterns]
            spellings += entity.aliases
        patterns = [pattern for entity in catalogue.entities for pattern in entity.patterns]
        self.scan = re2.compile(alternation(spellings, patterns), options=quiet())
        self.words = {folded(word).text for word in (*catalogue.words, *common)}
        self.single = {folded(one).text for entity in catalogue.entities for one in entity.aliases}
        self.by_letter: dict[str, list[tuple[str, Entity]]] = {}
        for spelling, named in self.entities.items():
            if named and len(spelling) >= (5 if named.ambiguous else 4) and spelling.isalpha():
                self.by_letter.setdefault(spelling[0], []).append((spelling, named))
        self.nearest: dict[str, Like | None] = {}

    def find(self, text: str, *, asked: bool = False) -> list[Mention]:
        """The names in one text, in order; ``asked``: the question asked for such names."""
        return self.mentions(text, folded(text), asked=asked)

    def mentions(self, text: str, plain: Folded, *, asked: bool) -> list[Mention]:
        hits, taken = self.exact(plain.text, text, plain)
        hits += self.misspelt(plain.text, taken, asked=asked)
        hits.sort(key=lambda hit: hit.start)
        hits = joined(hits, plain.text)
        hits = judged(hits, plain.text, self.catalogue.asks if asked else ())
        return [mention for hit in hits for mention in told(hit, text, plain)]

    def exact(
        self, plain: str, text: str, places: Folded
    ) -> tuple[list[Hit], list[tuple[int, int]]]:
        hits: list[Hit] = []
        taken: list[tuple[int, int]] = []
        for match in self.scan.finditer(plain):
            group = 1 if match.start(1) >= 0 else 2 if match.start(2) >= 0 else 3
            start, end = match.span(group)
            entity, how = self.of(plain[start:end])
            if entity is None:
                taken.append((start, end))
                continue
            if taken and start < taken[-1][1]:
                continue  # within what belongs to the name before
            parts = parts_after(plain, end, entity=entity)
            written = slice(*places.original(start, end))
            sure = not entity.ambiguous or bool(parts) or text[written] in entity.cased
            if entity.ambiguous and plain[end : end + 1] == "(":
                sure = False  # a function of that name
            hits.append(Hit(entity, start, parts, how, sure))
            taken.append((start, parts.end))
        return hits, taken

    def of(self, spelling: str) -> tuple[Entity | None, How]:
        spelt = key(spelling)
        if spelt in self.entities:
            return self.entities[spelt], How.EXACT
        for pattern, entity in self.patterns:
            if pattern.fullmatch(spelling):
                return entity, How.PATTERN
        return None, How.EXACT

    def misspelt(self, plain: str, taken: list[tuple[int, int]], *, asked: bool) -> Iterator[Hit]:
        words = [(match[0], *match.span()) for match in WORD.finditer(plain)]
        if asked:  # two words that are one name come before each of them
            words = [(match[1], *match.span(1)) for match in TWO.finditer(plain)] + words
        for word, start, end in words:
            like = self.like(word)
            if like is None or any(start < b and a < end for a, b in taken):
                continue
            entity = like.entity
            parts = parts_after(plain, end, entity=entity)
            numbered = bool(parts.version or parts.size)
            if like.likeness < LIKE and not (numbered and asked):
                continue
            alone = len(word) >= LONG and like.single and not entity.ambiguous
            if not (asked or numbered or alone):
                continue
            taken.append((start, parts.end))
            yield Hit(entity, start, parts, How.FUZZY, sure=not entity.ambiguous or numbered)

    def like(self, word: str) -> Like | None:
        """The entity whose name this word is close to, and how close."""
        if word not in self.nearest:
            self.nearest[word] = self.closest(word)
        return self.nearest[word]

    def closest(self, word: str) -> Like | None:
        spelt = key(word)
        if spelt in self.entities or word in self.words or spelt in self.words:
            return None
        near: Like | None = None
        for spelling, entity in self.by_letter.get(spelt[0], ()):
            if spelt == f"{spelling}s" or (" " in word and len(spelling) < LONG):
                continue
            likeness = DamerauLevenshtein.normalized_similarity(spelt, spelling)
            if likeness >= SHORT and (near is None or likeness > near.likeness):
                near = Like(entity, likeness, single=spelling in self.single)
        return near


def alternation(spellings: Iterable[str], patterns: Sequence[str]) -> str:
    """One pattern for all spellings, the longest first: names, patterns, other scripts."""
    ordered = sorted({folded(one).text for one in spellings}, key=lambda one: (-len(one), one))
    latin = [loose(one) for one in ordered if re.match(r"[a-z0-9]", one)]
    lettered = [one for one in latin if not one[-1].isdigit()]
    figured = [one for one in latin if one[-1].isdigit()]
    other = [re2.escape(one) for one in ordered if not re.match(r"[a-z0-9]", one)]
    groups = [[f"{one}\\b" for one in figured] + list(patterns), lettered, other]
    first, second, third = ("|".join(group) or NEVER for group in groups)
    return rf"\b({first})|\b({second}){BOUNDARY}|({third})"


def loose(spelling: str) -> str:
    return r"[\s\-]?".join(str(re2.escape(word)) for word in re.split(r"[\s\-]+", spelling))


def joined(hits: list[Hit], plain: str) -> list[Hit]:
    """Names that are one name: account/model, Hermes-3-Llama-3.1-8B, R1-Distill-Qwen-7B."""
    kept: list[Hit] = []
    for hit in hits:
        before = kept[-1] if kept else None
        joint = plain[before.end : hit.start] if before else " "
        if before and joint == "/" and is_account(before.entity, hit.entity):
            kept[-1] = hit
        elif before and joint == "-" and {before.entity.kind, hit.entity.kind} == {Kind.MODEL}:
            kept[-1] = as_one(before, hit)
        else:
            kept.append(hit)
    return kept


def is_account(first: Entity, second: Entity) -> bool:
    return first.id == second.id or first.kind is Kind.COMPANY


def as_one(before: Hit, hit: Hit) -> Hit:
    named, base = (hit, before) if hit.entity.tune and not before.entity.tune else (before, hit)
    variant = "-".join(filter(None, (before.parts.variant, hit.parts.variant)))
    parts = replace(
        named.parts, end=hit.end, size=named.parts.size or base.parts.size, variant=variant
    )
    return replace(named, start=before.start, parts=parts, sure=True)


def judged(hits: list[Hit], plain: str, asks: Collection[Kind]) -> list[Hit]:
    """Those that count: sure ones, and ambiguous ones that what is near or asked vouches for."""
    counts = [hit.sure or is_asked(hit, plain, asks) for hit in hits]
    grew = True
    while grew:
        grew = False
        for at, hit in enumerate(hits):
            if not counts[at] and hit.entity.ambiguous is True and vouched(at, hits, counts, plain):
                counts[at] = grew = True
    return [hit for hit, count in zip(hits, counts, strict=True) if count]


def is_asked(hit: Hit, plain: str, asks: Collection[Kind]) -> bool:
    if hit.entity.kind not in asks or plain[hit.end : hit.end + 1] == "(":
        return False
    if hit.entity.ambiguous != "everyday":
        return True
    before, after = plain[: hit.start].rstrip(" "), plain[hit.end :].lstrip(" ")
    return before[-1:] in ITEM_ENDS and after[:1] in ITEM_ENDS


def vouched(at: int, hits: list[Hit], counts: list[bool], plain: str) -> bool:
    hit = hits[at]
    if plain[hit.end : hit.end + 1] == "(":
        return False
    return any(
        counts[place]
        and other.entity.kind is hit.entity.kind
        and other.entity.id != hit.entity.id
        and max(hit.start - other.end, other.start - hit.end) <= NEAR
        for place, other in enumerate(hits)
    )


def told(hit: Hit, text: str, plain: Folded) -> Iterator[Mention]:
    start, end = plain.original(hit.start, hit.end)
    one = Mention(
        entity=hit.entity.id,
        family=hit.entity.counted_under,
        version=hit.parts.version,
        size=hit.parts.size,
        variant=hit.parts.variant,
        start=start,
        end=end,
        written=text[start:end],
        how=hit.how,
    )
    yield one
    at = hit.end
    while hit.parts.version and (more := also(plain.text, at, entity=hit.entity)):
        version, first, at = more
        start, end = plain.original(first, at)
        yield replace(
            one, version=version, size="", variant="", start=start, end=end, written=text[start:end]
        )


def common_words(texts: Iterable[str], catalogue: Catalogue, *, share: float = 0.002) -> set[str]:
    """Words that so many answers use that they are no misspelling.

    A misspelling is rarer than the name itself: what is much rarer than the name that it is
    close to is left out, however many wrote it.
    """
    seen: Counter[str] = Counter()
    answers = 0
    for text in texts:
        answers += 1
        seen.update(set(re.findall(r"[a-z]{4,}", folded(text).text)))
    often = max(5, share * answers)
    finder = Finder(catalogue)
    common = set()
    for word, times in seen.items():
        if times >= often:
            like = finder.like(word)
            names = [key(alias) for alias in like.entity.aliases] if like else []
            if max((seen[name] for name in names), default=0) < 3 * times:
                common.add(word)
    return common
