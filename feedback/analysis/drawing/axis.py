"""Where the marks of an axis stand, and which of its labels have room."""

import math
from collections.abc import Sequence
from itertools import pairwise


def ticks(top: float, *, about: int = 4) -> list[float]:
    """Round numbers from 0 to at least ``top``, some ``about`` of them besides 0."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def thinned(places: Sequence[float], widths: Sequence[float], *, gap: float = 8.0) -> list[int]:
    """Which of the labels at these middles can stand side by side: every one, every second …"""
    for stride in range(1, len(places)):
        kept = list(range(0, len(places), stride))
        rooms = (
            (widths[a] + widths[b]) / 2 + gap - (places[b] - places[a]) for a, b in pairwise(kept)
        )
        if all(room <= 0 for room in rooms):
            return kept
    return [0] if places else []
