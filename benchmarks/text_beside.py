"""BERTopic on the same vectors of the same texts, in the same run as our themes.

What others printed was measured on other splits, vectors and machines. So BERTopic is put in
an environment of its own that is thrown away, and is handed our vectors: what differs then
is what is made of them. ``TEXT_BESIDE=1`` does it with the static vectors, alone and as we
use them, LSA joined; that took a quarter of an hour and more. ``TEXT_BESIDE=minilm`` hands both
of us those of a model of sentences too, on labelled sets, and takes 2 GB on the disk. The limit
of each row is BERTopic's figure.
"""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from sklearn.metrics import adjusted_rand_score, v_measure_score

from benchmarks.bertopic_asked import Ask, Fit, Topics, environment
from benchmarks.results import Result
from benchmarks.text_handed import Handed
from benchmarks.text_sets import (
    LABELLED,
    QUESTIONS,
    agreed,
    labelled_texts,
    nine_tenths,
    question,
)
from feedback.open_text.counts import Floats, Integers
from feedback.open_text.embedder import Embedder
from feedback.open_text.static import Static, read_folder
from feedback.open_text.texts import normalised, says_nothing
from feedback.open_text.themes import find

RUNS = 3  # as it comes it draws anew each time
DRAWS = 4
THEMES = 15
HOW = "left out: BERTopic beside. TEXT_BESIDE=1 installs it where it is thrown away afterwards"


def beside(static: Embedder | None) -> dict[str, Result]:
    """Our figures with BERTopic's as their limit, where it is wanted and can be had."""
    wanted = os.environ.get("TEXT_BESIDE", "")
    if not wanted or not isinstance(static, Static):
        print(HOW if not wanted else "skipped: BERTopic beside, which needs static vectors")
        return {}
    kinds = ["static", "joined", *["minilm"] * (wanted == "minilm")]
    found: dict[str, Result] = {}
    try:
        with environment(sentences=wanted == "minilm") as ask:
            for kind in kinds:
                print(f"… BERTopic beside, {kind} vectors", flush=True)
                found |= quality(kind, static, ask)
            print("… BERTopic's stability", flush=True)
            found |= stability(static, ask)
    except subprocess.CalledProcessError as error:
        print(f"skipped: BERTopic beside. {error}\n{error.stderr[-1_000:]}")
    return found


def vectors_of(kind: str, static: Static, texts: Sequence[str]) -> Floats | None:
    plain = [normalised(text) for text in texts]
    if kind == "minilm":
        return None  # made where the model is
    if kind == "static":
        return read_folder(static.folder).place(plain)
    return static.fit(plain).transform(plain)


def quality(kind: str, static: Static, ask: Ask) -> dict[str, Result]:
    """V and ARI of labelled sets. Unassigned texts are a topic of their own to both."""
    measured: dict[str, Result] = {}
    for name in LABELLED:
        if (labelled := labelled_texts(name)) is None:
            continue
        texts, truth = labelled
        number = len(set(truth))
        fits = [Fit()] * RUNS + [Fit(number=number, seed=0)]
        vectors, topics = ask(texts, vectors_of(kind, static, texts), fits)
        begun = time.process_time()
        top = find(texts, embedder=ours(kind, static, texts, vectors), number=number).top
        cpu = time.process_time() - begun
        v, ari = v_measure_score(truth, top), adjusted_rand_score(truth, top)
        *plain, told = topics
        seen = f"as it comes: {spread(plain)}; median of {RUNS}"
        key = f"beside_{name}_{kind}"
        measured |= {
            f"{key}_v": Result(v, "V", middle(v_measure_score, truth, plain), seen),
            f"{key}_ari": Result(ari, "ARI", middle(adjusted_rand_score, truth, plain), seen),
            f"{key}_told_v": Result(
                v, "V", v_measure_score(truth, told.of), f"its K-means, told {number}"
            ),
            f"{key}_cpu": Result(
                cpu,
                "CPU-s",
                median(one.cpu for one in plain),
                f"a most, ours with vectors; its first run {plain[0].cpu:.0f}",
            ),
        }
    return measured


def ours(kind: str, static: Static, texts: Sequence[str], vectors: Floats) -> Embedder:
    return Handed.of(texts, vectors) if kind == "minilm" else static


def middle(
    score: Callable[[Sequence[str], Integers], float], truth: Sequence[str], runs: Sequence[Topics]
) -> float:
    return float(median(score(truth, one.of) for one in runs))


def spread(runs: Sequence[Topics]) -> str:
    numbers = sorted(one.number for one in runs)
    share = np.mean([one.unassigned for one in runs])
    return f"{numbers[0]} to {numbers[-1]} topics, {share:.0%} unassigned"


def stability(static: Static, ask: Ask) -> dict[str, Result]:
    """Two fits of nine tenths each: what is unassigned counts as a topic, then not at all."""
    measured: dict[str, Result] = {}
    for name in QUESTIONS:
        texts = [text for text in question(name) or [] if not says_nothing(text)]
        if not texts:
            continue
        rows = [nine_tenths(len(texts), seed) for seed in range(DRAWS)]
        fits = [Fit(some.tolist()) for pair in rows for some in pair]
        fits += [Fit(some.tolist(), THEMES, seed) for seed in range(DRAWS) for some in rows[seed]]
        _vectors, topics = ask(texts, vectors_of("static", static, texts), fits)
        groups = [one.of for one in topics]
        own = [
            find([texts[at] for at in some], embedder=static, number=THEMES, seed=seed).top
            for seed in range(DRAWS)
            for some in rows[seed]
        ]
        plain, told = groups[: 2 * DRAWS], groups[2 * DRAWS :]
        whole = steady(rows, [one + 1 for one in plain])
        key, value = f"beside_stable_{name}", steady(rows, own)
        measured |= {
            key: Result(
                value, "ARI", whole, f"as it comes: {spread(topics[: 2 * DRAWS])}, as one topic"
            ),
            f"{key}_assigned": Result(
                value,
                "ARI",
                steady(rows, plain),
                "as it comes, of what it assigns twice; ours of all",
            ),
            f"{key}_told": Result(
                value, "ARI", steady(rows, told), f"its K-means, told {THEMES} and seeded"
            ),
        }
    return measured


def steady(rows: Sequence[Sequence[Integers]], groups: Sequence[Integers]) -> float:
    return float(
        np.mean([agreed(pair, groups[2 * at : 2 * at + 2]) for at, pair in enumerate(rows)])
    )
