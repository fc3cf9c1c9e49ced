"""The texts that themes are measured on, from ``TEXT_DATA``; and how steady a grouping is.

Labelled sets are the *training* splits, drawn to the size of the published tests.
"""

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from feedback.open_text.counts import Integers

DATA = Path(os.environ.get("TEXT_DATA", "data"))
LABELLED = {  # the file, and texts of each label, as in the published test splits
    "bank": ("banking77_train.csv", 40),
    "clinc": ("clinc150_train_val.json", 30),
}
QUESTIONS = {
    "dataviz": ("dataviz_2017.csv", "What is your biggest frustration with doing data vis"),
    "r_least": ("rstudio_2018_en.tsv", "What do you like least about using R?"),
    "r_missing": ("rstudio_2018_en.tsv", "What capability or package do you feel is most"),
    "ai_skills": ("stackoverflow_2025_a500.csv", "AIOpen"),
}

Labelled = tuple[list[str], list[str]]


def labelled_texts(name: str, draw: int = 0) -> Labelled | None:
    file = DATA / "labelled" / LABELLED[name][0]
    if not file.exists():
        return None
    if name == "bank":
        with file.open(newline="", encoding="utf-8") as rows:
            pairs = [(row["text"], row["category"]) for row in csv.DictReader(rows)]
    else:
        pairs = [tuple(pair) for pair in json.loads(file.read_text())["train"]]
    return drawn(pairs, LABELLED[name][1], draw)


def drawn(pairs: Sequence[tuple[str, str]], number: int, draw: int) -> Labelled:
    """So many texts of each label, in an order that tells nothing."""
    of: dict[str, list[str]] = {}
    for text, label in pairs:
        of.setdefault(label, []).append(text)
    random = np.random.default_rng(draw)
    chosen = [
        (of[label][at], label)
        for label in sorted(of)
        for at in random.permutation(len(of[label]))[:number].tolist()
    ]
    order = random.permutation(len(chosen))
    return [chosen[at][0] for at in order.tolist()], [chosen[at][1] for at in order.tolist()]


def question(name: str) -> list[str] | None:
    file, beginning = QUESTIONS[name]
    path = DATA / "surveys" / file
    if not path.exists():
        return None
    csv.field_size_limit(10_000_000)
    with path.open(newline="", encoding="utf-8-sig") as rows:
        table = list(csv.reader(rows, delimiter="\t" if file.endswith("tsv") else ","))
    at = next(at for at, cell in enumerate(table[0]) if cell.startswith(beginning))
    return [row[at] for row in table[1:] if at < len(row) and row[at] not in ("", "NA")]


def nine_tenths(number: int, seed: int) -> list[Integers]:
    """Two draws of 90 % of so many rows."""
    random = np.random.default_rng(seed)
    return [np.sort(random.permutation(number)[: number * 9 // 10]) for _ in range(2)]


def agreed(rows: Sequence[Integers], groups: Sequence[Integers]) -> float:
    """How alike two draws group the rows that both have; ungrouped ones (-1) do not count."""
    first, second = (
        dict(zip(some.tolist(), own.tolist(), strict=True))
        for some, own in zip(rows, groups, strict=True)
    )
    both = [(first[at], second[at]) for at in first if min(first[at], second.get(at, -1)) >= 0]
    return float(adjusted_rand_score(*zip(*both, strict=True))) if both else 0.0
