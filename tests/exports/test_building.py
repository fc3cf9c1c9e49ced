"""Exports that are built: whole and offered, or not there; whatever dies on the way."""

import errno
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from feedback.exports import FORMATS, building, making, manifest
from feedback.models import (
    ExportFile,
    ExportState,
    Survey,
    Why,
)
from tests import build
from tests.exports.built import asked, left_behind, seen

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_built_file_is_what_its_manifest_says(grown: Survey, analyst: Any, kind: str) -> None:
    """Rows, bytes and digest: whoever has both knows that nothing is missing."""
    file = asked(grown, analyst, kind=kind)

    building.build(file.pk)

    done = seen(file)
    assert (done.state, done.rows, building.offered(done)) == (ExportState.DONE, 30, True)
    assert done.manifest is not None
    path = building.path_of(done)
    assert done.manifest["bytes"] == path.stat().st_size
    assert left_behind() == {done.name}
    manifest.verify(path, done.manifest)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(manifest.NotWhole, match="cut short"):
        manifest.verify(path, done.manifest)


@pytest.mark.parametrize("points", [4, pytest.param(20, marks=pytest.mark.long)])
def test_wherever_the_builder_is_killed_no_part_of_a_file_is_offered(
    grown: Survey, analyst: Any, points: int
) -> None:
    """Out of memory, a restart, a power cut: E1 of the field's complaints was a lie about it."""
    environment = os.environ | {
        "DATABASE_URL": address_of_the_test_database(),
        "EXPORTS_DIR": str(settings.EXPORTS_DIR),
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
    }

    def run(file: ExportFile, fatal: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.exports.killed", str(file.pk), str(fatal)]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )

    whole = run(asked(grown, analyst), 0)
    assert whole.returncode == 0, whole.stderr
    calls = int(whole.stdout)
    for point in range(1, points + 1):
        file = asked(grown, analyst)
        killed = run(file, max(1, calls * point // points))
        assert killed.returncode == -9, (point, killed.stderr)
        after = seen(file)
        if after.state == ExportState.DONE:  # it died with its work done
            assert after.manifest is not None
            manifest.verify(building.path_of(after), after.manifest)
        else:
            assert not building.offered(after)
        assert file.pk in building.tend() or after.state == ExportState.DONE
        building.build(file.pk)
        again = seen(file)
        assert again.state == ExportState.DONE and again.rows == 30
        assert again.manifest is not None
        manifest.verify(building.path_of(again), again.manifest)
    building.tend()
    done = ExportFile.objects.filter(state=ExportState.DONE)
    assert left_behind() == set(done.values_list("name", flat=True))


def address_of_the_test_database() -> str:
    ours = connection.settings_dict
    host = str(ours["HOST"]).replace("/", "%2F")
    port = f":{ours['PORT']}" if ours["PORT"] else ""
    password = f":{ours['PASSWORD']}" if ours["PASSWORD"] else ""
    return f"postgresql://{ours['USER']}{password}@{host}{port}/{ours['NAME']}"


def test_what_kills_its_builder_each_time_fails_in_the_end(grown: Survey, analyst: Any) -> None:
    """Else one poisonous export would keep a worker busy for good."""
    file = asked(grown, analyst)
    ExportFile.objects.filter(pk=file.pk).update(tries=building.MOST_TRIES)

    building.build(file.pk)

    assert (seen(file).state, seen(file).why) == (ExportState.FAILED, Why.STOPPED)


@pytest.mark.parametrize(
    ("number", "why"), [(errno.ENOSPC, Why.NO_SPACE), (errno.EIO, Why.DISK)], ids=["full", "broken"]
)
def test_a_disk_that_fails_is_said_and_leaves_nothing(
    grown: Survey, analyst: Any, monkeypatch: pytest.MonkeyPatch, number: int, why: Why
) -> None:
    """The disk cannot be filled here without harm to others, so its answer is made."""

    def fail(_path: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(making, "flushed", fail)
    file = asked(grown, analyst)

    building.build(file.pk)

    assert (seen(file).state, seen(file).why) == (ExportState.FAILED, why)
    assert not left_behind()


def test_a_cancelled_build_stops_and_leaves_nothing(
    grown: Survey, analyst: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two notes of how far it has come, somebody changes their mind."""
    monkeypatch.setattr(building, "TELLING", 0.0)
    file = asked(grown, analyst)
    write = building.Watch.tick

    def tick(watch: building.Watch, rows: int) -> None:
        with beside_the_tests() as other:
            other.execute("UPDATE feedback_exportfile SET cancelled = true")
        write(watch, rows)

    monkeypatch.setattr(building.Watch, "tick", tick)
    building.build(file.pk)

    assert seen(file).state == ExportState.CANCELLED
    assert not left_behind()


def beside_the_tests() -> Any:
    plain = {**connection.get_connection_params(), "cursor_factory": None, "context": None}
    return psycopg.connect(**plain, autocommit=True)


def test_what_waits_is_cancelled_at_once(grown: Survey, analyst: Any) -> None:
    """Nobody needs a worker to do nothing."""
    file = asked(grown, analyst)

    building.cancel(file)

    assert seen(file).state == ExportState.CANCELLED


def test_two_workers_never_build_the_same_file(grown: Survey, analyst: Any) -> None:
    """The second message of a broker that sends twice finds the lock taken."""
    file = asked(grown, analyst)
    with building.Watch(file.pk) as first:
        assert first.ours
        building.build(file.pk)
        assert seen(file).state == ExportState.WAITING
    building.build(file.pk)
    assert seen(file).state == ExportState.DONE


def test_a_file_is_of_one_moment(
    grown: Survey, analyst: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in while it is read is in none of its parts, nor in its manifest."""
    file = asked(grown, analyst)
    flushed = making.flushed

    def one_more_comes(path: Path) -> None:
        thread = Thread(target=respond_elsewhere, args=[grown])
        thread.start()
        thread.join()
        flushed(path)

    monkeypatch.setattr(making, "flushed", one_more_comes)
    building.build(file.pk)

    assert seen(file).rows == 30
    assert len(building.path_of(seen(file)).read_text().splitlines()) == 31


def respond_elsewhere(survey: Survey) -> None:
    try:
        build.respond(survey, wish="late")
    finally:
        connections.close_all()


def test_sweeping_takes_what_is_left_and_nothing_that_is_begun_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name of a build that begins while somebody sweeps is not among those they know."""
    (building.folder() / "stray.csv").write_text("x")
    (building.folder() / "stray.csv.unfinished").mkdir()
    clock = time.time

    def begun_meanwhile() -> float:
        (building.folder() / "late.csv.unfinished").mkdir(exist_ok=True)
        return clock()

    monkeypatch.setattr(building.time, "time", begun_meanwhile)
    building.sweep()

    assert left_behind() == {"late.csv.unfinished"}


# -- the command -----------------------------------------------------------------------


def test_the_command_verifies_and_names_what_is_wrong(grown: Survey, tmp_path: Path) -> None:
    """A file that was cut on its way should not be found out by its figures."""
    file = tmp_path / "town.csv"
    call_command("export_responses", "town", output=file, stdout=io.StringIO())

    call_command("verify_export", file, stdout=io.StringIO())
    file.write_text(file.read_text().replace("wish 7", "wish 8"))
    with pytest.raises(CommandError, match="altered"):
        call_command("verify_export", file)
    file.unlink()
    with pytest.raises(CommandError, match="not there"):
        call_command("verify_export", file)
