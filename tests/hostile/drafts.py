"""Requests as they are put together: readable parts, then the bytes that go over the wire.

What is only known once a server runs stands in them as a placeholder, as long as what takes
its place: so one number gives the same request in every run, and a length stays right.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes

Pairs = tuple[tuple[bytes, bytes], ...]
FORM = b"application/x-www-form-urlencoded"
TICKET, TOKEN = 64, 32  # characters
LINE = b"\r\n"


def held(name: str, length: int) -> bytes:
    """The placeholder of that name, so many bytes long."""
    return b"{%s}" % name.encode().ljust(length - 2, b"~")


FRESH, STALE, FOREIGN, FORGED, USED = (
    held(name, TICKET) for name in ("fresh", "stale", "foreign", "forged", "used")
)
SESSION, CSRF, KEY = held("session", TOKEN), held("csrf", TOKEN), held("key", 24)
RECEIPT, RESUME, WITHDRAWN = (held(name, 26) for name in ("receipt", "resume", "withdrawn"))


@dataclass(frozen=True)
class Hostile:
    """One request as it is sent.

    Args:
        statuses: what may be answered; empty: whatever is no fault of the server.
        times: how often it is sent at the same moment.
        closes: whether our side is closed once it is sent, as nothing more will come.
        answers: how many answers there may be.
    """

    number: int
    family: str
    what: str
    raw: bytes
    mark: bytes = b""
    statuses: frozenset[int] = frozenset()
    times: int = 1
    closes: bool = False
    answers: int = 1


@dataclass(frozen=True)
class Draft:
    """A request before it is bytes; what is not said is as a browser would have it."""

    path: bytes
    method: bytes = b"GET"
    query: Pairs = ()
    fields: Pairs | None = None
    body: bytes | None = None
    kind: bytes | None = FORM
    headers: Pairs = ()
    host: bytes | None = b"127.0.0.1"
    length: bytes | None = b"right"
    signed_in: bool = False
    family: str = ""
    what: str = ""
    statuses: frozenset[int] = frozenset()
    times: int = 1
    closes: bool = False
    answers: int = 1
    cut: int = 0  # bytes that are left away at the end
    extra: bytes = b""  # bytes that follow the body
    lines: tuple[bytes, ...] = ()  # of the head, as they are

    def having(self, **more: object) -> "Draft":
        return replace(self, **more)  # type: ignore[arg-type]

    def saying(self, name: bytes, value: bytes, *, instead: bool = True) -> "Draft":
        """With that field, escaped or not, in place of those of its name."""
        kept = [pair for pair in self.fields or () if not instead or pair[0] != name]
        return replace(self, fields=(*kept, (name, value)))

    def expects(self, *statuses: int) -> "Draft":
        return replace(self, statuses=frozenset(statuses))

    def wire(self) -> bytes:
        if self.method == b"raw":  # written out by hand
            return self.lines[0]
        target = self.path + (b"?" + joined(self.query) if self.query else b"")
        body = joined(self.fields) if self.fields is not None else self.body
        head = [b"%s %s HTTP/1.1" % (self.method, target)]
        if self.host is not None:
            head.append(b"Host: " + self.host)
        if self.signed_in:
            head.append(b"Cookie: {session-name}=%s; {csrf-name}=%s" % (SESSION, CSRF))
        if body is not None:
            if self.kind is not None:
                head.append(b"Content-Type: " + self.kind)
            if self.length == b"right":
                head.append(b"Content-Length: %d" % len(body))
            elif self.length is not None:
                head.append(b"Content-Length: " + self.length)
        head += [name + b": " + value for name, value in self.headers]
        head += [*self.lines, b"Connection: close"]
        whole = LINE.join([*head, b"", body or b""])
        return whole[: len(whole) - self.cut] + self.extra

    def numbered(self, number: int) -> Hostile:
        mark = b"zq%06d" % number
        raw = self.wire().replace(MARK, mark)
        told = (self.statuses, self.times, self.closes, self.answers)
        return Hostile(number, self.family, self.what, raw, mark, *told)


MARK = b"zqNNNNNN"  # as long as what takes its place
# Whatever comes back of this must be text, within words as within attributes.
MARKUP = MARK + b"<script>alert(1)</script>" + MARK + b"\"x='" + MARK + b"'x"
ESCAPED_MARKUP = quote_from_bytes(MARKUP, safe="").encode()


def joined(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """As they are: whoever wants them escaped has done so."""
    return b"&".join(name + b"=" + value for name, value in pairs)


def escaped(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return quote_from_bytes(raw, safe="{}~").encode()
