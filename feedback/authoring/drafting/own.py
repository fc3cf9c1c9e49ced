"""Which columns of a file are the response's own: when it came, how long it took, from where."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.authoring.drafting.headings import RECEIVED, Heading
from feedback.authoring.drafting.seen import Seen
from feedback.questionnaire.cells import Wrong
from feedback.questionnaire.foreign import Read, own
from feedback.questionnaire.imported_from import ImportedColumn
from feedback.questionnaire.own_cells import OWN_CELLS
from feedback.questionnaire.readers import moments

ENOUGH = 300  # different cells that a format is found from
LEFT_OUT = {
    "id": gettext_lazy("the tool’s own; no form asks for it"),
    "received_at": gettext_lazy("another time; one is kept"),
    "seconds": gettext_lazy("another duration; one is kept"),
    "language": gettext_lazy("holds no language code, or another column does"),
    "source": gettext_lazy("where people came from, in too many words or told by another column"),
    "person": gettext_lazy("no cell is filled"),
}


@dataclass
class Own:
    """A column of the response itself, with how it is read."""

    heading: Heading
    column: dict[str, Any]
    why: str
    zone: ZoneInfo
    read: Read = field(init=False)

    def __post_init__(self) -> None:
        told = ImportedColumn.model_validate({"header": "", **self.column})
        self.read = own(told, self.zone)

    def takes(self, cell: str) -> bool:
        name = self.column["column"]
        if not cell.strip():
            return True
        try:
            OWN_CELLS[name](self.read(cell)[name])
        except Wrong:
            return False
        return True


def own_columns(columns: Sequence[tuple[Heading, Seen]], time_zone: str) -> dict[str, Own]:
    """The best column for each of the response's own, by its name."""
    found: dict[str, Own] = {}
    zone = ZoneInfo(time_zone)
    for name in OWN_CELLS:
        candidates = [(h, seen) for h, seen in columns if h.role == name and seen.filled]
        for heading, seen in sorted(candidates, key=lambda pair: (-pair[1].filled, place(pair[0]))):
            for column, why in ways(name, heading, seen):
                one = Own(heading, column, why, zone=zone)
                if name not in found and all(one.takes(text) for text in seen.counts):
                    found[name] = one
    return found


def place(heading: Heading) -> int:
    """How well a header tells when a response was sent; the lower, the better."""
    said = " ".join(re.findall(r"\w+", heading.header.split(" | ")[0].casefold()))
    return RECEIVED.index(said) if said in RECEIVED else len(RECEIVED)


def ways(name: str, heading: Heading, seen: Seen) -> list[tuple[dict[str, Any], str]]:
    if name != "received_at":
        return [({"column": name}, _("in seconds") if name == "seconds" else "")]
    texts = seen.texts[:ENOUGH]
    forms = moments.formats_of(texts)
    day_first = heading.header.casefold() not in ("timestamp", "submission date")
    forms.sort(key=lambda form: (-in_order(seen.texts, form), form.startswith("%m") is day_first))
    several = len({form[:2] for form in forms}) > 1
    doubt = _("; look whether day and month are in their places") if several else ""
    told = _("read as %(format)s")
    return [({"column": name, "format": form}, told % {"format": form} + doubt) for form in forms]


def in_order(texts: Sequence[str], form: str) -> float:
    """How many of the times follow each other, from 0 to 1: files are mostly in order."""
    try:
        times = [moments.read(text, form) for text in texts[:2_000]]
    except moments.NoMoment:
        return 0.0
    steps = [a <= b for a, b in pairwise(times)]
    share = sum(steps) / len(steps) if steps else 1.0
    return max(share, 1 - share)
