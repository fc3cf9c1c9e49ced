"""Asked to stop, each of our programs first finishes what it has begun."""

import http.client
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from feedback.models import Change, Response
from survey_site.processes import Server
from survey_site.programs import WORKER, commands, worker_answers
from survey_site.site import Site
from tests import build
from tests.eventually import eventually
from tests.survey_site import asking
from tests.web.server import database_of_tests, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@contextmanager
def held(table: str) -> Iterator[psycopg.Connection[Any]]:
    """Whoever writes to the table waits, until this ends."""
    with psycopg.connect(database_of_tests()) as holder:
        holder.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield holder
        holder.rollback()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_a_form_on_its_way_is_answered_before_the_web_server_ends(tmp_path: Path) -> None:
    """Every deploy stops the server; nobody's answers may get lost between two of them."""
    build.survey(slug="stopped")
    with serving(tmp_path) as (port, server), ThreadPoolExecutor(1) as visitor:
        ticket = build.ticket_in(asking.get(port, "/s/stopped/").body)
        with held("feedback_response"):
            sent = visitor.submit(asking.post, port, "/s/stopped/", ticket=ticket, wish="Benches")
            assert eventually(somebody_waits)
            server.process.send_signal(signal.SIGTERM)
            assert eventually(lambda: asking.refuses(port))  # it takes nothing new
            assert not sent.done()
        answer = sent.result(20)
        assert server.process.wait(20) == 0, server.last_lines()

    assert answer.status == 303 and answer.headers["Location"].startswith("/r/")
    assert Response.objects.get().answers["wish"] == "Benches"


def test_a_form_is_cut_off_when_the_web_server_is_killed(tmp_path: Path) -> None:
    """The control: it is the asking that makes the difference."""
    build.survey(slug="killed")
    with serving(tmp_path) as (port, server), ThreadPoolExecutor(1) as visitor:
        ticket = build.ticket_in(asking.get(port, "/s/killed/").body)
        with held("feedback_response"):
            sent = visitor.submit(asking.post, port, "/s/killed/", ticket=ticket, wish="Benches")
            assert eventually(somebody_waits)
            server.sweep()
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            sent.result(20)


@contextmanager
def started(name: str, folder: Path) -> Iterator[Server]:
    """Worker or beat as ``make run`` starts it, on the test database and a Redis of its own."""
    queue = asking.queue_of_ones_own()
    environment = asking.environment(folder, REDIS_URL=queue, ROLE="worker")
    words = commands(Site(folder, "127.0.0.1", 1, environment))[name]
    program = asking.launched(name, words, folder=folder, environment=environment)
    with program:
        if name == "worker":
            program.wait_until(lambda: worker_answers(queue, WORKER), seconds=90)
        yield program


def test_a_task_that_runs_is_finished_before_the_worker_ends(tmp_path: Path) -> None:
    """It would be done again, but a minute later; and an e-mail would be sent twice."""
    town = build.survey(slug="finished")
    build.respond(town, wish="Benches")
    with started("worker", tmp_path) as worker, started("beat", tmp_path) as beat:
        with held("feedback_framechunk"):
            assert eventually(somebody_waits, seconds=60), worker.last_lines()
            beat.process.send_signal(signal.SIGTERM)
            worker.process.send_signal(signal.SIGTERM)
            assert beat.process.wait(20) == 0, beat.last_lines()
            assert worker.process.poll() is None
        assert worker.process.wait(20) == 0, worker.last_lines()

    assert not Change.objects.exists()
