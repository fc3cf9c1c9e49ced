"""Made-up answers on a few plain subjects, some said twice, some saying nothing."""

import json
import struct
from itertools import product
from pathlib import Path

import numpy as np

SUBJECTS = {
    "buses": (
        ["the bus is late", "buses never come", "the bus stop is far", "bus drivers skip stops"],
        ["every morning", "on my street", "near the station", "in winter", "on weekends"],
    ),
    "playground": (
        ["the playground swings broke", "children need a playground", "playground slides rust"],
        ["behind the school", "for small kids", "beside the river", "since spring"],
    ),
    "library": (
        ["the library closes early", "borrow more library books", "library shelves look empty"],
        ["after six", "for students", "when it rains", "all summer long"],
    ),
    "parking": (
        ["parking fees are expensive", "no parking spaces left", "parking tickets cost too much"],
        ["downtown", "around the market", "for residents", "at the hospital"],
    ),
}


def labelled() -> tuple[list[str], list[str]]:
    """Answers and the subject of each, mixed as they would come in."""
    pairs = [
        (f"{first.capitalize()} {second}.", subject)
        for subject, (firsts, seconds) in SUBJECTS.items()
        for first, second in product(firsts, seconds)
    ]
    order = np.random.default_rng(1).permutation(len(pairs))
    return [pairs[at][0] for at in order], [pairs[at][1] for at in order]


def vectors_in(folder: Path, *, dimensions: int = 16) -> Path:
    """Static vectors as two files: a row for each letter, and for two pairs of letters."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz'", "bu", "bus", "▁bus"]
    vocabulary = {token: at for at, token in enumerate(tokens)}
    merges = ["b u", "bu s", "▁ bus"]
    told = {"model": {"type": "BPE", "vocab": vocabulary, "merges": merges}}
    (folder / "tokenizer.json").write_text(json.dumps(told))
    rows = np.random.default_rng(0).normal(size=(len(tokens), dimensions)).astype(np.float16)
    tensor = {"dtype": "F16", "shape": list(rows.shape), "data_offsets": [0, rows.nbytes]}
    header = json.dumps({"embedding.weight": tensor}).encode()
    (folder / "table.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + rows.tobytes()
    )
    return folder
