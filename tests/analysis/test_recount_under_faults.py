"""Whatever happens to responses and to workers, the summary is a recount of the rows."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from random import Random
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from feedback.frames import build as frames
from feedback.models import Change, FrameChunk, Response, Status, Summary, Survey, Tombstone
from feedback.refresh import refresh, refresh_batch
from tests import build
from tests.eventually import eventually
from tests.outages import beside_the_database
from tests.recount import fill, made_up, recount, reported
from tests.web.server import database_of_tests

STEPS = 120


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "CHUNK_ROWS", 16)


class Killed(Exception):
    """Stands for whatever ends a transaction half way."""


def some(chance: Random) -> Response | None:
    keys = list(Response.objects.order_by("pk").values_list("pk", flat=True))
    return Response.objects.get(pk=chance.choice(keys)) if keys else None


def arrives(survey: Survey, chance: Random) -> None:
    row = build.respond(survey, wish="Trees", visit=chance.choice(["often", "never", ""]))
    Response.objects.filter(pk=row.pk).update(answers=made_up(chance))


def is_edited(survey: Survey, chance: Random) -> None:
    if row := some(chance):
        row.answers = made_up(chance)
        row.edited_at = timezone.now()
        row.save(update_fields=["answers", "edited_at"])


def is_withdrawn(survey: Survey, chance: Random) -> None:
    if row := some(chance):
        with transaction.atomic():
            stone = {"response_id": row.pk, "receipt": row.receipt}
            Tombstone.objects.create(survey_id=survey.pk, **stone)
            row.delete()


def is_judged(survey: Survey, chance: Random) -> None:
    if row := some(chance):
        Response.objects.filter(pk=row.pk).update(status=chance.choice(list(Status)))


def is_rolled_back(survey: Survey, chance: Random) -> None:
    """A transaction that changed much and came to nothing."""
    with transaction.atomic():
        arrives(survey, chance)
        is_edited(survey, chance)
        is_withdrawn(survey, chance)
        transaction.set_rollback(True)


def a_worker_is_cut_off(survey: Survey, chance: Random) -> None:
    """Its connection ends at a random one of its writes; the next one has it all to do."""
    at, write = chance.randint(0, 3), frames.rebuild

    def dies(*args: Any) -> None:
        nonlocal at
        if not at:
            raise Killed
        at -= 1
        write(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feedback.refresh.rebuild", dies)
        try:
            refresh_batch()
        except Killed:
            return


def is_refreshed(survey: Survey, chance: Random) -> None:
    refresh()


ACTS: list[Callable[[Survey, Random], None]] = [
    *[arrives] * 6,
    *[is_edited] * 3,
    is_withdrawn,
    *[is_judged] * 2,
    is_rolled_back,
    a_worker_is_cut_off,
    is_refreshed,
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_of_acts_the_summary_is_a_recount(seed: int) -> None:
    """Arrivals, edits, withdrawals, judgements, rolled-back transactions and dying workers."""
    chance, town = Random(seed), build.survey()
    for step in range(STEPS):
        chance.choice(ACTS)(town, chance)
        if step % 30 == 29:
            refresh()
            assert reported(Summary.objects.get().figures) == recount(town), f"step {step}"
    assert Tombstone.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_chunks")
def test_many_at_once_and_connections_cut_between_them_still_end_in_a_recount() -> None:
    """Writers and refreshers side by side, whose backends are ended while they work."""
    town, stop, failed = build.survey(), threading.Event(), list[BaseException]()

    def working(seed: int, acts: list[Callable[[Survey, Random], None]], times: int) -> None:
        chance = Random(seed)
        try:
            for _time in range(times):
                try:
                    chance.choice(acts)(town, chance)
                except (psycopg.Error, Response.DoesNotExist):
                    connection.close()
                except Exception as problem:
                    if isinstance(problem.__cause__, psycopg.Error):
                        connection.close()  # cut off, as was meant
                    else:
                        raise
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    writing = [arrives, is_edited, is_judged]
    threads = [
        *(threading.Thread(target=working, args=(n, writing, 25)) for n in range(2)),
        *(threading.Thread(target=working, args=(9 + n, [is_refreshed], 10)) for n in range(2)),
    ]
    for thread in threads:
        thread.start()
    cutting = threading.Thread(target=cut_now_and_then, args=(stop,))
    cutting.start()
    for thread in threads:
        thread.join(120)
    stop.set()
    cutting.join(20)
    connection.close()

    assert failed == []
    refresh()
    assert not Change.objects.exists()
    assert reported(Summary.objects.get().figures) == recount(town)


def cut_now_and_then(stop: threading.Event) -> None:
    """End one backend of the test database after another, until told to stop."""
    name = connection.settings_dict["NAME"]
    with beside_the_database() as beside:
        while not stop.wait(0.3):
            beside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND state <> 'idle' ORDER BY random() LIMIT 1",
                [name],
            )


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_a_recount_to_the_next() -> None:
    """Signal 9 to a real process that has claimed changes and waits to write a chunk."""
    town, chance = build.survey(), Random(5)
    fill(town, 100, chance)
    refresh()
    is_edited(town, chance)
    environment = {**os.environ, "DATABASE_URL": database_of_tests()}
    command = [sys.executable, "-W", "ignore", "manage.py", "refresh"]
    with transaction.atomic():
        assert list(FrameChunk.objects.select_for_update().values_list("pk"))
        worker = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert eventually(somebody_waits, seconds=90)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(20)

    assert Change.objects.exists()
    refresh()
    assert not Change.objects.exists()
    assert reported(Summary.objects.get().figures) == recount(town)


def somebody_waits() -> bool:
    # Asked from beside: within a transaction the first look at what others do is kept.
    with beside_the_database() as beside:
        waiting = beside.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
            [connection.settings_dict["NAME"]],
        )
        return bool(waiting.fetchone()[0])
