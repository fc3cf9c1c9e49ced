"""A small load client: keep-alive connections, request bytes made beforehand, loopback only.

Closed loop: each connection sends its next request as soon as the answer to the last one
has arrived whole. Its own share of a core is measured, as it takes part in the contest.
"""

import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import quantiles

CONNECTIONS = 8
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LAST_CHUNK = b"0\r\n\r\n"
SILENCE = 30  # seconds without any answer, then the run ends with an error


@dataclass
class Load:
    """What one run saw. Latencies in seconds."""

    seconds: float = 0.0
    client_cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[bytes] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def latency(self, percentile: int) -> float:
        """In milliseconds."""
        return 1000 * quantiles(self.latencies, n=100)[percentile - 1]


@dataclass(eq=False)
class Connection:
    """One keep-alive connection and the answer that is on its way."""

    socket: socket.socket
    answer: bytearray = field(default_factory=bytearray)
    head: int = 0  # bytes of the head, once it is there
    needed: int | None = None  # bytes of the whole answer, if it tells its length
    sent_at: float = 0.0

    def send(self, request: bytes) -> None:
        self.answer.clear()
        self.head, self.needed, self.sent_at = 0, None, time.perf_counter()
        self.socket.sendall(request)

    def whole(self) -> bool:
        """Read what is there; is the answer complete?"""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.answer += piece
        if not self.head and (end := self.answer.find(b"\r\n\r\n")) >= 0:
            self.head = end + 4
            length = LENGTH.search(self.answer, 0, self.head)
            self.needed = self.head + int(length[1]) if length else None
        if self.needed is None:  # no length told: in chunks, of which the last is empty
            return bool(self.head) and self.answer.endswith(LAST_CHUNK)
        return len(self.answer) >= self.needed

    def body(self) -> bytes:
        """The body of a whole answer, out of its chunks."""
        rest, whole = bytes(self.answer[self.head :]), b""
        if self.needed is not None:
            return rest
        while size := int(rest[: (end := rest.index(b"\r\n"))], 16):
            whole += rest[end + 2 : end + 2 + size]
            rest = rest[end + 4 + size :]
        return whole


def run(port: int, requests: Iterable[bytes], *, seconds: float) -> Load:
    """Send the requests until none is left or the time is up."""
    load, waiting = Load(), iter(requests)
    began, cpu = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector:
        busy = list(begin(port, waiting, selector))
        while busy:
            ready = selector.select(SILENCE)
            if not ready:
                raise TimeoutError(f"no answer within {SILENCE} s")
            for key, _events in ready:
                connection: Connection = key.data
                if connection.whole():
                    over = time.perf_counter() - began > seconds
                    note(load, connection)
                    request = None if over else next(waiting, None)
                    if request is None:
                        selector.unregister(connection.socket)
                        connection.socket.close()
                        busy.remove(connection)
                    else:
                        connection.send(request)
    load.seconds, load.client_cpu = time.perf_counter() - began, time.process_time() - cpu
    return load


def begin(
    port: int, waiting: Iterator[bytes], selector: selectors.BaseSelector
) -> Iterator[Connection]:
    for _number in range(CONNECTIONS):
        if (request := next(waiting, None)) is None:
            return
        connection = Connection(socket.create_connection(("127.0.0.1", port)))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
        yield connection


def note(load: Load, connection: Connection) -> None:
    load.latencies.append(time.perf_counter() - connection.sent_at)
    load.statuses[bytes(connection.answer[9:12])] += 1


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
