"""How many voices are behind the answers: near-copies are found, flagged and counted once.

A text of GATE characters or more links to the leader that it is most like, or leads itself;
no chains, as A like B and B like C says nothing of A and C. Shorter texts are not linked:
people honestly write the same short thing, which is counted and called nothing. Nothing is
ever dropped; a group offers a second count beside the first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import cast

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.signatures import (
    PERMUTATIONS,
    Signatures,
    loaded,
    normal,
    signatures,
    stored,
)

GATE = 50  # characters
ALIKE = 26  # of 64 values that agree: a Jaccard similarity of .4
CAMPAIGN = 5  # texts
ENOUGH = 3  # texts with something in common
COMMON = 27  # of 64 values that agree with what a group has in common
ROUNDS = 3
BANDS = PERMUTATIONS // 2  # two values each
SHARED = 2  # bands that near-copies have in common
AT_ONCE = 1_000  # texts
DIGEST = 8  # bytes
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Linked:
    """One text and the group that it belongs to.

    ``group`` is the number of the text that leads it, its own where it leads; None for texts
    below the gate. Texts with the same ``digest`` are the same but for case and marks.
    """

    number: int
    group: int | None
    digest: bytes
    signature: bytes  # empty below the gate
    likeness: float  # to the leader, 1 for the leader itself


def digest_of(text: str) -> bytes:
    """The same for texts that differ in case and marks only."""
    return digest_of_normal(normal(text))


def digest_of_normal(plain: str) -> bytes:
    return blake2b(plain.encode(), digest_size=DIGEST).digest()


class Voices:
    """The leaders so far; what is added is linked to them, in order and deterministically.

    Only leaders are needed to go on: their numbers, and their signatures as `loaded` from
    what `Linked` had. In one go or in pieces, the groups are the same.
    """

    def __init__(self, numbers: Sequence[int] = (), signed: Signatures | None = None) -> None:
        self.numbers = list(numbers)
        self.old = Index(np.empty((0, PERMUTATIONS), np.uint16) if signed is None else signed)
        self.new = Index(np.empty((0, PERMUTATIONS), np.uint16))

    def add(self, texts: Sequence[str], *, numbers: Sequence[int] = ()) -> list[Linked]:
        """Link further texts; ``numbers`` are their responses', or they are counted on from 0."""
        named = list(numbers) or list(range(len(texts)))
        plain = [normal(text) for text in texts]
        digests = [digest_of_normal(text) for text in plain]
        linked = [
            Linked(number, None, digest, b"", 1.0)
            for number, digest in zip(named, digests, strict=True)
        ]
        long = [at for at, text in enumerate(plain) if len(text) >= GATE]
        for first in range(0, len(long), AT_ONCE):
            places = long[first : first + AT_ONCE]
            signed = signatures([plain[at] for at in places])
            groups, likeness = self.link(signed, [named[at] for at in places])
            for at, group, alike, row in zip(places, groups, likeness, stored(signed), strict=True):
                linked[at] = Linked(named[at], group, digests[at], row, alike / PERMUTATIONS)
        return linked

    def link(self, signed: Signatures, numbers: Sequence[int]) -> tuple[list[int], list[int]]:
        """Each text's leader and in how many values they agree."""
        leader, alike = self.old.best(signed)
        recent, closer = self.new.best(signed)
        recent += len(self.old)
        leader, alike = np.where(closer > alike, (recent, closer), (leader, alike))
        known = len(self.old) + len(self.new)
        fresh: list[int] = []  # places in this batch of texts that lead
        for at in range(len(signed)):
            if fresh:
                among, agree = best_of(signed[at], signed[fresh])
                if agree > alike[at]:
                    leader[at], alike[at] = known + among, agree
            if alike[at] < ALIKE:
                leader[at], alike[at] = known + len(fresh), PERMUTATIONS
                fresh.append(at)
        self.numbers += [numbers[at] for at in fresh]
        self.grow(signed[fresh])
        return [self.numbers[place] for place in leader], alike.tolist()

    def grow(self, signed: Signatures) -> None:
        """Sorting everything for each batch would cost more than linking it."""
        recent = np.concatenate([self.new.signed, signed])
        if len(recent) < max(4 * AT_ONCE, len(self.old) // 4):
            self.new = Index(recent)
            return
        self.old = Index(np.concatenate([self.old.signed, recent]))
        self.new = Index(recent[:0])


class Index:
    """Signatures by their bands, sorted, so that those that share a band lie together."""

    def __init__(self, signed: Signatures) -> None:
        self.signed = signed
        keys = bands(signed)
        self.order = np.argsort(keys, axis=1, kind="stable").astype(np.int32)
        self.keys = np.take_along_axis(keys, self.order, axis=1)

    def __len__(self) -> int:
        return len(self.signed)

    def best(self, asked: Signatures) -> tuple[Numbers, Numbers]:
        """For each the first of those most alike, and in how many values; 0 where none is."""
        leader, alike = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
        pairs = self.sharing(asked)
        if not len(pairs):
            return leader, alike
        one, other = np.divmod(pairs, len(self))
        agree = (asked[one] == self.signed[other]).sum(axis=1)
        order = np.lexsort((other, -agree, one))
        first = order[np.unique(one[order], return_index=True)[1]]
        leader[one[first]], alike[one[first]] = other[first], agree[first]
        return leader, alike

    def sharing(self, asked: Signatures) -> Numbers:
        """Pairs that share SHARED bands or more, as asked · size + place."""
        found = [np.empty(0, np.int64)]
        for keys, order, sought in zip(self.keys, self.order, bands(asked), strict=True):
            low, high = np.searchsorted(keys, sought), np.searchsorted(keys, sought, side="right")
            many = high - low
            places = np.arange(many.sum()) + np.repeat(low - (np.cumsum(many) - many), many)
            found.append(np.repeat(np.arange(len(asked)), many) * len(self) + order[places])
        pairs = np.sort(np.concatenate(found))
        again = pairs[SHARED - 1 :] == pairs[: len(pairs) - SHARED + 1]
        return np.unique(pairs[SHARED - 1 :][again])


def bands(signed: Signatures) -> NDArray[np.uint32]:
    """One row a band: its two values as one number."""
    wide = signed.astype(np.uint32)
    return np.ascontiguousarray((wide[:, 0::2] << np.uint32(16) | wide[:, 1::2]).T)


def best_of(one: Signatures, others: Signatures) -> tuple[int, int]:
    """The first of those most alike that share SHARED bands, as `Index.best` has it."""
    same = one == others
    agree = np.where((same[:, 0::2] & same[:, 1::2]).sum(axis=1) >= SHARED, same.sum(axis=1), 0)
    place = int(np.argmax(agree))
    return place, int(agree[place])


@dataclass(frozen=True)
class Group:
    """Texts that are near-copies of one, the leader first."""

    leader: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Count:
    """The same answers counted twice: as they came, and each campaign as one voice."""

    submissions: int
    voices: int


def gathered(linked: Sequence[Linked]) -> list[Linked]:
    """The same texts, linked to what their group has in common rather than to its first.

    Two copies of one text, each with other words changed, may be less alike than each is to
    the text that they were made from. In each place of a signature, the value that most of a
    group have is that text's; so groups of one campaign find together, and what was changed
    most finds its group. Groups of fewer than ENOUGH have nothing certain in common.
    """
    now = list(linked)
    for _round in range(ROUNDS):
        then = gathered_once(now)
        if then == now:
            break
        now = then
    return now


def gathered_once(linked: Sequence[Linked]) -> list[Linked]:
    long = [at for at, one in enumerate(linked) if one.group is not None]
    signed = loaded([linked[at].signature for at in long])
    members: dict[int, list[int]] = {}
    for place, at in enumerate(long):
        members.setdefault(cast("int", linked[at].group), []).append(place)
    large = [group for group, own in members.items() if len(own) >= ENOUGH]
    if not large:
        return list(linked)
    large.sort(key=lambda group: (-len(members[group]), group))
    common = np.stack([consensus(signed[members[group]]) for group in large])
    heads = Voices()  # the larger of two groups that are one leads it
    found, _alike = heads.link(common, large)
    of_head = dict(zip(large, found, strict=True))
    nearest, alike = Index(common[np.isin(large, heads.numbers)]).best(signed)
    moved = list(linked)
    for number, at in enumerate(long):
        one = linked[at]
        if alike[number] >= COMMON:
            group = heads.numbers[nearest[number]]
            moved[at] = replace(one, group=group, likeness=int(alike[number]) / PERMUTATIONS)
        else:
            moved[at] = replace(one, group=of_head.get(cast("int", one.group), one.group))
    return moved


def consensus(signed: Signatures) -> Signatures:
    """In each place the value that most have; the first text's where none is ahead."""
    most: Signatures = signed[0].copy()
    for place in range(PERMUTATIONS):
        values, times = np.unique(signed[:, place], return_counts=True)
        if times.max() > (signed[:, place] == signed[0, place]).sum():
            most[place] = values[np.argmax(times)]
    return most


def groups(linked: Iterable[Linked], *, at_least: int = 2) -> list[Group]:
    """Groups of near-copies, the largest first."""
    members: dict[int, list[int]] = {}
    for one in linked:
        if one.group is not None:
            members.setdefault(one.group, []).append(one.number)
    found = [Group(leader, tuple(own)) for leader, own in members.items() if len(own) >= at_least]
    return sorted(found, key=lambda group: (-len(group.numbers), group.leader))


def repeated(linked: Iterable[Linked]) -> Counter[bytes]:
    """How often each short text was written, by digest: honest until shown otherwise."""
    return Counter(one.digest for one in linked if one.group is None)


def counted(linked: Sequence[Linked], *, at_least: int = CAMPAIGN) -> Count:
    campaigns = groups(linked, at_least=at_least)
    return Count(len(linked), len(linked) - sum(len(group.numbers) - 1 for group in campaigns))
