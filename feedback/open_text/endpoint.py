"""Vectors from a server that speaks the ``/v1/embeddings`` of OpenAI's interface.

Texts of respondents leave this machine with it, so it is used only where it is named, and what
leads to a person is covered before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from feedback.open_text import outside
from feedback.open_text.counts import Floats, unit
from feedback.open_text.embedder import Arrays, Memory, NotAvailable, from_strings, strings

BATCH = 128  # texts in one request
SECONDS = 30.0  # for one request


@dataclass(frozen=True)
class Endpoint:
    url: str  # up to and with /v1
    model: str
    width: int = 0  # of its vectors; 0 until it was asked
    seconds: float = SECONDS
    memory: Memory | None = None  # of what it was asked before

    kind: ClassVar[str] = "endpoint"
    local: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.model}"

    @property
    def dimensions(self) -> int:
        return self.width

    def remembering(self, memory: Memory) -> Self:
        return replace(self, memory=memory)

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        """It knows texts already; one question tells how wide its vectors are."""
        return replace(self, width=self._ask(list(texts[:1]) or ["text"]).shape[1])

    def transform(self, texts: Sequence[str]) -> Floats:
        known = self.memory.known(self.name, texts) if self.memory else {}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        for at in range(0, len(new), BATCH):
            some = new[at : at + BATCH]
            # As they are kept: what is remembered is the same as what was just told.
            told = unit(self._ask(some)).astype(np.float16)
            found = dict(zip(some, told, strict=True))
            if self.memory:
                self.memory.keep(self.name, found)
            known.update(found)
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        return unit(np.array([known[text] for text in texts], dtype=np.float32))

    def _ask(self, texts: Sequence[str]) -> Floats:
        sent = {"model": self.model, "input": [outside.sendable(text) or " " for text in texts]}
        told = outside.ask(self.url, "embeddings", sent, seconds=self.seconds)
        try:
            rows = sorted(told["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise NotAvailable(f"{self.url} answers something else than embeddings.") from error
        if not np.isfinite(found).all():
            raise NotAvailable(f"{self.url} gave vectors with something else than numbers.")
        if found.ndim != 2 or len(found) != len(texts) or self.width not in (0, found.shape[1]):
            raise NotAvailable(
                f"{self.url} gave vectors of the shape {found.shape} for {len(texts)} texts."
            )
        return found

    def arrays(self) -> Arrays:
        return {"told": strings([self.model]), "width": np.array(self.width)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Of the server only the model was kept: where it is, and whether it may be asked still,
        is for the operator to say.

        Raises:
            NotAvailable: the settings name no such model any more.
        """
        [model] = from_strings(arrays["told"])
        if model != settings.VECTORS_MODEL:
            raise NotAvailable(f"VECTORS_MODEL is no longer {model}: let the themes be found anew.")
        return cls(settings.ENDPOINT_URL, model, int(arrays["width"]))
