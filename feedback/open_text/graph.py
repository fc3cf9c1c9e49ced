"""Texts drawn towards their nearest: short answers say little, their neighbours say more.

Each text is joined to those most like it, and a few steps of diffusion let every vector
take in its neighbours'. On labelled short texts that gains .02 to .06 of V-measure over
clustering the vectors as they are.
"""

import numpy as np
from scipy import sparse

from feedback.open_text.counts import Floats, Integers, unit

NEIGHBOURS, STEPS, SHARPNESS = 10, 10, 2  # measured on training data, see docs/open-text.md
BLOCK = 1_024  # rows of similarities held at a time


def nearest(asked: Floats, among: Floats, number: int, *, itself: bool) -> tuple[Integers, Floats]:
    """The most similar rows of ``among`` for each row asked, and how similar, exactly.

    Args:
        itself: both are the same rows, and no row is its own neighbour.
    """
    number = max(0, min(number, len(among) - itself))
    places = np.empty((len(asked), number), dtype=np.int64)
    likeness = np.empty((len(asked), number), dtype=np.float32)
    for at in range(0, len(asked), BLOCK):
        rows = asked[at : at + BLOCK] @ among.T
        if itself:
            own = np.arange(len(rows))
            rows[own, own + at] = -2.0
        if 0 < number < len(among):
            best = np.argpartition(rows, -number, axis=1)[:, -number:]
        else:
            best = np.tile(np.arange(number), (len(rows), 1))
        places[at : at + BLOCK] = best
        likeness[at : at + BLOCK] = np.take_along_axis(rows, best, axis=1)
    return places, likeness


def diffused(vectors: Floats) -> Floats:
    """Each vector, smoothed over the graph of nearest neighbours."""
    places, likeness = nearest(vectors, vectors, NEIGHBOURS, itself=True)
    texts, number = places.shape
    if number == 0:
        return vectors
    weights = np.maximum(likeness, 1e-3) ** SHARPNESS
    ends = np.arange(0, texts * number + 1, number)
    graph = sparse.csr_matrix((weights.ravel(), places.ravel(), ends), shape=(texts, texts))
    graph = (graph + graph.T).tocsr()
    inverse = 1 / np.asarray(graph.sum(axis=1)).ravel()
    steps = (sparse.diags(inverse.astype(np.float32)) @ graph).tocsr()
    smooth = vectors
    for _step in range(STEPS):
        smooth = (smooth + steps @ smooth) / 2
    return unit(np.asarray(smooth))
