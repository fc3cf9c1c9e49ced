"""Clusters from one tree: Ward's method over micro-clusters, then tidied by K-means.

Ward alone is decided by its first merges, K-means alone by where it starts; a cut of the
tree as the start of K-means is as good as the better of both, and needs no luck.
J. H. Ward (1963), JASA 58(301), 236-244.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from feedback.open_text.counts import Floats, Integers

ROUNDS = 100  # of K-means


@dataclass(frozen=True)
class Tree:
    """Ward's merges over groups of points, from the closest pair to the last."""

    groups: int
    merges: list[tuple[int, int]]  # the first of the two lives on under its number
    heights: list[float]

    @classmethod
    def over(cls, centres: Floats, sizes: Floats) -> Self:
        """Merge, step by step, the two groups whose union adds least to the spread within."""
        number, weight = len(centres), sizes.astype(np.float64)
        cost = squared_distances(centres.astype(np.float64))
        cost *= weight[:, None] * weight / (weight[:, None] + weight)
        np.fill_diagonal(cost, np.inf)
        there = np.ones(number, dtype=bool)
        merges, heights = [], []
        for _step in range(number - 1):
            first, second = sorted(divmod(int(cost.argmin()), number))
            lowest = float(cost[first, second])
            merges.append((first, second))
            heights.append(lowest)
            there[second] = there[first] = False
            # Lance and Williams (1967): from the costs alone, without the points.
            one, two, each = weight[first], weight[second], weight[there]
            joined = (one + each) * cost[first, there] + (two + each) * cost[second, there]
            joined = (joined - each * lowest) / (one + two + each)
            cost[first, there], cost[there, first] = joined, joined
            cost[second], cost[:, second], cost[first, second] = np.inf, np.inf, np.inf
            weight[first], there[first] = one + two, True
        return cls(number, merges, heights)

    def cut(self, number: int) -> Integers:
        """Which of so many clusters each group belongs to, numbered from 0."""
        of = np.arange(self.groups)
        for first, second in self.merges[: max(0, self.groups - number)]:
            of[of == second] = first
        return renumbered(of)

    def best_between(self, fewest: int, most: int) -> int:
        """How many clusters: where merging two more costs most, against the merge before."""

        def jump(number: int) -> float:
            at = self.groups - number  # of the merge that would make one fewer
            return self.heights[at] / max(self.heights[at - 1], 1e-9) if at else 0.0

        steps = range(max(2, min(fewest, self.groups)), min(most, self.groups) + 1)
        return max(steps, key=jump, default=1)


def squared_distances(rows: Floats) -> Floats:
    """Between all rows."""
    squares = (rows**2).sum(axis=1)
    found: Floats = np.maximum(squares[:, None] + squares - 2 * (rows @ rows.T), 0.0)
    return found


def renumbered(groups: Integers) -> Integers:
    """The same groups, numbered 0, 1, 2 … without gaps."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def micro_clusters(points: Floats, number: int, *, seed: int) -> Integers:
    """Small groups of points that are nearly the same; each point alone where there are few."""
    if len(points) <= number:
        return np.arange(len(points))
    from sklearn.cluster import KMeans  # here, as in general.py

    means = KMeans(number, n_init=1, max_iter=10, random_state=seed)
    return renumbered(means.fit_predict(points))


def means_of(points: Floats, groups: Integers) -> tuple[Floats, Floats]:
    """The middle of each group, and its size. Every number up to the last has a member."""
    sizes = np.bincount(groups)
    order = np.argsort(groups, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.add.reduceat(points[order], starts, axis=0)
    return (sums / sizes[:, None]).astype(np.float32), sizes.astype(np.float32)


def tidied(points: Floats, clusters: Integers) -> Integers:
    """The same clusters after K-means: each point with the middle that is nearest to it."""
    start, _sizes = means_of(points, clusters)
    if len(start) < 2:
        return clusters
    from sklearn.cluster import KMeans

    means = KMeans(len(start), init=start, n_init=1, max_iter=ROUNDS)
    return renumbered(means.fit_predict(points))
