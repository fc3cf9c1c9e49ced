"""A real worker and beat, started as they are shipped: what they owe to a new response."""

import os
import subprocess
import sys
from collections.abc import Iterator

import polars as pl
import pytest
from django.conf import settings

from feedback.exports import building
from feedback.models import Bulk, BulkState, Change, ExportFile, Response, Role, Status, Summary
from feedback.responses import bulk
from survey_site.processes import Server, launch
from survey_site.programs import BUILDER, WORKER, commands, worker_answers
from survey_site.site import ROOT, Site
from tests import build
from tests.eventually import eventually
from tests.web.server import database_of_tests

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
PROMISED = 10  # seconds, as the overview says to staff


@pytest.fixture
def queue() -> str:
    """A Redis database of our own: other tests' workers may share the server."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    mark = "&" if "?" in settings.REDIS_URL else "?"
    return f"{settings.REDIS_URL}{mark}virtual_host={int(worker) % 8 + 8}"


@pytest.fixture
def worker_and_beat(queue: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The command lines of ``make run`` on the test database."""
    folder = tmp_path_factory.mktemp("worker")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_of_tests(),
        "REDIS_URL": queue,
        "EXPORTS_DIR": str(settings.EXPORTS_DIR),
    }
    lines = commands(Site(folder, "127.0.0.1", 1, environment))
    assert "--pool=threads" in lines["worker"]

    def start(name: str) -> Server:
        words = [sys.executable, "-m", *lines[name]]
        log = folder / f"{name}.log"
        return launch(name, words, log=log, cwd=ROOT, environment=environment)

    with start("worker") as worker, start("builder") as builder, start("beat"):
        builder.wait_until(lambda: worker_answers(queue, BUILDER), seconds=60)
        yield worker.wait_until(lambda: worker_answers(queue, WORKER), seconds=60)


def test_an_act_on_many_is_done_though_no_message_came(
    worker_and_beat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis may lose what it was told: beat's refresh finds what is unfinished."""
    monkeypatch.setattr(bulk, "AT_ONCE", -1)
    town = build.survey(slug="acted-on")
    row, author = build.respond(town, wish="Benches"), build.member(town, Role.OWNER)
    asked = bulk.start(town, "status", Status.SPAM.value, "", actor=author)

    def done() -> bool:
        return Response.objects.get(pk=row.pk).status == Status.SPAM

    assert eventually(done, seconds=PROMISED), worker_and_beat.last_lines()
    assert eventually(lambda: Bulk.objects.get(pk=asked.pk).state == BulkState.DONE, seconds=2)


def test_an_export_is_built_though_no_message_came(worker_and_beat: Server) -> None:
    """By the builder's own queue, as `make run` starts it; beat looks for what waits."""
    town = build.survey(slug="exported")
    build.respond(town, wish="Benches")
    owner = build.member(town, Role.OWNER, may_export=True)
    file = building.ask(town, "xlsx", "", actor=owner, expected=1)

    def done() -> bool:
        return building.offered(ExportFile.objects.select_related("survey").get(pk=file.pk))

    assert eventually(done, seconds=60), worker_and_beat.last_lines()


def test_asking_for_a_worker_without_a_broker_is_no_error() -> None:
    """The page that asked goes on at once; nothing but promptness is lost."""
    words = "import django; django.setup(); from feedback import tasks; tasks.act_soon(1)"
    environment = os.environ | {"REDIS_URL": "redis://127.0.0.1:1"}
    environment |= {"DJANGO_SETTINGS_MODULE": "survey_site.settings"}

    ended = subprocess.run(
        [sys.executable, "-c", f"import survey_site.celery; {words}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == 0, ended.stderr
    assert "refresh will see to bulk 1" in ended.stderr


def test_a_new_response_is_in_the_summary_within_ten_seconds(worker_and_beat: Server) -> None:
    """Polars is warm in this process, and in the worker it runs in a thread, after no fork."""
    assert WORKER and pl.DataFrame({"warm": [1]}).sum().height == 1
    town = build.survey(slug="worked-off")
    for number in (1, 2):
        build.respond(town, wish=f"wish {number}")

        def counted(so_far: int = number) -> bool:
            summary = Summary.objects.filter(survey=town).first()
            return summary is not None and summary.figures.get("responses") == so_far

        assert eventually(counted, seconds=PROMISED), worker_and_beat.last_lines()
    assert not Change.objects.exists()
