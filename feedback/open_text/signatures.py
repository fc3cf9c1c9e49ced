"""MinHash signatures of texts: 128 bytes that say how alike two texts are.

A. Broder (1997), "On the resemblance and containment of documents"; kept to 16 bits a value,
after P. Li and A. C. König (2010), "b-bit minwise hashing", so that 100,000 signatures are
13 MB. The family is that of datasketch (a·h + b in 32 bits, a odd), on numpy over many texts
at a time: datasketch hashes each shingle in Python, which takes thirty times as long, and
its constants may change with its version while stored signatures must not.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 64
SHINGLE = 4  # characters
BYTES = 2 * PERMUTATIONS  # of one signature
AT_ONCE = 250_000  # characters, to bound memory
MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))
NOT_SAID = re.compile(r"[\W_]+")

Words = NDArray[np.uint32]
Signatures = NDArray[np.uint16]  # one row a text, PERMUTATIONS columns


def normal(text: str) -> str:
    """What two copies share whatever their case, marks and spaces."""
    return NOT_SAID.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def permutations() -> tuple[Words, Words]:
    random = np.random.RandomState(1)  # the one stream that numpy never changes
    drawn = random.randint(0, 1 << 32, size=(2, PERMUTATIONS), dtype=np.uint32)
    return drawn[0] | np.uint32(1), drawn[1]


A, B = permutations()


def shingle_hashes(texts: Sequence[str]) -> tuple[Words, NDArray[np.int64]]:
    """Every shingle's 32-bit hash, and where each text's begin. Texts of SHINGLE or more."""
    lengths = np.array([len(text) for text in texts])
    points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    windows = len(points) - SHINGLE + 1
    hashes = np.zeros(windows, dtype=np.uint64)
    for place in range(SHINGLE):
        hashes = (hashes ^ points[place : place + windows]) * MIX[0]
        hashes ^= hashes >> np.uint64(29)
    hashes = (hashes * MIX[1]) >> np.uint64(32)
    ends = np.cumsum(lengths)
    whole = np.ones(windows, dtype=bool)
    for back in range(1, SHINGLE):  # windows that run over the end of a text are none of it
        whole[(ends[:-1] - back)] = False
    starts = np.concatenate([[0], np.cumsum(lengths - SHINGLE + 1)[:-1]])
    return hashes[whole].astype(np.uint32), starts


def signatures(texts: Sequence[str]) -> Signatures:
    """One signature a text; the texts are `normal` and of SHINGLE characters or more."""
    signed = np.empty((len(texts), PERMUTATIONS), dtype=np.uint16)
    first = 0
    while first < len(texts):
        last, size = first, 0
        while last < len(texts) and (last == first or size + len(texts[last]) <= AT_ONCE):
            size += len(texts[last])
            last += 1
        hashes, starts = shingle_hashes(texts[first:last])
        for place in range(PERMUTATIONS):
            least = np.minimum.reduceat(hashes * A[place] + B[place], starts)
            signed[first:last, place] = least ^ (least >> np.uint32(16))  # the low 16 bits of it
        first = last
    return signed


def stored(signed: Signatures) -> list[bytes]:
    """Each signature as bytes, little-endian on any machine."""
    return [row.tobytes() for row in signed.astype("<u2")]


def loaded(rows: Sequence[bytes]) -> Signatures:
    """Signatures as they were `stored`."""
    return np.frombuffer(b"".join(rows), dtype="<u2").reshape(-1, PERMUTATIONS).astype(np.uint16)


def likeness(one: Signatures, others: Signatures) -> NDArray[np.float64]:
    """The estimated Jaccard similarity of shingles, row by row; its error is about .06."""
    return np.asarray((one == others).mean(axis=-1))
