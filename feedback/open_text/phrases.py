"""What a theme is about, in words of its own: phrases telling for it, and its label.

Class-based TF-IDF on phrases of one to three words: how many answers of a theme have a
phrase, against how many of the others do (after M. Grootendorst, arXiv 2203.05794, with
answers counted instead of occurrences, so that one long rant does not name a theme).
Words that every theme has stand for nothing, in any language, and no list need say which.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from feedback.open_text.counts import Floats, Integers
from feedback.open_text.general import general
from feedback.open_text.texts import UNSPACED, words

IN_LABEL = 3
MUCH = 0.25  # of the answers with a phrase have the longer one too: that is more telling
ENDS = ("ations", "ation", "ings", "ing", "ies", "ers", "ed", "es", "er", "s", "y", "e")
MOST_WORDS = 60_000
EVERYWHERE = 0.02  # of all answers; a word in more of them, spread evenly, is general
EVENLY = 0.9  # of the largest entropy there can be
LIFT = 2.0  # times as frequent as elsewhere
SUBJECT = 0.3  # of all answers have the word: what a survey is about names none of its themes
HALF = 0.55  # of a word's answers in a theme having one phrase with it: the phrase says it
SENTENCES = re.compile(r"[.,;:!?…()\[\]{}\"“”„«»|\n/&。，；：！？、]+(?=\s|\w|$)")


@dataclass(frozen=True)
class Phrases:
    """All phrases of many texts, and which text has which."""

    words: list[str]
    spelt: list[tuple[int, ...]]  # the words of each phrase, by number
    having: sparse.csr_matrix  # texts × phrases, 0 or 1

    def text(self, phrase: int) -> str:
        return joined([self.words[word] for word in self.spelt[phrase]])


def joined(parts: Sequence[str]) -> str:
    """Words with spaces; signs without spaces as they were written: 中文 文字 → 中文字."""
    found = parts[0]
    for before, after in pairwise(parts):
        if UNSPACED.fullmatch(before) and UNSPACED.fullmatch(after) and before[1:] == after[:1]:
            found += after[1:]
        else:
            found += f" {after}"
    return found


def phrases_of(texts: Sequence[str]) -> Phrases:
    """Phrases of one to three words in normalised texts, in two of them at least."""
    rare = 2 if len(texts) > 20 else 1
    numbers: dict[str, int] = {}
    flat: list[int] = []
    ends = np.zeros(len(texts) + 1, dtype=np.int64)
    for at, text in enumerate(texts):
        for part in SENTENCES.split(text):
            flat.extend(numbers.setdefault(word, len(numbers)) for word in words(part))
            flat.append(-1)
        ends[at + 1] = len(flat)
    names = list(numbers)
    of_text = np.repeat(np.arange(len(texts)), np.diff(ends))
    written = np.array(flat, dtype=np.int64)
    kept = _frequent(written, of_text, len(names), rare=rare)
    return _gathered(names, kept, of_text, len(texts), rare=rare)


def _frequent(written: Integers, of_text: Integers, number: int, *, rare: int) -> Integers:
    """The same, with -1 for words that are too rare to be telling."""
    pairs = np.unique(np.stack([of_text, written])[:, written >= 0], axis=1)
    texts_with = np.bincount(pairs[1], minlength=number)
    least = max(rare, int(np.sort(texts_with)[::-1][min(number, MOST_WORDS) - 1]) if number else 0)
    return np.where((written >= 0) & (np.append(texts_with, 0)[written] >= least), written, -1)


def _gathered(
    names: list[str], written: Integers, of_text: Integers, texts: int, *, rare: int
) -> Phrases:
    """Runs of one, two and three words, each coded as one number, counted once a text."""
    base = len(names) + 1
    columns, rows = [], []
    spelt: list[tuple[int, ...]] = []
    for length in (1, 2, 3):
        if len(written) < length:
            break
        runs = [written[at : len(written) - length + 1 + at] for at in range(length)]
        whole = np.all([run >= 0 for run in runs], axis=0)
        code = sum(run[whole] * base**at for at, run in enumerate(runs))
        codes, place = np.unique(code, return_inverse=True)
        seen = np.unique(place * texts + of_text[: len(whole)][whole])
        phrase, text = seen // texts, seen % texts
        often = np.bincount(phrase, minlength=len(codes)) >= rare
        new = np.cumsum(often) - 1 + len(spelt)
        columns.append(new[phrase[often[phrase]]])
        rows.append(text[often[phrase]])
        spelt += [
            tuple(int(one // base**at % base) for at in range(length)) for one in codes[often]
        ]
    row, column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(row), dtype=np.float32)
    having = sparse.csr_matrix((ones, (row, column)), shape=(texts, len(spelt)))
    return Phrases(names, spelt, having)


def general_words(found: Phrases, themes: Integers) -> frozenset[int]:
    """Words that say nothing of a theme: of a short list, or alike in all themes."""
    shares, sizes = _shares(found, themes)
    listed = {at for at, word in enumerate(found.words) if word in general() or word.isdigit()}
    if len(sizes) < 4:
        return frozenset(listed)
    overall = np.asarray(found.having.mean(axis=0)).ravel()
    spread = shares / np.maximum(shares.sum(axis=0), 1e-9)
    entropy = -(spread * np.log(np.maximum(spread, 1e-9))).sum(axis=0) / np.log(len(sizes))
    alike = np.flatnonzero(((overall >= EVERYWHERE) & (entropy >= EVENLY)) | (overall >= SUBJECT))
    return frozenset(listed | {found.spelt[at][0] for at in alike if len(found.spelt[at]) == 1})


def _shares(found: Phrases, themes: Integers) -> tuple[Floats, Floats]:
    """The share of each theme's texts that have each phrase."""
    number = int(themes.max(initial=-1)) + 1
    sizes = np.bincount(themes[themes >= 0], minlength=number).astype(np.float32)
    rows = np.flatnonzero(themes >= 0)
    ones = np.ones(len(rows), dtype=np.float32)
    of = sparse.csr_matrix((ones, (themes[rows], rows)), shape=(number, len(themes)))
    return (of @ found.having).toarray() / np.maximum(sizes, 1)[:, None], sizes


@dataclass(frozen=True)
class Label:
    phrases: tuple[str, ...]
    covered: float  # the share of the theme's texts that have one of them

    def __str__(self) -> str:
        return ", ".join(self.phrases)


def labels(
    found: Phrases,
    themes: Integers,
    *,
    general: frozenset[int],
    unwanted: frozenset[str] = frozenset(),
) -> list[Label]:
    """The most telling phrases of each theme, without one that says the same as another.

    Args:
        themes: of each text; -1 for a text that counts for none.
        unwanted: phrases not to take, such as those of the theme that these are parts of.
    """
    shares, sizes = _shares(found, themes)
    total = max(float(sizes.sum()), 1.0)
    overall = (shares * sizes[:, None]).sum(axis=0) / total
    allowed = np.array([_may_name(found, one, general) for one in found.spelt], dtype=bool)
    named = []
    for theme, size in enumerate(sizes):
        outside = (overall * total - shares[theme] * size) / max(total - float(size), 1.0)
        # Half an answer more elsewhere, so that what occurs here alone is not infinite.
        ratio = (shares[theme] + 0.5 / total) / (outside + 0.5 / total + 0.05 * overall)
        score = shares[theme] * np.log(np.maximum(ratio, 1.0))
        score[~allowed | (shares[theme] < LIFT * outside)] = 0.0
        if size > 5:
            score[shares[theme] * size < 2] = 0.0
        named.append(_chosen(found, themes == theme, score, shares[theme], unwanted))
    return named


def _may_name(found: Phrases, spelt: tuple[int, ...], general: frozenset[int]) -> bool:
    """It neither begins nor ends in a general word, nor repeats one, nor is a mere letter."""
    alone = found.words[spelt[0]]
    if spelt[0] in general or spelt[-1] in general or len(set(spelt)) < len(spelt):
        return False
    return len(spelt) > 1 or len(alone) > 1 or alone in {"c", "r"} or not alone.isascii()


def _chosen(
    found: Phrases, members: Integers, score: Floats, share: Floats, unwanted: frozenset[str]
) -> Label:
    order = np.argsort(-score, kind="stable")[:60]
    order = order[score[order] > 0]
    kept: list[int] = []
    reached: list[int] = []  # with the shorter phrases that longer ones stand for
    taken: list[frozenset[str]] = [_stems(one) for one in unwanted]
    for at in order:
        stems = _stems(found.text(int(at)))
        if any(stems & other for other in taken):
            continue
        best = _longer(found, int(at), order, share)
        reached.append(int(at))
        within = [one for one in kept if set(found.spelt[one]) < set(found.spelt[best])]
        if within and share[best] >= MUCH * share[within[0]]:
            kept[kept.index(within[0])] = best  # "learning" is there: now "learning curve"
            taken.append(_stems(found.text(best)))
            continue
        if any(_stems(found.text(best)) & other for other in taken):
            best = int(at)
        kept.append(best)
        taken.append(_stems(found.text(best)) | stems)
        if len(kept) == IN_LABEL:
            break
    having = found.having[np.flatnonzero(members)][:, reached]
    covered = float(np.mean(having.sum(axis=1) > 0)) if kept and having.shape[0] else 0.0
    return Label(tuple(found.text(at) for at in kept), covered)


def _longer(found: Phrases, phrase: int, order: Integers, share: Floats) -> int:
    """A longer phrase around this one, if most answers with this one have it."""
    inside = set(found.spelt[phrase])
    for at in order:
        longer = found.spelt[at]
        if len(longer) > len(inside) and inside < set(longer) and share[at] > HALF * share[phrase]:
            return int(at)
    return phrase


def _stems(phrase: str) -> frozenset[str]:
    """Words without their ends: "error", "errors" and "error's" are one, as for a reader."""
    found = set()
    for word in phrase.split():
        if word in general():
            continue
        plain = word.removesuffix("'s")
        for end in (
            "ations",
            "ation",
            "ings",
            "ing",
            "ies",
            "ers",
            "ed",
            "es",
            "er",
            "s",
            "y",
            "e",
        ):
            if plain.endswith(end) and len(plain) - len(end) >= 3:
                plain = plain.removesuffix(end)
                break
        found.add(plain)
    return frozenset(found)
