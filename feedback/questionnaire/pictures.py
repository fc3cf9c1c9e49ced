"""Where a questionnaire shows pictures, whichever of its parts they belong to."""

from collections.abc import Iterator
from typing import Any

from feedback.questionnaire.problems import Place

OPTION, LOGO = 800, 400  # pixels: as wide as it is ever shown, twice over for fine screens


def pictured(data: Any, place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """All parts of a definition that have an ``image``, each with the place of its name."""
    if isinstance(data, dict):
        if data.get("image"):
            yield (*place, "image"), data
        for name, part in data.items():
            yield from pictured(part, (*place, name))
    elif isinstance(data, list):
        for i, part in enumerate(data):
            yield from pictured(part, (*place, i))


def widest(place: Place) -> int:
    """How many pixels a picture at this place may be wide."""
    return LOGO if place[0] == "looks" else OPTION
