"""Bytes as they are over a socket of our own, and what came back: no client may tidy them up."""

import socket
import time
from dataclasses import dataclass

PATIENCE = 20.0  # seconds until a connection that neither answers nor closes counts as hung


@dataclass(frozen=True)
class Answer:
    """What came back of one request; status 0: it was closed without a word."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    hung: bool = False
    answers: int = 1  # how many came on this connection
    whole: bool = True  # all of it: whoever stops reading may cut short what it says

    def header(self, name: str) -> str:
        return next((value for own, value in self.headers if own == name), "")

    @property
    def is_html(self) -> bool:
        return self.header("content-type").startswith("text/html")

    @property
    def is_ours(self) -> bool:
        """Made by the program, and not by the server of HTTP before it."""
        return bool(self.header("x-request-id"))


def send(port: int, raw: bytes, *, closes: bool = False) -> Answer:
    """Send and read until the server closes, or the time is up."""
    begun = time.perf_counter()
    received, hung = exchange(port, raw, closes=closes)
    seconds = time.perf_counter() - begun
    if not received:
        return Answer(0, seconds=seconds, hung=hung)
    is_head = raw.startswith(b"HEAD ")
    status, headers, body, rest = parsed(received, is_head=is_head)
    answers = 1
    while status == 100 and rest:  # "go on" is no answer yet
        status, headers, body, rest = parsed(rest, is_head=is_head)
    while rest.startswith(b"HTTP/"):
        answers += 1
        _status, _headers, _body, rest = parsed(rest, is_head=False)
    length = dict(headers).get("content-length", "0")
    whole = is_head or len(body) >= int(length)
    return Answer(status, headers, body, seconds, hung, answers, whole)


def exchange(port: int, raw: bytes, *, closes: bool) -> tuple[bytes, bool]:
    """What came back, and whether the server left us waiting."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as wire:
        try:
            wire.sendall(raw)
            if closes:
                wire.shutdown(socket.SHUT_WR)
        except TimeoutError:
            return b"", True
        except OSError:
            pass  # closed on us: it has heard enough, and its answer may still be there
        try:
            while piece := wire.recv(262_144):
                received += piece
        except TimeoutError:
            return bytes(received), True
        except ConnectionError:
            pass  # closed on us, which is an answer
    return bytes(received), False


Parsed = tuple[int, tuple[tuple[str, str], ...], bytes, bytes]


def parsed(received: bytes, *, is_head: bool) -> Parsed:
    """Status, headers, body and what follows of the first answer in these bytes."""
    head, _end, rest = received.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip()) for name, _colon, value in pairs)
    told = dict(headers)
    if is_head or status in (204, 304) or status < 200:
        return status, headers, b"", rest
    if told.get("transfer-encoding") == "chunked":
        body, rest = unchunked(rest)
        return status, headers, body, rest
    length = int(told.get("content-length", len(rest)))
    return status, headers, rest[:length], rest[length:]


def unchunked(rest: bytes) -> tuple[bytes, bytes]:
    body = bytearray()
    while rest:
        size, _end, rest = rest.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        body += rest[:length]
        rest = rest[length + 2 :]
        if not length:
            break
    return bytes(body), rest
