"""What is wrong with a questionnaire, and where: the words an author reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing to mend. ``line`` is 1 for the first; None where the file has no lines."""

    place: Place
    message: str
    line: int | None = None

    @staticmethod
    def path(place: Place) -> str:
        """``pages[0].items[2].key``; a person counts from it without knowing JSON."""
        words = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place)
        return words.lstrip(".") or "the questionnaire"

    @property
    def place_order(self) -> tuple[tuple[bool, int, str], ...]:
        return tuple(
            (isinstance(p, str), p if isinstance(p, int) else 0, str(p)) for p in self.place
        )

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        return f"{where}{self.path(self.place)}: {self.message}"


WORDING = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a setting here; remove it, or check its spelling",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be settings with names, such as `key: …`",
    "union_tag_not_found": "has no `type`; add one",
}
PATTERNS = {
    "key": "must start with a small letter and hold only a-z, 0-9 and single _",
    "code": "must start with a letter or digit and hold only letters, digits, and single _ . -",
    "slug": "must hold only a-z, 0-9 and single -",
    "language": "must be a language code such as en or pt-BR",
    "image": "must be the plain name of a file beside the questionnaire, such as park.png",
    "colour": "must be # and six digits or letters from a to f, such as #0d5c75",
    "dark_colour": "must be # and six digits or letters from a to f, such as #6cc3db",
}


def problems_of(error: ValidationError, data: Any) -> list[Problem]:
    """Pydantic's errors as problems, each at its place in the data."""
    found = []
    for detail in error.errors():
        place = without_tags(detail["loc"], data)
        found.append(Problem(place, wording(detail["type"], place, detail)))
    return found


def wording(kind: str, place: Place, detail: Mapping[str, Any]) -> str:
    if kind == "string_pattern_mismatch" and place and place[-1] in PATTERNS:
        return f"{detail['input']!r} {PATTERNS[str(place[-1])]}"
    if kind == "union_tag_invalid":
        return (
            f"{detail['ctx']['tag']!r} is not a type; use one of {detail['ctx']['expected_tags']}"
        )
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    return WORDING.get(kind, str(detail["msg"])[:1].lower() + str(detail["msg"])[1:])


def without_tags(loc: Place, data: Any) -> Place:
    """The place without the type names that pydantic puts in for a union."""
    place: list[str | int] = []
    for i, part in enumerate(loc):
        inside = isinstance(data, dict) and part in data
        if isinstance(part, int) and isinstance(data, list) and part < len(data):
            inside = True
        tag = isinstance(data, dict) and not inside and data.get("type") == part
        if tag and i < len(loc):
            continue
        place.append(part)
        data = data[part] if inside else None
    return tuple(place)
