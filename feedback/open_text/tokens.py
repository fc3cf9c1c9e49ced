"""The two files of static vectors: a table of tokens (safetensors) and how words fall into them.

Read here directly, in a few lines each, because the libraries for them bring along clients
of the network and write log lines when imported.
"""

import json
import struct
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from feedback.open_text.counts import Floats
from feedback.open_text.embedder import NotAvailable

NUMBERS = {"F16": np.float16, "F32": np.float32, "F64": np.float64}
EDGE = "▁"  # where a word begins, in vocabularies of sentencepiece
WORDS_KEPT = 200_000


def read_table(file: Path) -> Floats:
    """The one matrix of a safetensors file: a row for each token.

    Raises:
        NotAvailable: if the file is none, or holds several matrices.
    """
    raw = file.read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", raw)
        header = json.loads(raw[8 : 8 + length])
        header.pop("__metadata__", None)
        (tensor,) = header.values()
        rows, columns = tensor["shape"]
        kind = NUMBERS[tensor["dtype"]]
        table = np.frombuffer(raw, kind, count=rows * columns, offset=8 + length)
    except (ValueError, KeyError, AttributeError, struct.error) as error:
        raise NotAvailable(
            f"{file} is not a safetensors file with one matrix of tokens × dimensions."
        ) from error
    return table.reshape(rows, columns).astype(np.float32)


class Tokens:
    """Byte-pair encoding as a Hugging Face ``tokenizer.json`` describes it, word by word.

    P. Gage (1994), C Users Journal 12(2); R. Sennrich et al. (2016), arXiv 1508.07909.
    """

    def __init__(self, file: Path) -> None:
        try:
            model: dict[str, Any] = json.loads(file.read_bytes())["model"]
            self.numbers: dict[str, int] = model["vocab"]
            merges = model["merges"]
        except (ValueError, KeyError, TypeError) as error:
            raise NotAvailable(f"{file} does not describe a byte-pair encoding.") from error
        pairs = (tuple(one.split(" ")) if isinstance(one, str) else tuple(one) for one in merges)
        self.ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self.of = lru_cache(WORDS_KEPT)(self._of)

    def _of(self, word: str) -> list[int]:
        """The numbers of a word's tokens; its bytes where the vocabulary lacks a sign."""
        parts = list(EDGE + word)
        while len(parts) > 1:
            ranked = [self.ranks.get(pair, len(self.ranks)) for pair in pairwise(parts)]
            best = min(ranked)
            if best == len(self.ranks):
                break
            at = ranked.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        found: list[int] = []
        for part in parts:
            if part in self.numbers:
                found.append(self.numbers[part])
            else:
                names = (f"<0x{byte:02X}>" for byte in part.encode())
                found.extend(self.numbers[name] for name in names if name in self.numbers)
        return found
