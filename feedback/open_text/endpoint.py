"""Vectors from a server that speaks the ``/v1/embeddings`` of OpenAI's interface.

For an operator who runs one, such as Ollama, vLLM or llama.cpp. Never used unless it is
named: texts of respondents leave this machine with it.
"""

import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from feedback.open_text.counts import Floats, unit
from feedback.open_text.embedder import Arrays, NotAvailable, from_strings, strings

BATCH = 128  # texts in one request
SECONDS = 30.0  # for one request
KEY = "EMBEDDINGS_KEY"  # the environment variable of a bearer token, if one is needed
LONGEST = 2_000  # characters of a text that are sent: models read no further


@dataclass(frozen=True)
class Endpoint:
    url: str  # up to and with /v1
    model: str
    width: int = 0  # of its vectors; 0 until it was asked
    seconds: float = SECONDS

    kind: ClassVar[str] = "endpoint"

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.model}"

    @property
    def dimensions(self) -> int:
        return self.width

    def fit(self, texts: Sequence[str], *, seed: int = 0) -> Self:
        """It knows texts already; one question tells how wide its vectors are."""
        return replace(self, width=self._ask(list(texts[:1]) or ["text"]).shape[1])

    def transform(self, texts: Sequence[str]) -> Floats:
        batches = [self._ask(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return unit(np.vstack([np.zeros((0, self.width), dtype=np.float32), *batches]))

    def _ask(self, texts: Sequence[str]) -> Floats:
        address = f"{self.url.rstrip('/')}/embeddings"
        if not address.startswith(("http://", "https://")):
            raise NotAvailable(f"{self.url} is not an address of http or https.")
        sent = {"model": self.model, "input": [text[:LONGEST] or " " for text in texts]}
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(address, json.dumps(sent).encode(), headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310
                rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except OSError as error:  # refused, timed out, or an HTTP status that is an error
            raise NotAvailable(f"{address} does not answer: {error}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise NotAvailable(f"{address} answers something else than embeddings.") from error
        if found.ndim != 2 or len(found) != len(texts) or self.width not in (0, found.shape[1]):
            raise NotAvailable(
                f"{address} gave vectors of the shape {found.shape} for {len(texts)} texts."
            )
        return found

    def arrays(self) -> Arrays:
        return {"told": strings([self.url, self.model]), "width": np.array(self.width)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        url, model = from_strings(arrays["told"])
        return cls(url, model, int(arrays["width"]))
