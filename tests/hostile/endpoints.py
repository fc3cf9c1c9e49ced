"""Every address there is, taken from the URL configuration: a new one is covered by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.hostile.drafts import RECEIPT, RESUME, Draft
from tests.web.doors import DOORS

OF = {door.name: door.of for door in DOORS}
# What stands for the arguments of a route that is no survey's and no number.
ARGUMENTS: Mapping[str, str] = {
    "figure": "by-day",
    "kind": "svg",
    "uidb36": "1",
    "key": "abc-def",
    "app_label": "feedback",
    "content_type_id": "1",
    "object_id": "1",
    "id": "1",
    "url": "x",
}


@dataclass(frozen=True)
class Endpoint:
    """One address, with what a hostile request to it begins from."""

    name: str
    path: bytes
    staff: bool

    @property
    def draft(self) -> Draft:
        return Draft(self.path, signed_in=self.staff)


def endpoints(town: str, desk: str, things: Mapping[str, int]) -> list[Endpoint]:
    """All of them; the form's are of one survey, what staff do is done in another.

    Args:
        things: numbers of what there is in the desk's survey, by the names in tests.web.doors.
    """
    found = []
    for name, route in routes(get_resolver().url_patterns, ""):
        staff = route.startswith(("staff/", "admin/", "api/"))
        given = {
            "slug": desk if staff else town,
            "pk": str(things.get(OF.get(name, ""), 1)),
            "name": "0" * 64 + ".webp" if name == "picture" else "csv",
            "code": (RESUME if name == "resume" else RECEIPT).decode(),
            **ARGUMENTS,
        }
        found.append(Endpoint(name, b"/" + filled(route, given).encode(), staff))
    return found


def routes(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
    """The name and the pattern of each route, as ``path`` or ``re_path`` has it."""
    for pattern in patterns:
        own = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, own)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name or own), own


def filled(route: str, given: Mapping[str, str]) -> str:
    """The route with something in place of each argument.

    Raises:
        KeyError: an argument of a new name; say in ARGUMENTS what may stand there.
    """
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda m: given[m[1]], route)
    plain = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: given[m[1]], plain)
    return plain.replace("\\Z", "").replace("$", "").replace("\\.", ".")
