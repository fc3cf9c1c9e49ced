"""What was acknowledged against what is stored: nothing more, nothing less, nothing altered.

The bodies are read here once more, by a reader of their own that is strict about everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes
from uuid import UUID

from django.db.models import Count

from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from tests.hostile.drafts import Hostile

ACCEPTED = 303
BESIDE = {"ticket", "_language", "_page", "_seen", "_all", "_website", "_device", "_to", "_save"}


class NotText(Exception):
    """What nobody can have stored as it is."""


@dataclass
class Sent:
    """One attempt that went out with a fresh ticket, and what was said of it."""

    request: Hostile
    body: bytes
    statuses: set[int] = field(default_factory=set)
    places: set[str] = field(default_factory=set)  # receipts that they were led to

    @property
    def stored(self) -> bool:
        return any("/r/" in place for place in self.places)


@dataclass
class Ledger:
    """All attempts by nonce."""

    town: Survey
    sent: dict[UUID, Sent] = field(default_factory=dict)
    acknowledged: set[UUID] = field(default_factory=set)

    def may_store(self, raw: bytes) -> bool:
        """Whether it is sent to the form, by whatever way to write its address."""
        method, _blank, target = raw.partition(b"\r\n")[0].partition(b" ")
        return method == b"POST" and f"/s/{self.town.slug}/".encode() in target

    def faults(self) -> Iterator[tuple[Hostile, str]]:
        """What differs between what was said and what is there; then the page is turned."""
        rows = Response.with_identity.filter(survey=self.town, nonce__in=list(self.sent))
        stored = {row.nonce: row for row in rows}
        for nonce, sent in self.sent.items():
            row = stored.get(nonce)
            if sent.stored:
                self.acknowledged.add(nonce)
            if sent.stored and row is None:
                yield sent.request, "acknowledged and not stored"
            elif row is not None and not sent.stored and any(sent.statuses):
                yield sent.request, "stored and never acknowledged"
            elif row is not None and not any(sent.statuses) and sent.request.closes:
                yield sent.request, "half a request was stored"
            if len(sent.places) > 1:
                yield sent.request, "one ticket, two receipts"
            if row is not None:
                for fault in altered(sent.body, row):
                    yield sent.request, fault
        self.sent.clear()

    def at_the_end(self, own: set[UUID]) -> Iterator[str]:
        """Tickets with more than one response, and responses that nobody was told of.

        Args:
            own: what we stored ourselves.
        """
        rows = Response.objects.filter(survey=self.town).values_list("nonce")
        counted = dict(rows.annotate(n=Count("pk")))
        if twice := [nonce for nonce, n in counted.items() if n > 1]:
            yield f"{len(twice)} tickets with more than one response"
        if strangers := counted.keys() - self.acknowledged - own:
            yield f"{len(strangers)} responses that nobody was told of"


def altered(body: bytes, row: Response) -> Iterator[str]:
    """Each field that is stored otherwise than it was sent."""
    try:
        given = read(body)
    except NotText as error:
        yield f"stored although {error}"
        return
    answers = row.answers | decrypt(row.identity, nonce=UUID(str(row.nonce)))
    for name in ("name", "wish", "visit__other", "stars", "visit"):
        if len(given.get(name, [])) > 1:
            yield f"one of several values was stored for {name}"
    if unknown := given.keys() - BESIDE - answers.keys():
        left = [name for name in unknown if any(value.strip() for value in given[name])]
        if left:
            yield f"stored without {left[0][:40]!r}"
    for name in ("wish", "visit__other"):
        yield from differing(name, given, answers.get(name))
    if answers.get("name") is not True:
        yield from differing("name", given, answers.get("name"))
    if answers.get("visit") != "other":  # which typing something else chooses
        yield from differing("visit", given, answers.get("visit"))
    elif not any(given.get("visit__other", [])) and given.get("visit") != ["other"]:
        yield "stored otherwise: visit"
    stars = answers.get("stars")
    if (given.get("stars") or [""])[0] != ("" if stars is None else str(stars)):
        yield "stored otherwise: stars"
    uses = answers.get("uses") or []
    if set(filter(None, given.get("uses", []))) != set(uses):
        yield "stored otherwise: uses"


def differing(name: str, given: Mapping[str, list[str]], stored: object) -> Iterator[str]:
    (text,) = given.get(name, [""])[:1]
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    expected = lines if lines.strip() else None
    if stored != expected:
        yield f"stored otherwise: {name}"


def read(body: bytes) -> dict[str, list[str]]:
    """Raises: NotText."""
    given: dict[str, list[str]] = {}
    for pair in filter(None, body.split(b"&")):
        name, _equals, value = pair.partition(b"=")
        given.setdefault(plain(name), []).append(plain(value))
    if any("\x00" in value for name in given.keys() - BESIDE for value in given[name]):
        raise NotText("it has a NUL")
    return given


def plain(raw: bytes) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise NotText("it is no UTF-8") from error
