"""Latent semantic analysis: which words, and which runs of letters, occur with which.

Needs no model and knows no language: letters tie "install", "installing" and a misspelt
"instal" together in any script. S. Deerwester et al. (1990), JASIS 41(6), 391-407.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from feedback.open_text.counts import Floats, counted, counts, letters, unit
from feedback.open_text.embedder import Arrays, Local, from_strings, strings

DIMENSIONS = 300  # with 150 V is lower by .005 on banking questions, by .035 on everyday ones
RARE_WORDS, RARE_LETTERS = 2, 3  # in fewer texts of the sample: not looked at
FEW = 50  # texts, of which nothing is repeated often: then once is enough
MOST = 30_000  # of words, and of letters: the most frequent
ROUNDS = 4  # of the power iteration; more change nothing that is measured
SPARE = 80  # dimensions besides, thrown away: with 10 two fits of a survey agree less
BLOCK = 10_000  # texts at a time, so that memory stays flat


@dataclass(frozen=True)
class Weighed:
    """Features that the sample has often enough, and how telling each is."""

    features: Mapping[str, int]
    idf: Floats

    @classmethod
    def of(cls, names: Sequence[str], found: sparse.csr_matrix, *, rare: int) -> Self:
        texts_with = np.bincount(found.indices, minlength=len(names))
        kept = np.flatnonzero(texts_with >= rare)
        kept = np.sort(kept[np.argsort(-texts_with[kept], kind="stable")[:MOST]])
        idf = np.log((1 + found.shape[0]) / (1 + texts_with[kept])) + 1
        features = {names[old]: new for new, old in enumerate(kept.tolist())}
        return cls(features, idf.astype(np.float32))

    def weigh(self, names: Sequence[str], found: sparse.csr_matrix) -> sparse.csr_matrix:
        """TF-IDF with logarithmic counts; rows of length 1."""
        known = [(row, self.features[one]) for row, one in enumerate(names) if one in self.features]
        rows, columns = np.array(known, dtype=np.int32).reshape(-1, 2).T
        ones = np.ones(len(known), dtype=np.float32)
        shape = (len(names), len(self.features))
        kept = (found @ sparse.csr_matrix((ones, (rows, columns)), shape=shape)).tocsr()
        kept.sort_indices()
        kept.data = (1 + np.log(kept.data)) * self.idf[kept.indices]
        lengths = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
        inverse = 1 / np.where(lengths > 0, lengths, 1.0)
        return (sparse.diags(inverse.astype(np.float32)) @ kept).tocsr()


@dataclass(frozen=True)
class Lsa(Local):
    words: Weighed
    letters: Weighed
    axes: Floats  # features × dimensions
    most: int = DIMENSIONS  # dimensions of the next fit

    kind: ClassVar[str] = "lsa"

    @classmethod
    def new(cls, most: int = DIMENSIONS) -> Self:
        nothing = Weighed({}, np.zeros(0, dtype=np.float32))
        return cls(nothing, nothing, np.zeros((0, 1), dtype=np.float32), most)

    @property
    def name(self) -> str:
        return self.kind

    @property
    def dimensions(self) -> int:
        return int(self.axes.shape[1])

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        names, found = counts(texts)
        runs, of_words = counted([letters(word) for word in names])
        by_letters = (found @ of_words).tocsr()
        many = len(texts) > FEW
        words = Weighed.of(names, found, rare=RARE_WORDS if many else 1)
        inside = Weighed.of(runs, by_letters, rare=RARE_LETTERS if many else 1)
        sample = sparse.hstack([words.weigh(names, found), inside.weigh(runs, by_letters)]).tocsr()
        wanted = min(self.most, min(sample.shape) - 1)
        if wanted < 1:
            return type(self)(words, inside, np.zeros((sample.shape[1], 1), np.float32), self.most)
        from sklearn.utils.extmath import randomized_svd  # here, as in general.py

        *_, axes = randomized_svd(
            sample, wanted, n_oversamples=SPARE, n_iter=ROUNDS, random_state=seed
        )
        # Kept with half the digits; used with the same, so that a kept one places alike.
        rounded = np.ascontiguousarray(axes.T).astype(np.float16).astype(np.float32)
        return type(self)(words, inside, rounded, self.most)

    def transform(self, texts: Sequence[str]) -> Floats:
        blocks = [self._block(texts[at : at + BLOCK]) for at in range(0, len(texts), BLOCK)]
        return np.vstack([np.zeros((0, self.dimensions), dtype=np.float32), *blocks])

    def _block(self, texts: Sequence[str]) -> Floats:
        names, found = counts(texts)
        runs, of_words = counted([letters(word) for word in names])
        by_words = self.words.weigh(names, found)
        by_letters = self.letters.weigh(runs, (found @ of_words).tocsr())
        return unit(np.asarray(sparse.hstack([by_words, by_letters]).tocsr() @ self.axes))

    def arrays(self) -> Arrays:
        return {
            "words": strings(list(self.words.features)),
            "words_idf": self.words.idf,
            "letters": strings(list(self.letters.features)),
            "letters_idf": self.letters.idf,
            "axes": self.axes.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        def weighed(name: str) -> Weighed:
            features = {one: at for at, one in enumerate(from_strings(arrays[name]))}
            return Weighed(features, arrays[f"{name}_idf"])

        return cls(weighed("words"), weighed("letters"), arrays["axes"].astype(np.float32))
