"""Exports that are built: whole and offered, or not there; whatever dies on the way."""

import errno
import io
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from feedback.exports import FORMATS, building, making, manifest, saved
from feedback.exports.table import READS_ONLY, seen_until, snapshot
from feedback.models import (
    AuditEntry,
    Colour,
    ExportFile,
    ExportState,
    Membership,
    Role,
    Survey,
    Why,
)
from feedback.models.delivery import SavedExport
from feedback.responses import receipts, tags, withdrawal
from tests import build

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grown() -> Survey:
    """A survey with some responses."""
    town = build.survey()
    for number in range(30):
        build.respond(town, wish=f"wish {number}", name="Ada")
    return town


@pytest.fixture
def analyst(grown: Survey) -> Any:
    return build.member(grown, Role.ANALYST, may_export=True, sees_personal=True)


def asked(survey: Survey, actor: Any, query: str = "", kind: str = "csv") -> ExportFile:
    return building.ask(survey, kind, query, actor=actor, expected=30)


def seen(file: ExportFile) -> ExportFile:
    return ExportFile.objects.select_related("survey").get(pk=file.pk)


def left_behind() -> set[str]:
    return {path.name for path in building.folder().iterdir()}


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


# -- offered ---------------------------------------------------------------------------


def test_a_file_that_may_hold_a_withdrawn_response_is_gone_and_says_why(
    grown: Survey, analyst: Any
) -> None:
    """The respondent was told that it is deleted; a file on our disk would be a lie."""
    file = asked(grown, analyst)
    building.build(file.pk)
    path = building.path_of(seen(file))
    row = build.respond(grown, wish="take this back")
    other = asked(grown, analyst)
    building.build(other.pk)
    assert withdrawal.withdraw(receipts.code_for(row.nonce))

    building.tend()

    for one in (seen(file), seen(other)):
        assert (one.state, one.why) == (ExportState.GONE, Why.WITHDRAWN)
    assert not path.exists() and not left_behind()
    page = build.signed_in(analyst).get(f"/staff/town/exports/{file.pk}/").content.decode()
    assert "Somebody withdrew a response" in page and "Download the file" not in page
    later = asked(grown, analyst)
    building.build(later.pk)
    assert not building.offered(seen(file))


def test_a_long_export_ages_no_other(grown: Survey, analyst: Any) -> None:
    """What only reads can hold no change back; else each withdrawal would end all exports."""
    began = Event()
    done = Event()

    def read_for_long() -> None:
        with snapshot():
            ExportFile.objects.count()
            began.set()
            done.wait(30)
        connections.close_all()

    reader = Thread(target=read_for_long)
    reader.start()
    assert began.wait(30)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xact_start - interval '1 second' FROM pg_stat_activity"
            " WHERE application_name = %s",
            [READS_ONLY],
        )
        [[held_back]] = cursor.fetchall()
    moment = seen_until()
    done.set()
    reader.join()

    assert moment > held_back


def test_what_was_built_after_a_withdrawal_stays(grown: Survey, analyst: Any) -> None:
    """The control: otherwise one withdrawal would end exports for good."""
    row = build.respond(grown, wish="take this back")
    assert withdrawal.withdraw(receipts.code_for(row.nonce))
    grown.tombstones.update(withdrawn_at=timezone.now() - timedelta(minutes=1))
    file = asked(grown, analyst)

    building.build(file.pk)

    assert building.offered(seen(file))


def test_files_expire(grown: Survey, analyst: Any) -> None:
    """Old answers should not lie about on a server for good."""
    file = asked(grown, analyst)
    building.build(file.pk)
    ExportFile.objects.update(expires_at=timezone.now())

    building.tend()

    assert (seen(file).state, seen(file).why) == (ExportState.GONE, Why.EXPIRED)
    assert not left_behind()


def test_each_download_asks_for_permission_again(grown: Survey, analyst: Any) -> None:
    """A link outlives a job; what it leads to must not."""
    client = build.signed_in(analyst)
    file = asked(grown, analyst)
    building.build(file.pk)
    address = f"/staff/town/exports/{file.pk}/file"

    assert b"wish 7" in client.get(address).getvalue()
    assert AuditEntry.objects.filter(action="export_taken").count() == 1
    Membership.objects.filter(user=analyst).update(may_export=False)
    assert client.get(address).status_code == 404
    waiting = asked(grown, analyst)
    building.build(waiting.pk)
    assert (seen(waiting).state, seen(waiting).why) == (ExportState.FAILED, Why.RIGHTS)


def test_personal_files_are_for_who_may_see_them(grown: Survey, analyst: Any) -> None:
    """May export and may see names are two rights, of what is built as well."""
    file = asked(grown, analyst, "with=personal")
    building.build(file.pk)
    exporter = build.signed_in(build.member(grown, Role.OWNER, may_export=True))
    address = f"/staff/town/exports/{file.pk}/"

    assert exporter.get(address).status_code == 404
    assert exporter.get(address + "file").status_code == 404
    asks_again = build.signed_in(analyst).get(address + "file")
    assert asks_again.status_code == 302 and "/confirm/" in asks_again.url
    assert b"Ada" in build.confirmed(analyst).get(address + "file").getvalue()


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


# -- new since last time ---------------------------------------------------------------


def test_a_saved_export_brings_what_is_new_since_the_last(grown: Survey, analyst: Any) -> None:
    """Nothing twice that did not change, nothing missed that did."""
    kept = saved.save(
        grown, "nightly", owner=analyst, kind="csv", query="", rhythm="daily", only_new=True
    )
    SavedExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert saved.ask_for_due() == 1 and saved.ask_for_due() == 0
    (first,) = kept.files.all()
    building.build(first.pk)
    assert seen(first).rows == 30
    # What changed up to a second before is brought again, as clocks need a margin.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_response DISABLE TRIGGER feedback_changed")
        cursor.execute("UPDATE feedback_response SET changed_at = changed_at - interval '1 hour'")
        cursor.execute("ALTER TABLE feedback_response ENABLE TRIGGER feedback_changed")

    new = build.respond(grown, wish="new")
    kept.refresh_from_db()
    second = saved.ask_for(kept, actor=analyst)
    building.build(second.pk)

    rows = building.path_of(seen(second)).read_text().splitlines()
    assert [line.split(",")[0] for line in rows[1:]] == [str(new.pk)]


@pytest.fixture
def nightly(grown: Survey, analyst: Any) -> SavedExport:
    return saved.save(
        grown, "nightly", owner=analyst, kind="csv", query="", rhythm="daily", only_new=True
    )


def test_a_file_of_other_settings_moves_nothing_on(nightly: SavedExport, analyst: Any) -> None:
    """Else what only the new settings ask for would be in no file."""
    before = saved.ask_for(nightly, actor=analyst)
    wider = {"owner": analyst, "kind": "jsonl", "query": "", "rhythm": "daily", "only_new": True}
    saved.save(nightly.survey, "nightly", **wider)

    building.build(before.pk)

    assert seen(before).state == ExportState.DONE
    nightly.refresh_from_db()
    assert nightly.new_since is None
    building.build((again := saved.ask_for(nightly, actor=analyst)).pk)
    nightly.refresh_from_db()
    assert nightly.new_since == seen(again).seen_until


def test_what_is_built_again_is_as_new_as_it_was_to_be(nightly: SavedExport, analyst: Any) -> None:
    """A file of what is new, built again, is not the whole survey."""
    SavedExport.objects.update(new_since=timezone.now() + timedelta(hours=1))
    nightly.refresh_from_db()
    file = saved.ask_for(nightly, actor=analyst)
    building.build(file.pk)
    assert seen(file).rows == 0

    answer = build.signed_in(analyst).post(
        f"/staff/town/exports/{file.pk}/change/", {"act": "again"}
    )

    again = ExportFile.objects.latest("pk")
    assert answer.status_code == 302 and again.pk != file.pk
    assert (again.changed_since, again.saved) == (file.changed_since, nightly)


def test_an_owner_who_cannot_sign_in_any_more_has_nothing_built(nightly: SavedExport) -> None:
    """What somebody ordered once goes on only while they may."""
    SavedExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    nightly.owner.is_active = False
    nightly.owner.save()

    assert saved.ask_for_due() == 0
    assert not nightly.files.exists()


def test_a_tag_that_is_gone_fails_the_export_and_a_renamed_one_is_followed(
    nightly: SavedExport, owner: Any
) -> None:
    """A nightly file of nothing would be taken for a quiet night."""
    tag = tags.create(nightly.survey, "urgent", Colour.GREY, actor=owner)
    SavedExport.objects.update(query="tag=urgent")
    tags.rename(tag, "pressing", actor=owner)
    nightly.refresh_from_db()
    assert nightly.query == "tag=pressing"
    tags.delete(tag, actor=owner)

    file = saved.ask_for(nightly, actor=nightly.owner)
    building.build(file.pk)

    assert (seen(file).state, seen(file).why) == (ExportState.FAILED, Why.ASKED)
