"""Words that must not be found: put into every place a person can, looked for wherever we write."""

import base64
import json
import logging
import os
import re
import socket
from binascii import Error as NoBase64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlencode

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from feedback.models import Response, Role
from survey_site.embedded import start_redis
from survey_site.logs import JsonLine, Line
from survey_site.programs import WORKER, commands, worker_answers
from survey_site.site import Site
from tests import build
from tests.eventually import eventually
from tests.survey_site import asking
from tests.web.server import database_of_tests, serving

CANARY = "Kanarienvogel"
PASSED_ON = {"X_Forwarded_For": f"192.0.2.77, {CANARY}", "User_Agent": CANARY, "Referer": CANARY}
# What a worker meets when the database quotes what it cannot store.
QUOTE = f"""
    CREATE FUNCTION quote_it() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'cannot store {CANARY}: %%', NEW.words; END $$;
    CREATE TRIGGER quoting BEFORE INSERT OR UPDATE ON feedback_searchtext
    FOR EACH ROW EXECUTE FUNCTION quote_it()
"""


class Overheard:
    """All that is said to a Redis, as its MONITOR tells it."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url)
        self.said = bytearray()
        # As it comes: the client's own reading of it knows no Unix sockets.
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(unquote(url.removeprefix("unix://")))
        self.line.sendall(b"MONITOR\r\n")
        Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with suppress(OSError):
            while piece := self.line.recv(65_536):
                self.said += piece
        self.line.close()

    def text(self) -> str:
        """What was said, with what is in base64 opened: so Celery wraps its messages."""
        plain = bytes(self.said).decode(errors="replace")
        opened = [plain]
        for word in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", plain):
            with suppress(NoBase64):
                opened.append(base64.b64decode(word).decode(errors="replace"))
        return "\n".join(opened)


@pytest.fixture
def messenger(tmp_path: Path) -> Iterator[str]:
    with start_redis(tmp_path / "messenger") as server:
        yield server.url


@pytest.fixture
def quoting(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(QUOTE.replace("%%", "%"))
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER quoting ON feedback_searchtext; DROP FUNCTION quote_it()")


def visit(port: int, cookie: str) -> list[int]:
    """Everything a person, a colleague or an attacker can put words into; the statuses."""
    form, staff = "/s/canary/", "/staff/canary"
    ticket = build.ticket_in(asking.get(port, f"{form}?source={CANARY}", **PASSED_ON).body)
    fields = {"ticket": ticket, "name": CANARY, "visit": "other", "visit__other": CANARY}
    fields["wish"] = f"{CANARY} for everyone"
    form_type = {"Content_Type": asking.FORM, **PASSED_ON}

    def post(path: str, **given: str) -> asking.Answer:
        return asking.ask(port, "POST", path, body=urlencode(given), **form_type)

    def get(path: str, **headers: str) -> asking.Answer:
        return asking.get(port, path, **PASSED_ON, **headers)

    kept = post(f"{form}save/", **fields)
    with psycopg.connect(database_of_tests()) as holder:  # until the database gives up
        holder.execute("LOCK TABLE feedback_response IN EXCLUSIVE MODE")
        timed_out = post(form, **fields)
        holder.rollback()
    stored = post(form, **fields)
    receipt = stored.headers["Location"]
    answers = [
        kept,
        timed_out,
        stored,
        get(receipt),
        get(f"{receipt}download.json"),
        post(f"{receipt}edit/", **{**fields, "wish": f"{CANARY} again"}),
        post(form, **{**fields, "wish": f"{CANARY} elsewhere"}),
        post(form, **{CANARY: CANARY, "ticket": CANARY}),
        post(form, **{**fields, "wish": "x" * 1_100_000}),
        asking.ask(port, "POST", form, body=CANARY, Content_Type=f"text/{CANARY}"),
        asking.ask(port, "POST", form, body=CANARY, Content_Type=f"text/plain; charset={CANARY}"),
        asking.ask(port, CANARY.upper(), form),
        get(f"{form}resume/{CANARY}/"),
        get(f"/r/{CANARY}/"),
        get(f"/{CANARY}/?{CANARY}={CANARY}"),
        get("/staff/", Host=f"{CANARY}.example.org", Cookie=cookie),
        get("/staff/", Cookie=f"{settings.SESSION_COOKIE_NAME}={CANARY}"),
        get(f"{staff}/responses/?q={CANARY}", Cookie=cookie),
        get(f"{staff}/responses/?{CANARY}=[", Cookie=cookie),
        get(f"{staff}/export.csv?q={CANARY}", Cookie=cookie),
        get(f"{staff}/{CANARY}/", Cookie=cookie),
        get(f"/api/canary/responses.csv?q={CANARY}", Authorization=f"Bearer {CANARY}"),
        post("/staff/login/", login=CANARY, password=CANARY),
        post(f"{staff}/tags/add/", name=CANARY),
    ]
    return [answer.status for answer in answers]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_log_no_metric_and_no_message_has_what_people_typed(
    tmp_path: Path, messenger: str, quoting: None
) -> None:
    """Through the real programs; what is looked for did get to the database, and did go wrong."""
    town = build.survey(slug="canary")
    client = build.signed_in(build.member(town, Role.OWNER, may_export=True))
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"
    overheard = Overheard(messenger)
    given = {"LOG_FORMAT": "json", "REDIS_URL": messenger}
    environment = asking.environment(tmp_path, ROLE="worker", **given)
    lines = commands(Site(tmp_path, "127.0.0.1", 1, environment))
    with serving(tmp_path, **given) as (port, _server):
        statuses = visit(port, cookie)
        worker, beat = (
            asking.launched(name, lines[name], folder=tmp_path, environment=environment)
            for name in ("worker", "beat")
        )
        with worker, beat:
            worker.wait_until(lambda: worker_answers(messenger, WORKER), seconds=90)
            log = tmp_path / "worker.log"
            failed = eventually(lambda: "RaiseException" in log.read_text(), seconds=60)
        metrics = asking.get(port, "/metrics").body.decode()

    web = (tmp_path / "web.log").read_text()
    written = {"web": web, "worker": log.read_text(), "metrics": metrics}
    written["redis"] = overheard.text()
    database = Path(os.environ["DATA_DIR"], "logs", "postgres.log")
    if database.exists():
        # But for what our own trigger says, which is no statement and no detail of one.
        its = database.read_text(errors="replace").splitlines()
        written["postgres"] = "\n".join(line for line in its if "cannot store" not in line)
    found = {
        place: text[max(0, at - 200) : at + 100]
        for place, text in written.items()
        if (at := text.lower().find(CANARY.lower())) >= 0
    }

    assert found == {}
    # The controls: it was stored, it was refused and went wrong in many ways, and all was told.
    assert CANARY in str(Response.objects.get().answers)
    assert {200, 303, 400, 404, 409, 413, 415, 422, 503} <= set(statuses), statuses
    assert failed, written["worker"]
    told = [json.loads(line) for line in web.splitlines() if line.startswith("{")]
    assert {"answer", "receipt", "responses", "none"} <= {line.get("route") for line in told}
    assert "psycopg.errors.LockNotAvailable 55P03" in str(told)
    assert "feedback.tasks.refresh" in written["redis"] and 'route="answer"' in metrics
    overheard.client.set("control", CANARY)
    assert eventually(lambda: CANARY in overheard.text())


def raised() -> logging.LogRecord:
    """A record of an error that quotes what it was about, as a library would log it."""
    try:
        raise ValueError(f"invalid value: {CANARY}")
    except ValueError as error:
        record = logging.LogRecord(
            "library", logging.ERROR, __file__, 1, "no: %s\n%s", (CANARY, error), None
        )
        record.exc_info = (type(error), error, error.__traceback__)
    return record


@pytest.mark.parametrize("ours", [Line(), JsonLine()], ids=["text", "json"])
def test_of_an_error_its_kind_and_place_are_told_and_not_its_words(ours: logging.Formatter) -> None:
    """The control: what Python itself would write has the words."""
    told = ours.format(raised())

    assert CANARY not in told
    assert "builtins.ValueError" in told and "raised" in told and "library" in told
    assert CANARY in logging.Formatter().format(raised())


def test_each_line_of_json_has_what_a_search_needs() -> None:
    """And is one line, whatever stands in it."""
    record = logging.LogRecord("feedback.x", logging.INFO, "", 1, "two\nlines", (), None)
    record.__dict__ |= {"route": "answer", "status": 303, "ms": 2.5, "path": CANARY}

    line = JsonLine().format(record)

    assert "\n" not in line and CANARY not in line
    wanted = {"level": "INFO", "logger": "feedback.x", "route": "answer", "status": 303, "ms": 2.5}
    assert wanted.items() <= json.loads(line).items()
