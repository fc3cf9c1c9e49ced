"""Themes of open answers: found, named, and every answer in one.

Distinct texts → vectors → a sample smoothed over its graph → a tree of micro-clusters,
cut into top themes, each into parts. Whatever is not in the sample goes where the nearest
group of the sample went. Nothing is left over: an answer that fits nowhere is in a theme
that calls itself mixed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.open_text.counts import Floats, Integers, unit
from feedback.open_text.embedder import Embedder
from feedback.open_text.graph import diffused
from feedback.open_text.phrases import Label, general_words, labels, phrases_of
from feedback.open_text.texts import normalised, says_nothing
from feedback.open_text.threads import one_thread
from feedback.open_text.tree import Tree, means_of, micro_clusters, renumbered, tidied

SAMPLE = 12_000  # distinct texts; with 20,000 it takes twice as long for the same themes
FEWEST, MOST = 8, 25  # top themes
MICRO = 400
A_THEME = 5  # distinct texts at least, on average
PARTED, PARTS = 40, 5  # distinct texts from which a theme has parts; how many at most
TOO_LARGE = 0.25  # of all answers: divided once more, or called mixed
COVERED = 0.25  # of a theme's texts have a phrase of its label; where fewer do, it is mixed
BY_CHANCE = 3  # texts more, so that three phrases of a small theme do not pass for a label
LOOSE = 0.7  # of the usual cohesion
BLOCK = 10_000

Tick = Callable[[int], object]


@dataclass(frozen=True)
class Found:
    """Themes of many texts. ``top`` and ``part`` are -1 for a text that says nothing."""

    embedder: Embedder
    top: Integers  # of each text, as given
    part: Integers  # of each text: parts are numbered through all themes
    parent: Integers  # of each part
    labels: list[Label]  # of top themes
    part_labels: list[Label]
    mixed: list[bool]  # of top themes: a remainder rather than a theme
    centroids: Floats  # of top themes
    part_centroids: Floats
    anchors: Floats  # centres of small groups, which new texts are compared with
    anchor_part: Integers
    closeness: Floats  # of each text to the centroid of its theme

    @property
    def sizes(self) -> Integers:
        return np.bincount(self.top[self.top >= 0], minlength=len(self.labels))

    def place(self, vectors: Floats) -> Integers:
        """The part that each vector belongs to; its theme is ``parent`` of that."""
        if not len(self.anchors):
            return np.full(len(vectors), -1, dtype=np.int64)
        return np.asarray(self.anchor_part[(vectors @ self.anchors.T).argmax(axis=1)])


@one_thread()
def find(
    texts: Sequence[str],
    *,
    embedder: Embedder,
    number: int | None = None,
    seed: int = 0,
    tick: Tick = lambda _texts: None,
) -> Found:
    """The themes of texts as they were written, in any order, with copies and blanks.

    Args:
        number: of top themes, exactly; 8 to 25 by the shape of the tree if nobody says.
        tick: told of texts that are done, for a progress bar.
    """
    said, of_said = _distinct(texts)
    random = np.random.default_rng(seed)
    sample = np.sort(random.permutation(len(said))[:SAMPLE])
    fitted = embedder.fit([said[at] for at in sample], seed=seed)
    vectors = fitted.transform([said[at] for at in sample])
    answers = np.bincount(of_said[of_said >= 0], minlength=len(said))
    smooth = diffused(vectors)
    top, part, parent, anchors, anchor_part = _clusters(
        vectors, smooth, answers[sample], number=number, seed=seed
    )
    all_part = np.full(len(said), -1, dtype=np.int64)
    all_part[sample] = part
    tick(len(sample))
    centroids, _sizes = means_of(vectors, top) if len(said) else (vectors, answers)
    part_centroids, _sizes = means_of(vectors, part) if len(said) else (vectors, answers)
    centroids, part_centroids = unit(centroids), unit(part_centroids)
    closeness = np.zeros(len(said), dtype=np.float32)
    closeness[sample] = (vectors * centroids[top]).sum(axis=1) if len(said) else 0
    rest = np.flatnonzero(all_part < 0)
    for at in range(0, len(rest), BLOCK):
        some = rest[at : at + BLOCK]
        placed = fitted.transform([said[one] for one in some])
        all_part[some] = anchor_part[(placed @ anchors.T).argmax(axis=1)]
        closeness[some] = (placed * centroids[parent[all_part[some]]]).sum(axis=1)
        tick(len(some))
    # Copies follow: the same text is in the same theme.
    there = of_said >= 0
    spread_part = np.where(there, np.append(all_part, -1)[of_said], -1)
    spread_top = np.where(there, np.append(parent, -1)[spread_part], -1)
    named, part_named = _named(said, all_part, parent)
    return Found(
        fitted, spread_top, spread_part, parent, named, part_named,
        _mixed(named, closeness, parent[all_part], spread_top), centroids, part_centroids,
        anchors, anchor_part, np.where(there, np.append(closeness, 0)[of_said], 0),
    )  # fmt: skip


def _distinct(texts: Sequence[str]) -> tuple[list[str], Integers]:
    """Normalised texts that say something, each once; and which of them each text is."""
    numbers: dict[str, int] = {}
    known: dict[str, int] = {}  # as written: most copies are exact
    of = np.empty(len(texts), dtype=np.int64)
    for at, text in enumerate(texts):
        if (number := known.get(text)) is None:
            plain = normalised(text)
            nothing = says_nothing(plain)
            number = known[text] = -1 if nothing else numbers.setdefault(plain, len(numbers))
        of[at] = number
    return list(numbers), of


def _clusters(
    vectors: Floats, smooth: Floats, answers: Integers, *, number: int | None, seed: int
) -> tuple[Integers, Integers, Integers, Floats, Integers]:
    """Top and part of each text of the sample, the theme of each part, and the anchors."""
    if not len(vectors):
        none = np.zeros(0, dtype=np.int64)
        return none, none, none, vectors, none
    micro = micro_clusters(smooth, max(MICRO, 6 * (number or 0)), seed=seed)
    tree = Tree.over(*means_of(smooth, micro))
    wanted = number or _number(tree, len(vectors))
    top = tidied(smooth, tree.cut(wanted)[micro])
    if number is None and len(vectors) >= FEWEST * A_THEME:
        top = _divided(smooth, top, answers, seed=seed)
    top = _by_size(top, answers)
    part = _parts(smooth, top, seed=seed)
    parent = np.zeros(int(part.max()) + 1, dtype=np.int64)
    parent[part] = top
    small = renumbered(micro * (int(part.max()) + 1) + part)
    anchors, _sizes = means_of(vectors, small)
    anchor_part = np.zeros(len(anchors), dtype=np.int64)
    anchor_part[small] = part
    return top, part, parent, unit(anchors), anchor_part


def _number(tree: Tree, texts: int) -> int:
    """About the cube root of the texts, where the tree has a gap: 8 to 25 of them."""
    most = max(1, min(MOST, texts // A_THEME))
    middle = 1.2 * texts ** (1 / 3)
    fewest = max(min(FEWEST, most), min(round(0.85 * middle), most))
    return tree.best_between(fewest, max(fewest, min(most, round(1.3 * middle)))) if most > 1 else 1


def _divided(smooth: Floats, top: Integers, answers: Integers, *, seed: int) -> Integers:
    """Themes of more than a quarter of the answers in two, thrice at most."""
    for _try in range(3):
        sizes = np.bincount(top, weights=answers)
        largest = int(sizes.argmax())
        inside = np.flatnonzero(top == largest)
        small_enough = sizes[largest] <= TOO_LARGE * sizes.sum()
        if small_enough or len(inside) < 2 * A_THEME or len(sizes) >= MOST:
            break
        two = _branches(smooth[inside], 2, seed=seed)
        top = top.copy()
        top[inside[two == 1]] = len(sizes)
    return top


def _branches(smooth: Floats, number: int, *, seed: int) -> Integers:
    micro = micro_clusters(smooth, MICRO // 4, seed=seed)
    return tidied(smooth, Tree.over(*means_of(smooth, micro)).cut(number)[micro])


def _by_size(groups: Integers, answers: Integers) -> Integers:
    """The largest is number 0."""
    sizes = np.bincount(groups, weights=answers)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[groups]


def _parts(smooth: Floats, top: Integers, *, seed: int) -> Integers:
    """Two to five parts of each theme that is large enough, else itself."""
    part = np.empty(len(top), dtype=np.int64)
    begun = 0
    for theme in range(int(top.max()) + 1):
        inside = np.flatnonzero(top == theme)
        number = min(PARTS, len(inside) // (PARTED // 2)) if len(inside) >= PARTED else 1
        within = np.zeros(len(inside), dtype=np.int64)
        if number > 1:
            within = _branches(smooth[inside], number, seed=seed)
            within = _by_size(within, np.ones(len(inside), dtype=np.int64))
            within[np.bincount(within)[within] < A_THEME] = 0
        part[inside] = within + begun
        begun += int(within.max()) + 1
    return part


def _named(said: list[str], part: Integers, parent: Integers) -> tuple[list[Label], list[Label]]:
    """Labels of themes against each other, and of parts against those of the same theme."""
    if not said:
        return [], []
    phrases = phrases_of(said)
    top = parent[part]
    general = general_words(phrases, top)
    named = labels(phrases, top, general=general)
    parts: list[Label] = []
    for theme, label in enumerate(named):
        inside = np.flatnonzero(parent == theme)
        if len(inside) == 1:
            parts.append(label)
            continue
        within = np.where(top == theme, part - inside[0], -1)
        unwanted = frozenset(label.phrases[:1])
        within_it = labels(phrases, within, general=general, unwanted=unwanted)
        parts.extend(one if one.phrases else label for one in within_it)
    return named, parts


def _mixed(named: list[Label], closeness: Floats, top: Integers, answers: Integers) -> list[bool]:
    """Remainders: their label covers few of their texts, or they hold loosely together."""
    if not named:
        return []
    sizes = np.maximum(np.bincount(top, minlength=len(named)), 1)
    cohesion = np.bincount(top, weights=closeness, minlength=len(named)) / sizes
    people = np.bincount(answers[answers >= 0], minlength=len(named))
    share, usual = people / max(int(people.sum()), 1), float(np.median(cohesion))
    return [
        label.covered < COVERED + BY_CHANCE / size
        or (loose < LOOSE * usual and label.covered < 2 * COVERED)
        or (part > TOO_LARGE and len(named) > FEWEST // 2)
        for label, size, loose, part in zip(named, sizes, cohesion, share, strict=True)
    ]
