"""The nginx configuration that we ship, run by a real nginx before a real server of ours.

Changed are its ports and folders, and that it never gives up who is slow; a port without TLS
is added, for our clients.
"""

import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from benchmarks.ports import free_port, listens
from feedback.models import Response, Survey
from feedback.responses import tickets
from feedback.responses.in_field import in_field
from feedback.responses.networks import renew_salts
from survey_site.processes import launch
from survey_site.site import ROOT
from tests import build
from tests.hostile.aftermath import get
from tests.hostile.sending import Answer, send
from tests.hostile.test_slow_loris import HEAD, held
from tests.web.server import serving

pytestmark = pytest.mark.django_db(transaction=True)
SHIPPED = ROOT / "deploy" / "nginx" / "soundings.conf"
ELSEWHERE = "127.0.0.2"  # on this machine, and another one to nginx
WATCH = "Authorization: Bearer of-the-watch"
TOO_LARGE = 16 * 1024 * 1024 + 1
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
AROUND = """
daemon off; pid {folder}/nginx.pid; user {user}; worker_processes 1;
events {{ worker_connections 1024; }}
http {{ {temporary} include {folder}/soundings.conf; }}
"""


@pytest.fixture(scope="module")
def nginx() -> str:
    """The program; continuous integration installs it, so there it must be."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing = "there is no nginx on this machine: apt-get install nginx-light"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return program


@pytest.fixture(scope="module")
def behind(
    django_db_setup: None,
    static_files: None,
    nginx: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[int]:
    """The port of our own server, which believes one proxy and shows figures to the watch."""
    folder = tmp_path_factory.mktemp("behind")
    told = {"TRUSTED_PROXIES": "1", "METRICS_TOKEN": WATCH.rpartition(" ")[2]}
    with serving(folder, workers=1, **told) as (port, _server):
        yield port


@pytest.fixture
def front(nginx: str, behind: int, tmp_path: Path) -> Iterator[int]:
    """The port of the front before it."""
    with fronting(nginx, tmp_path, behind=behind) as port:
        yield port


@contextmanager
def fronting(nginx: str, folder: Path, *, behind: int) -> Iterator[int]:
    port = free_port()
    certify(folder)
    text = SHIPPED.read_text()
    for theirs, ours in {
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "127.0.0.1:8001": f"127.0.0.1:{behind}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port}; listen 127.0.0.1:{free_port()} ssl",
        "/etc/letsencrypt/live/feedback.example.org": str(folder),
        "/var/cache/soundings": f"{folder}/cache",
        "/var/log/nginx/error.log": f"{folder}/error.log",
        "client_header_timeout 10s": "client_header_timeout 1h",
        "client_body_timeout 15s": "client_body_timeout 1h",
    }.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    (folder / "soundings.conf").write_text(text)
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    around = AROUND.format(
        folder=folder, temporary=temporary, user=pwd.getpwuid(os.geteuid()).pw_name
    )
    (folder / "nginx.conf").write_text(around)
    words = [nginx, "-e", folder / "start.log", "-c", folder / "nginx.conf"]
    server = launch("nginx", words, log=folder / "nginx.log", asks=((signal.SIGTERM, 10),))
    with server.wait_until(lambda: listens(port), seconds=30):
        yield port


def certify(folder: Path) -> None:
    """A certificate as nginx wants one to start."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=feedback.example.org")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "privkey.pem").write_bytes(private)


def sent(port: int, slug: str, body: bytes, *lines: str) -> Answer:
    """A form as it is sent, and what comes back."""
    head = [
        f"POST /s/{slug}/ HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {build.FORM}",
        f"Content-Length: {len(body)}",
        *lines,
        "Connection: close",
    ]
    return send(port, "\r\n".join([*head, "", ""]).encode() + body)


def answered(port: int, survey: Survey, *lines: str) -> Response:
    """Send one response through the front; what was stored."""
    ticket = tickets.issue(survey=survey.pk, revision=in_field(survey.slug).revision)
    answer = sent(port, survey.slug, f"ticket={ticket}&wish=Benches".encode(), *lines)
    assert answer.status == 303, answer
    return Response.objects.latest("pk")


BODY = HEAD + b"\r\nContent-Length: 1000\r\n\r\nticket="


@pytest.mark.parametrize("begun", [HEAD, BODY], ids=["heads", "bodies"])
def test_hundreds_who_send_slowly_hold_nobody_up(front: int, begun: bytes) -> None:
    """Our server has eight threads; the front passes on whole requests, which take none long."""
    build.survey(slug="slow")
    with held(front, begun, times=300, source=ELSEWHERE):
        statuses = {get(front, path).status for path in ("/healthz", "/", "/staff/login/")}

    assert statuses == {200}


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For"])
def test_a_forged_address_does_not_win(front: int, name: str) -> None:
    """Else one machine would look like a thousand networks, or like somebody else's."""
    renew_salts(timezone.now().date())
    survey = build.survey(slug=f"forged-{name.lower().replace('_', '')}")
    honest = answered(front, survey)
    forged = answered(front, survey, f"{name}: 203.0.113.7")

    assert honest.network is not None
    assert forged.network == honest.network


def test_a_body_over_the_limit_is_refused_by_name(front: int) -> None:
    """At once, by the front; below the limit our own page tells which answer is too long."""
    build.survey(slug="large")
    announced = HEAD + f"\r\nContent-Length: {TOO_LARGE}\r\n\r\nwish=".encode()
    over = send(front, announced)
    below = sent(front, "large", b"wish=" + b"x" * 15_000_000)

    assert (over.status, over.is_ours, below.status, below.is_ours) == (413, False, 413, True)
    assert b"413 Request Entity Too Large" in over.body
    assert b"wish" in below.body


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
@pytest.mark.parametrize("written", ["{}", "/{}", "/x/..{}", "{}?"])
def test_figures_are_not_handed_out(front: int, behind: int, path: str, written: str) -> None:
    """Not even to who has the token: it is for whoever is on the inside."""
    assert get(behind, path, WATCH).status == 200

    answer = get(front, written.format(path), WATCH)

    assert (answer.status, answer.is_ours) == (404, False)


def test_a_front_whose_servers_are_away_says_when_to_send_again(nginx: str, tmp_path: Path) -> None:
    """A bare 502 tells nobody that nothing is lost; and logs must not tell who sent what."""
    with fronting(nginx, tmp_path, behind=free_port()) as port:
        answer = sent(port, "of-somebody", b"wish=Benches")

    assert (answer.status, answer.header("retry-after")) == (503, "5")
    assert b"load this page again" in answer.body
    logs = [path.read_text() for path in tmp_path.glob("*.log")]
    assert len(logs) > 1 and not any("of-somebody" in text for text in logs)
