"""What turns texts into vectors, and how one is kept: numbers alone, never code.

An embedder is fitted on a sample, then places any text, new ones too. Kept, it is an
``npz`` of numpy arrays that is read without pickle, so whoever can write to the database
cannot run anything here.
"""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Floats

Arrays = dict[str, NDArray[Any]]
Halves = NDArray[np.float16]


class NotAvailable(Exception):
    """An embedder cannot be had here; the message says how to get it."""


class Memory(Protocol):
    """Vectors that a server told before, so that it is asked for each text once."""

    def known(self, model: str, texts: Sequence[str]) -> dict[str, Halves]:
        """Those of these texts that this model was asked for."""
        ...

    def keep(self, model: str, told: Mapping[str, Halves]) -> None: ...


class Embedder(Protocol):
    """One way to place texts so that like is near like."""

    kind: ClassVar[str]
    local: ClassVar[bool]  # it computes here; else somebody else is asked, who may be slow or away

    @property
    def name(self) -> str:
        """The kind, and whatever else tells two of it apart: "endpoint:bge-small"."""
        ...

    @property
    def dimensions(self) -> int: ...

    def remembering(self, memory: Memory) -> Self:
        """The same with a memory, where it asks somebody else."""
        ...

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        """One that knows this sample. Texts are normalised and differ from each other."""
        ...

    def transform(self, texts: Sequence[str]) -> Floats:
        """A row of length 1 for each text; of zeros where it has nothing to go by."""
        ...

    def arrays(self) -> Arrays:
        """What `from_arrays` needs to make the same again."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self: ...


class Local:
    """An embedder that computes here: there is nothing to remember."""

    local: ClassVar[bool] = True

    def remembering(self, memory: Memory) -> Self:
        return self


def to_bytes(embedder: Embedder) -> bytes:
    into = io.BytesIO()
    kept: dict[str, Any] = {"kind": np.array(embedder.kind), **embedder.arrays()}
    np.savez_compressed(into, **kept)
    return into.getvalue()


def arrays_of(kept: bytes) -> tuple[str, Arrays]:
    """The kind and the arrays of a kept embedder."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return str(arrays.pop("kind")), arrays


def strings(words: Sequence[str]) -> NDArray[np.uint8]:
    """Many strings as one array of bytes; numpy's own would be as wide as the longest."""
    return np.frombuffer(json.dumps(list(words), ensure_ascii=False).encode(), dtype=np.uint8)


def from_strings(kept: NDArray[Any]) -> list[str]:
    return [str(word) for word in json.loads(kept.tobytes())]
