"""Every door of the staff with who may use it: one line a route, which the matrix is made of.

A new route needs its line here, or ``test_access.py`` fails. ``gets`` and ``posts`` are the
answers to whoever is let in; a method without one is not taken.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, reverse

from feedback.models import Role, Survey
from feedback.web import urls
from tests import build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CANARY = "canary words of somebody"  # whatever is typed here must not come into the log
NOTE = {"note": CANARY}


@dataclass(frozen=True)
class Person:
    """One of the cast; ``role`` None is no member, ``trusted`` has both permissions."""

    name: str
    role: Role | None = None
    trusted: bool = False


PEOPLE = (
    Person("stranger"),
    Person("viewer", Role.VIEWER),
    Person("analyst", Role.ANALYST),
    Person("reviewer", Role.REVIEWER),
    Person("editor", Role.EDITOR),
    Person("owner", Role.OWNER),
    Person("trusted viewer", Role.VIEWER, trusted=True),
    Person("trusted owner", Role.OWNER, trusted=True),
)
TRUSTED = PEOPLE[-1]
# By what a route's number stands for: how to make one in a survey.
THINGS: Mapping[str, Callable[[Survey], int]] = {
    "response": lambda survey: build.respond(survey, wish="More trees", name="Ada Berg").pk,
}


@dataclass(frozen=True)
class Door:
    """A route of a survey.

    Args:
        least: the role that it takes.
        trusted: whether it takes the permission to export or to see personal answers.
        of: what its number stands for: a key of THINGS.
        fields: of a POST; ``{thing}`` stands for the number of a response.
        entries: of the audit log, left by the method that acts.
    """

    name: str
    least: Role = Role.VIEWER
    trusted: bool = False
    gets: int | None = 200
    posts: int | None = None
    of: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    entries: int = 0

    def lets_in(self, person: Person) -> bool:
        if person.role is None or (self.trusted and not person.trusted):
            return False
        return person.role >= self.least

    def takes(self, method: str) -> int | None:
        """What whoever is let in gets for this method."""
        return {"GET": self.gets, "HEAD": self.gets, "POST": self.posts}.get(method)

    def answer_to(self, person: Person, method: str) -> int:
        answer = self.takes(method)
        if answer is None:
            return 405
        return answer if self.lets_in(person) else 404

    @property
    def acts_by(self) -> str:
        """The method that does what the door is for."""
        return "POST" if self.posts is not None else "GET"


# fmt: off
DOORS = (
    Door("overview"),
    Door("responses"),
    Door("response", of="response"),
    Door("act", Role.REVIEWER, of="response", gets=None, posts=302, fields=NOTE, entries=1),
    Door("personal", trusted=True, of="response", gets=None, posts=200, entries=1),
    Door("summary"),
    Door("summary_json"),
    Door("export", trusted=True),
    Door("export_csv", trusted=True, entries=1),
    Door("codebook_csv", trusted=True),
    Door("settings", Role.EDITOR, posts=302, fields={"close": "now"}, entries=1),
    Door("preview", Role.EDITOR, posts=200, fields={"wish": CANARY}),
    Door("audit", Role.OWNER),
)
# fmt: on
# Of nobody's survey: what those get who are signed in, and whoever is not.
OWN: Mapping[str, tuple[int, int]] = {
    "login": (302, 200),
    "logout": (405, 405),
    "surveys": (200, 302),
}


def named(routes: Sequence[Any]) -> dict[str, URLPattern]:
    return {str(route.name): route for route in routes}


ROUTES = named(urls.staff)


def address(door: Door, *, slug: str = "town", thing: int = 1) -> str:
    asked = ROUTES[door.name].pattern.converters
    return reverse(door.name, kwargs={"slug": slug} | ({"pk": thing} if "pk" in asked else {}))


def knock(client: Client, door: Door, method: str, at: str, *, thing: int = 1, **more: Any) -> Any:
    """Use a door as its own page does, or by a method that it does not take."""
    fields = {name: text.format(thing=thing) for name, text in door.fields.items()}
    sent = {**fields, **more} if method == "POST" else more
    send = getattr(client, method.lower())
    return send(at, sent) if method in ("GET", "HEAD", "POST") else send(at)


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Everything that whoever asked gets to see, but for what is drawn anew each time."""
    headers = {n: re.sub(r"'nonce-[^']+'", "'nonce'", v) for n, v in answer.headers.items()}
    return answer.status_code, answer.getvalue(), headers


def join(survey: Survey, person: Person) -> Any:
    """The person, signed in."""
    if person.role is None:
        elsewhere = build.survey(slug="theirs", title="Theirs")
        may = {"sees_personal": True, "may_export": True}
        return build.signed_in(build.member(elsewhere, Role.OWNER, name=person.name, **may))
    may = {"sees_personal": person.trusted, "may_export": person.trusted}
    return build.signed_in(build.member(survey, person.role, name=person.name, **may))
