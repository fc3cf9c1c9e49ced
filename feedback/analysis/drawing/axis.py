"""Where the marks of an axis stand, and how its numbers are written."""

import math
from collections.abc import Sequence
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def ticks(top: float, *, about: int = 4) -> list[float]:
    """Round numbers from 0 to at least ``top``, some ``about`` of them besides 0."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def counted(n: float) -> str:
    """A count as the active language writes it."""
    return number_format(round(n), use_l10n=True, force_grouping=True)


def decimal(value: float, *, places: int) -> str:
    """A number with so many decimals, rounded: Django's own formatting cuts the rest off."""
    return number_format(
        f"{value:.{places}f}", decimal_pos=places, use_l10n=True, force_grouping=True
    )


def plain_number(value: float) -> str:
    """A number with no more decimals than it has, two at most."""
    places = next((p for p in (0, 1) if math.isclose(value, round(value, p), abs_tol=1e-9)), 2)
    return decimal(value, places=places)


def per_cent(share: float, *, places: int = 1) -> str:
    """A share of 1 in per cent, as the active language writes it."""
    return _("%(number)s %%") % {"number": decimal(100 * share, places=places)}


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
