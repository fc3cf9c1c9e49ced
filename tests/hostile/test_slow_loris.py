"""Those who send slowly, to hold on to what others need: what becomes of the others meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests import build
from tests.hostile.aftermath import get
from tests.web.server import serving

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8  # of one process, as it is shipped
HEAD = (
    b"POST /s/slow/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded"
)


@contextmanager
def held(port: int, begun: bytes, *, times: int, source: str = "127.0.0.1") -> Iterator[None]:
    """So many connections with a request that has begun and does not go on."""
    with ExitStack() as stack:
        for _time in range(times):
            wire = socket.create_connection(("127.0.0.1", port), 30, source_address=(source, 0))
            stack.enter_context(wire)
            wire.sendall(begun)
        yield


def test_slow_heads_hold_nobody_up(static_files: None, tmp_path: Path) -> None:
    """Granian alone reads heads without a thread, so hundreds of them take none away."""
    build.survey(slug="slow")
    with serving(tmp_path, workers=1) as (port, _server), held(port, HEAD, times=300):
        assert get(port, "/s/slow/").status == 200


def test_slow_bodies_fewer_than_threads_hold_nobody_up(static_files: None, tmp_path: Path) -> None:
    """Without a front before it, and once they go they leave nothing behind."""
    build.survey(slug="slow")
    begun = HEAD + b"\r\nContent-Length: 1000\r\n\r\nticket="
    with serving(tmp_path, workers=1) as (port, _server):
        with held(port, begun, times=THREADS - 1):
            assert get(port, "/healthz").status == 200
        assert get(port, "/healthz").status == 200
