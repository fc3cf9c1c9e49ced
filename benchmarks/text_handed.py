"""Vectors made elsewhere, handed to our themes as static vectors are: with LSA beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Floats, unit
from feedback.open_text.embedder import Arrays, Local
from feedback.open_text.lsa import Lsa
from feedback.open_text.static import LSA_SHARE
from feedback.open_text.texts import normalised


@dataclass(frozen=True)
class Handed(Local):
    """An embedder for the texts of one measurement; it is never kept."""

    rows: Mapping[str, int]  # of normalised texts
    vectors: Floats
    lsa: Lsa
    middle: Floats

    kind: ClassVar[str] = "handed"
    name: ClassVar[str] = "handed"

    @classmethod
    def of(cls, texts: Sequence[str], vectors: Floats) -> Self:
        rows = {normalised(text): at for at, text in enumerate(texts)}
        return cls(rows, vectors, Lsa.new(), np.zeros(vectors.shape[1], np.float32))

    @property
    def dimensions(self) -> int:
        return len(self.middle) + self.lsa.dimensions

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        return replace(
            self, lsa=self.lsa.fit(texts, seed=seed), middle=self._own(texts).mean(axis=0)
        )

    def transform(self, texts: Sequence[str]) -> Floats:
        own = unit(self._own(texts) - self.middle)
        return unit(np.hstack([own, LSA_SHARE * self.lsa.transform(texts)]))

    def _own(self, texts: Sequence[str]) -> Floats:
        return self.vectors[[self.rows[text] for text in texts]]

    def arrays(self) -> Arrays:
        raise NotImplementedError

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        raise NotImplementedError
