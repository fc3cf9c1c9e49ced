"""What speaks for a group of near-copies being a campaign, each with its measure in words.

A likeness of words alone is no proof: people quote, and forms suggest. That they came all at
once, from one place, or with equal closed answers are reasons of their own. None decides.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

WINDOW = 3600.0  # seconds
MOST = 0.5  # of a group, before its times or sources say anything
TIMES = 3.0  # what is so much more frequent than elsewhere
CLOSER = 0.2  # by how much more its closed answers agree than others' do
MISSING = -1  # of a closed answer
Floats = NDArray[np.float64]


class Ground(StrEnum):
    """On what a reason rests."""

    BURST = "burst"
    SOURCE = "source"
    CLOSED = "closed"


@dataclass(frozen=True)
class Reason:
    """One reason: the group's measure beside everybody else's, both shares."""

    ground: Ground
    here: float
    elsewhere: float
    words: str


def reasons(
    members: Sequence[int],
    *,
    times: Floats | None = None,
    sources: Sequence[str | None] | None = None,
    closed: NDArray[Any] | None = None,
) -> list[Reason]:
    """What speaks for a campaign.

    Args:
        members: rows of the group.
        times: when each response came, in seconds; nan where unknown.
        sources: where each response says that it came from, such as a link's ``source``.
        closed: one row a response, one column a closed question, MISSING where unanswered.
    """
    inside = np.asarray(sorted(members))
    found = (
        None if times is None else burst(inside, times),
        None if sources is None else shared_source(inside, sources),
        None if closed is None else equal_answers(inside, closed),
    )
    return [reason for reason in found if reason]


def burst(inside: NDArray[np.int64], times: Floats) -> Reason | None:
    """The hour in which most of the group came, and the share of others who came in it."""
    own = np.sort(times[inside])
    own = own[~np.isnan(own)]
    if len(own) < 2:
        return None
    many = np.searchsorted(own, own + WINDOW, side="right") - np.arange(len(own))
    first = int(np.argmax(many))
    rest = np.delete(times, inside)
    rest = rest[~np.isnan(rest)]
    during = ((rest >= own[first]) & (rest <= own[first] + WINDOW)).sum()
    here, elsewhere = many[first] / len(own), during / len(rest) if len(rest) else 0.0
    if here < MOST or here < TIMES * elsewhere:
        return None
    words = _(
        "%(many)d of %(all)d came within one hour, in which %(share).1f%% of the others came."
    ) % {"many": many[first], "all": len(own), "share": 100 * elsewhere}
    return Reason(Ground.BURST, float(here), float(elsewhere), words)


def shared_source(inside: NDArray[np.int64], sources: Sequence[str | None]) -> Reason | None:
    """The source that most of the group name, and the share of others who name it."""
    group = set(inside.tolist())
    own = Counter(sources[row] for row in group if sources[row])
    if not own:
        return None
    source, many = min(own.items(), key=lambda item: (-item[1], item[0] or ""))
    others = [name for row, name in enumerate(sources) if row not in group]
    here, elsewhere = many / len(group), others.count(source) / len(others) if others else 0.0
    if many < 2 or here < MOST or here < TIMES * elsewhere:
        return None
    words = _(
        "%(many)d of %(all)d came by the source “%(source)s”, of the others %(share).1f%%."
    ) % {"many": many, "all": len(group), "source": source, "share": 100 * elsewhere}
    return Reason(Ground.SOURCE, here, elsewhere, words)


def equal_answers(inside: NDArray[np.int64], closed: NDArray[Any]) -> Reason | None:
    """How often two of the group gave the same closed answer, and how often two others did."""
    here = pairs_agree(closed[inside])
    elsewhere = pairs_agree(np.delete(closed, inside, axis=0))
    if here is None or elsewhere is None or here - elsewhere < CLOSER:
        return None
    words = _(
        "Two of them gave the same closed answer in %(here).0f%% of cases, "
        "two others in %(elsewhere).0f%%."
    ) % {"here": 100 * here, "elsewhere": 100 * elsewhere}
    return Reason(Ground.CLOSED, here, elsewhere, words)


def pairs_agree(closed: NDArray[Any]) -> float | None:
    """The share of pairs with the same answer, over questions that both answered."""
    same = pairs = 0
    for column in closed.T:
        _values, times = np.unique(column[column != MISSING], return_counts=True)
        given = int(times.sum())
        same += int((times * (times - 1)).sum())
        pairs += given * (given - 1)
    return same / pairs if pairs else None
