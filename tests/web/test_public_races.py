"""The public form on a real server: many at once, a restarted database, broken requests."""

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest

from feedback.models import Change, Response, Survey
from tests import build
from tests.outages import cut_connections
from tests.web.server import APPLICATION, live_site  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 5  # seconds until a connection that neither answers nor closes counts as hung
slugs: Iterator[str] = (f"race-{n}" for n in range(1_000))


@pytest.fixture
def race() -> Survey:
    """A survey that no process has heard of, as each keeps what it knows for two seconds."""
    return build.survey(slug=next(slugs))


@pytest.fixture
def address(live_site: str) -> tuple[str, int]:  # noqa: F811 - the fixture imported above
    site = urlsplit(live_site)
    assert site.hostname and site.port
    return site.hostname, site.port


def exchange(address: tuple[str, int], request: bytes, *, then_close: bool = False) -> bytes:
    """Send bytes as they are and read until the server closes, or the time is up."""
    with socket.create_connection(address, timeout=PATIENCE) as wire:
        received = b""
        try:
            wire.sendall(request)
            if then_close:
                wire.shutdown(socket.SHUT_WR)
            while piece := wire.recv(65_536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # closed on us, which is an answer
        return received


def status_of(answer: bytes) -> int:
    """The status in what a server sent; 0 if it only closed."""
    return int(answer.split()[1]) if answer else 0


def ask(address: tuple[str, int], method: str, path: str, body: str = "") -> tuple[int, str, bytes]:
    """One whole request: status, where it sends us, and the page."""
    site = http.client.HTTPConnection(*address, timeout=30)
    try:
        headers = {"Content-Type": build.FORM} if body else {}
        site.request(method, path, body or None, headers)
        answer = site.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read()
    finally:
        site.close()


def filled_in(address: tuple[str, int], survey: Survey, wish: str = "Benches") -> str:
    """The body of a form just fetched."""
    _status, _location, page = ask(address, "GET", f"/s/{survey.slug}/")
    fields = {"ticket": build.ticket_in(page), "name": "Ada", "wish": wish}
    return urlencode(fields)


def head_of(survey: Survey, *lines: str) -> bytes:
    request = [f"POST /s/{survey.slug}/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *lines]
    return "\r\n".join([*request, "", ""]).encode()


# -- many at once --------------------------------------------------------------------------


def test_64_parallel_posts_of_one_ticket_leave_one_row(
    address: tuple[str, int], race: Survey
) -> None:
    """Impatient fingers, retrying proxies and two workers: one person, one response."""
    body = filled_in(address, race)
    gate = Barrier(64)

    def press(_finger: int) -> tuple[int, str]:
        gate.wait(timeout=30)
        return ask(address, "POST", f"/s/{race.slug}/", body)[:2]

    with ThreadPoolExecutor(64) as fingers:
        outcomes = set(fingers.map(press, range(64)))

    assert Response.objects.filter(survey=race).count() == 1
    ((status, receipt),) = outcomes
    assert status == 303
    assert ask(address, "GET", receipt)[0] == 200
    assert Change.objects.filter(survey_id=race.pk).count() == 1


def test_of_parallel_posts_with_other_answers_one_wins_and_all_others_hear_of_it(
    address: tuple[str, int], race: Survey
) -> None:
    """Whoever is told "stored" is the one whose answers are in the database."""
    body = filled_in(address, race, wish="")
    gate = Barrier(16)

    def press(finger: int) -> tuple[int, int]:
        gate.wait(timeout=30)
        return ask(address, "POST", f"/s/{race.slug}/", f"{body}{finger}")[0], finger

    with ThreadPoolExecutor(16) as fingers:
        outcomes = list(fingers.map(press, range(16)))

    winners = [finger for status, finger in outcomes if status == 303]
    row = Response.objects.get(survey=race)
    assert [str(winner) for winner in winners] == [row.answers["wish"]]
    assert sorted(status for status, _finger in outcomes) == [303] + [409] * 15


def test_parallel_posts_of_many_people_are_all_stored(
    address: tuple[str, int], race: Survey
) -> None:
    """A whole class presses the button at the teacher's word."""
    bodies = [filled_in(address, race, wish=f"Wish {n}") for n in range(48)]
    gate = Barrier(48)

    def press(body: str) -> tuple[int, str]:
        gate.wait(timeout=30)
        return ask(address, "POST", f"/s/{race.slug}/", body)[:2]

    with ThreadPoolExecutor(48) as people:
        outcomes = list(people.map(press, bodies))

    assert {status for status, _receipt in outcomes} == {303}
    assert len({receipt for _status, receipt in outcomes}) == 48
    wishes = {row.answers["wish"] for row in Response.objects.filter(survey=race)}
    assert wishes == {f"Wish {n}" for n in range(48)}


def test_a_database_restarted_under_kept_connections_costs_nobody_anything(
    address: tuple[str, int], race: Survey
) -> None:
    """Every worker holds a connection that is dead by now, and the next post is stored."""
    ask(address, "POST", f"/s/{race.slug}/", filled_in(address, race))
    bodies = [filled_in(address, race) for _ in range(8)]

    assert cut_connections(application=APPLICATION) >= 1

    for body in bodies:
        assert ask(address, "POST", f"/s/{race.slug}/", body)[0] == 303
    assert Response.objects.filter(survey=race).count() == 9


# -- broken requests -----------------------------------------------------------------------


def test_a_whole_request_by_hand_is_stored(address: tuple[str, int], race: Survey) -> None:
    """The control for all that follow: the same bytes, unbroken."""
    body = filled_in(address, race).encode()
    head = head_of(race, f"Content-Type: {build.FORM}", f"Content-Length: {len(body)}")

    assert status_of(exchange(address, head + body)) == 303
    assert Response.objects.filter(survey=race).count() == 1


@pytest.mark.parametrize("missing", [1, 20])
def test_a_body_cut_on_its_way_is_not_stored(
    address: tuple[str, int], race: Survey, missing: int
) -> None:
    """Half an answer reads like a whole one, and says something else."""
    body = filled_in(address, race).encode()
    head = head_of(race, f"Content-Type: {build.FORM}", f"Content-Length: {len(body)}")

    answer = exchange(address, head + body[:-missing], then_close=True)

    assert status_of(answer) in {0, 400}
    assert not Response.objects.filter(survey=race).exists()
    assert alive(address)


def test_a_body_without_its_length_is_refused(address: tuple[str, int], race: Survey) -> None:
    """Nobody could tell whether it arrived whole."""
    body = filled_in(address, race).encode()
    head = head_of(race, f"Content-Type: {build.FORM}", "Transfer-Encoding: chunked")
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    assert status_of(exchange(address, head + chunk)) == 411
    assert not Response.objects.filter(survey=race).exists()


@pytest.mark.parametrize("length", ["ten", "-1", "1e3", "9" * 30, "5, 6", "0x10", "+5"])
def test_a_length_that_is_no_length_is_refused(
    address: tuple[str, int], race: Survey, length: str
) -> None:
    """Two readers of one odd number are how requests are smuggled."""
    head = head_of(race, f"Content-Type: {build.FORM}", f"Content-Length: {length}")

    assert status_of(exchange(address, head + b"wish=Benches", then_close=True)) in {0, 400, 413}
    assert not Response.objects.filter(survey=race).exists()
    assert alive(address)


def test_a_body_too_large_is_refused_and_the_answer_arrives(
    address: tuple[str, int], race: Survey
) -> None:
    """A server that closes while the browser still sends shows an error page of the browser's."""
    body = filled_in(address, race, wish="x" * 3_000_000)

    status, _location, page = ask(address, "POST", f"/s/{race.slug}/", body)

    assert status == 413
    assert "wish" in page.decode()
    assert not Response.objects.filter(survey=race).exists()


@pytest.mark.parametrize(
    "flood",
    [
        "\r\n".join(f"X-{n}: y" for n in range(5_000)),
        "X-Long: " + "y" * 1_000_000,
        "Cookie: " + "a=b; " * 100_000,
        "X: y\r\n" * 100_000,
    ],
    ids=["many", "long", "cookies", "very many"],
)
def test_a_flood_of_headers_ends_quickly_and_harms_nobody(
    address: tuple[str, int], race: Survey, flood: str
) -> None:
    """Refused or let through, but never a worker that hangs."""
    request = f"GET /s/{race.slug}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{flood}"

    status = status_of(exchange(address, request.encode() + b"\r\n\r\n"))

    assert status < 500
    assert alive(address)


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/9.9",
        b"\x00\x01\x02",
        b"GET /s/%00%FF/ HTTP/1.1",
        b"GET /s/" + b"a" * 100_000 + b"/ HTTP/1.1",
        b"GET /?" + b"a=b&" * 1_500 + b" HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=["version", "nul", "escapes", "long", "query", "tls"],
)
def test_a_broken_first_line_ends_quickly_and_harms_nobody(
    address: tuple[str, int], line: bytes
) -> None:
    """What scanners send all day."""
    request = line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    assert status_of(exchange(address, request, then_close=True)) < 500
    assert alive(address)


def test_a_codec_that_is_no_charset_is_refused(address: tuple[str, int], race: Survey) -> None:
    """One header turns any page into a 500 without a page, and into a traceback in the log."""
    request = (
        f"GET /s/{race.slug}/?source=x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Content-Type: text/plain; charset=base64\r\n\r\n"
    )

    assert status_of(exchange(address, request.encode())) < 500


def test_a_path_of_sixty_kilobytes_is_refused_before_anybody_looks_for_its_page(
    address: tuple[str, int],
) -> None:
    """Below /admin/ it took ten seconds, in which the process did nothing else."""
    path = "/admin/r/1/" + "/a" * 30_000
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    assert status_of(exchange(address, request.encode())) == 414
    assert alive(address)


def alive(address: tuple[str, int]) -> bool:
    return ask(address, "GET", "/healthz")[0] == 200
