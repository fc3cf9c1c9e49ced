"""Static vectors: each word has a place learnt elsewhere, a text the mean of its words'.

They know what a survey alone cannot show: that "costly" is like "expensive". English for
the most part, so LSA of the survey's own texts stands beside them. The vectors are read
from an installed package, or from a folder of the operator's; nothing is fetched.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Floats, counts, unit
from feedback.open_text.embedder import Arrays, Local, NotAvailable, from_strings, strings
from feedback.open_text.lsa import BLOCK, Lsa
from feedback.open_text.tokens import Tokens, read_table

PACKAGE = "wordllama"
TO_INSTALL = (
    f"Static vectors need the package {PACKAGE} (MIT, 19 MB, nothing beside it): make vectors, "
    f"or pip install --no-deps {PACKAGE}. Or name a folder that holds a table of vectors "
    "(*.safetensors) and its tokenizer (*tokenizer*.json), as the embedder folder."
)
# LSA's share of a length, beside 1 for the static half, and its dimensions: with more of either two
# fits agree less, as each learns LSA anew, and static vectors are the same in both.
LSA_SHARE, LSA_DIMENSIONS = 0.4, 64
SHARE_BEFORE = 0.6  # of embedders that were kept without it


@dataclass(frozen=True)
class Table:
    """Vectors of tokens, and which tokens a word has."""

    vectors: Floats
    tokens: Tokens
    digest: str

    def place(self, texts: Sequence[str]) -> Floats:
        """The mean of each text's tokens, of length 1."""
        blocks = [self._block(texts[at : at + BLOCK]) for at in range(0, len(texts), BLOCK)]
        return np.vstack([np.zeros((0, self.vectors.shape[1]), dtype=np.float32), *blocks])

    def _block(self, texts: Sequence[str]) -> Floats:
        names, found = counts(texts)
        of_words = np.zeros((len(names), self.vectors.shape[1]), dtype=np.float32)
        for at, word in enumerate(names):
            of_words[at] = self.vectors[self.tokens.of(word)].sum(axis=0)
        return unit(np.asarray(found @ of_words))


@lru_cache(2)
def read_folder(folder: Path) -> Table:
    """The vectors of a folder with one table and one tokenizer, itself or a level below.

    Raises:
        NotAvailable: if it does not hold exactly one of each.
    """
    if not folder.is_dir():
        raise NotAvailable(f"There is no folder {folder}.")
    tables = sorted([*folder.glob("*.safetensors"), *folder.glob("*/*.safetensors")])
    encodings = sorted([*folder.glob("*tokenizer*.json"), *folder.glob("*/*tokenizer*.json")])
    if len(tables) != 1 or len(encodings) != 1:
        raise NotAvailable(
            f"{folder} must hold one table (*.safetensors) and one tokenizer "
            f"(*tokenizer*.json); it holds {len(tables)} and {len(encodings)}."
        )
    vectors, tokens = read_table(tables[0]), Tokens(encodings[0])
    if max(tokens.numbers.values(), default=0) >= len(vectors):
        raise NotAvailable(f"{encodings[0]} numbers more tokens than {tables[0]} has rows.")
    return Table(vectors, tokens, hashlib.sha256(vectors.tobytes()).hexdigest()[:12])


def package_folder() -> Path:
    """Where the package lies. It is not imported: that would set up logging anew.

    Raises:
        NotAvailable: if it is not installed, saying how it would be.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NotAvailable(TO_INSTALL)
    return Path(next(iter(spec.submodule_search_locations)))


@dataclass(frozen=True)
class Static(Local):
    """Static vectors of the package, with LSA beside them."""

    folder: Path
    lsa: Lsa
    middle: Floats  # of the sample, taken away: all texts of a survey lean the same way
    digest: str
    share: float = LSA_SHARE

    kind: ClassVar[str] = "static"

    @classmethod
    def new(
        cls,
        folder: Path | None = None,
        *,
        share: float = LSA_SHARE,
        lsa_dimensions: int = LSA_DIMENSIONS,
    ) -> Self:
        folder = folder or package_folder()
        table = read_folder(folder)
        middle = np.zeros(table.vectors.shape[1], np.float32)
        return cls(folder, Lsa.new(lsa_dimensions), middle, table.digest, share)

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.digest}"

    @property
    def dimensions(self) -> int:
        return len(self.middle) + self.lsa.dimensions

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        middle = read_folder(self.folder).place(texts).mean(axis=0) if texts else self.middle
        return replace(self, lsa=self.lsa.fit(texts, seed=seed), middle=middle)

    def transform(self, texts: Sequence[str]) -> Floats:
        placed = read_folder(self.folder).place(texts)
        known = placed.any(axis=1, keepdims=True)
        static = unit((placed - self.middle) * known)
        return unit(np.hstack([static, self.share * self.lsa.transform(texts)]))

    def arrays(self) -> Arrays:
        told = strings([str(self.folder), self.digest])
        share = np.array(self.share)
        return {"told": told, "middle": self.middle, "share": share, **self.lsa.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Of the vectors only LSA's were kept; the table is read where it lies now.

        Raises:
            NotAvailable: if the table is gone, or another lies there now.
        """
        kept, digest = from_strings(arrays["told"])
        folder = cls.found_again(Path(kept))
        if read_folder(folder).digest != digest:
            raise NotAvailable(f"{folder} holds other vectors than the themes were built with.")
        share = float(arrays.get("share", SHARE_BEFORE))
        return cls(folder, Lsa.from_arrays(arrays), arrays["middle"], digest, share)

    @classmethod
    def found_again(cls, folder: Path) -> Path:
        """The package may have moved with its environment."""
        return package_folder()


@dataclass(frozen=True)
class Folder(Static):
    """The same with a table of the operator's own."""

    kind: ClassVar[str] = "folder"

    @classmethod
    def found_again(cls, folder: Path) -> Path:
        return folder
