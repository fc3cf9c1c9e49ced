"""The outbox and what follows from it: nothing is missed, nothing is made of what never was."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet

from feedback import refresh as outbox
from feedback.analysis.compile import compile_survey
from feedback.frames import build as frames
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.models import Change, FrameChunk, Response, SearchText, Status, Summary, Survey
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.selection import Selection
from tests import build
from tests.eventually import eventually


class Interrupted(Exception):
    """The transaction ends here."""


def counted(survey: Survey) -> int:
    return int(Summary.objects.get(survey=survey).figures["responses"])


def found(survey: Survey, words: str) -> set[int]:
    rows = Selection(words=words).responses(survey, layout_of(survey).items)
    return set(rows.values_list("pk", flat=True))


def waiting() -> list[int]:
    return sorted(Change.objects.values_list("response_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_response_and_its_change_are_of_one_transaction() -> None:
    """Two transactions would leave a gap to be killed in."""
    build.respond(build.survey(), wish="Benches")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT response.xmin = change.xmin FROM feedback_response AS response"
            " JOIN feedback_change AS change ON change.response_id = response.id"
        )
        assert cursor.fetchall() == [(True,)]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_leaves_no_change() -> None:
    """Else refresh would look for a response that nobody gave."""
    town = build.survey()
    with transaction.atomic():
        build.respond(town, wish="Benches")
        assert Change.objects.count() == 1  # control: it was there
        transaction.set_rollback(True)

    assert not Change.objects.exists()
    assert not Response.objects.exists()


def test_refresh_empties_the_outbox_and_the_rest_follows(town: Survey) -> None:
    """Search and summary are derived from the response, and from nothing else."""
    row = build.respond(town, wish="More benches")
    assert waiting() == [row.pk]
    assert found(town, "benches") == set()

    assert refresh() == 1

    assert waiting() == []
    assert found(town, "benches") == {row.pk}
    assert counted(town) == 1
    assert refresh() == 0


CHANGES: dict[str, Callable[[Response], Any]] = {
    "by the desk": lambda row: coding.set_status(row, Status.SPAM, actor=None),
    "by the ORM": lambda row: Response.objects.filter(pk=row.pk).update(status=Status.SPAM),
    "deleted": lambda row: row.delete(),
    "deleted in SQL": lambda row: connection.cursor().execute(
        "DELETE FROM feedback_response WHERE id = %s", [row.pk]
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_edits_and_deletions_count_as_changes(
    town: Survey, change: Callable[[Response], Any]
) -> None:
    """Whichever way a row is changed, its trigger tells."""
    gone, stays = build.respond(town, wish="oak"), build.respond(town, wish="oak")
    refresh()
    assert counted(town) == 2

    number = gone.pk
    change(gone)

    assert waiting() == [number]
    refresh()
    assert counted(town) == 1
    left = set(Response.objects.values_list("pk", flat=True))
    assert found(town, "oak") == left
    assert stays.pk in left


def test_new_words_replace_the_old_ones(town: Survey) -> None:
    """A corrected answer must not be found by what it no longer says."""
    row = build.respond(town, wish="oak")
    refresh()
    Response.objects.filter(pk=row.pk).update(answers={**row.answers, "wish": "elm"})
    refresh()
    assert (found(town, "oak"), found(town, "elm")) == (set(), {row.pk})

    Response.objects.filter(pk=row.pk).update(answers={**row.answers, "wish": None})
    refresh()
    assert found(town, "elm") == set() and found(town, "-oak") == {row.pk}


def test_rows_written_in_bulk_are_all_in_the_outbox(town: Survey) -> None:
    """Imports and demonstrations come by COPY."""
    first = build.respond(town, wish="oak")
    copies = [
        Response(
            survey=town,
            revision_id=first.revision_id,
            nonce=f"00000000-0000-4000-8000-{n:012d}",
            receipt=first.receipt,
            answers=first.answers,
        )
        for n in range(40)
    ]
    made = Response.objects.bulk_create(copies)

    assert waiting() == [first.pk, *(row.pk for row in made)]
    assert refresh() == 41
    assert counted(town) == 41


def test_more_changes_than_a_batch_are_all_worked_off(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an import the outbox is far longer than one transaction takes."""
    monkeypatch.setattr(outbox, "BATCH", 3)
    for n in range(8):
        build.respond(town, wish=f"wish {n}")

    assert refresh() == 8
    assert counted(town) == 8
    assert found(town, "wish") == set(Response.objects.values_list("pk", flat=True))


def test_a_refresh_that_dies_leaves_its_changes_for_the_next(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that outlived its work would be a response never counted."""
    row = build.respond(town, wish="oak")

    def killed(*_: Any) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(frames, "read_rows", killed)
        with pytest.raises(Interrupted), transaction.atomic():
            refresh()
    assert waiting() == [row.pk]
    assert not FrameChunk.objects.filter(version__gt=0).exists()

    refresh()
    assert (waiting(), counted(town)) == ([], 1)


def test_rebuilding_gives_the_same_figures(town: Survey) -> None:
    """Everything derived can be thrown away at any time."""
    for n in range(7):
        build.respond(town, wish=f"wish {n}", visit="often" if n % 2 else "never", stars="4")
    coding.set_status(Response.objects.first(), Status.SPAM, actor=None)
    refresh()
    figures = Summary.objects.get().figures
    Summary.objects.update(figures={"responses": 999})
    FrameChunk.objects.update(data=None)
    SearchText.objects.all().delete()

    said = io.StringIO()
    call_command("refresh", "--rebuild", stdout=said)

    rebuilt = Summary.objects.get().figures
    assert rebuilt.pop("as_of") > figures.pop("as_of")
    assert rebuilt == figures
    assert figures["responses"] == 6
    assert len(found(town, "wish")) == 7
    assert "7 changes" in said.getvalue()


def test_while_all_is_rebuilt_nothing_counts_a_part(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release made of half the frames could never be taken back."""
    monkeypatch.setattr(outbox, "BATCH", 3)
    monkeypatch.setattr(frames, "CHUNK_ROWS", 2)
    for n in range(7):
        build.respond(town, wish=f"wish {n}")
    refresh()
    counted_between: list[int] = []
    batch = outbox.refresh_batch

    def and_look() -> int:
        counted_between.append(compile_survey(town).figures["responses"])
        return batch()

    monkeypatch.setattr(outbox, "refresh_batch", and_look)

    outbox.rebuild_everything()

    assert counted_between == [7] * len(counted_between) and len(counted_between) > 2


def test_a_batch_is_no_larger_than_its_limit_whatever_the_plan(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that asks for the locked rows once for each change would get others each time."""
    monkeypatch.setattr(outbox, "BATCH", 3)
    for n in range(7):
        build.respond(town, wish=f"wish {n}")

    with connection.cursor() as cursor:
        for other_way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            cursor.execute(f"SET LOCAL enable_{other_way} = off")

    assert [outbox.refresh_batch() for _ in range(4)] == [3, 3, 1, 0]


def test_the_command_works_off_the_outbox(town: Survey) -> None:
    """For a server whose worker is down."""
    build.respond(town, wish="oak")

    call_command("refresh", stdout=io.StringIO())

    assert (waiting(), counted(town)) == ([], 1)


# -- two at once -----------------------------------------------------------------------


class Refresher(threading.Thread):
    """``refresh_batch`` on a connection of its own, its backend's number known."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.backend = 0
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.backend,) = cursor.fetchone()
            outbox.refresh_batch()
        except BaseException as problem:
            self.failed = problem
        finally:
            connection.close()

    def waits_for_a_lock(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s",
                [self.backend],
            )
            row = cursor.fetchone()
        return bool(row and row[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control without the lock"])
def test_two_refreshers_at_one_chunk_end_with_every_row(
    monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The slower one must not put an older frame over a newer one.

    The first is held after it has read the chunk's responses and before it writes; then
    one more response arrives and the second refresher takes its change. Without the lock
    the second is done first, and the first writes over it: a row is lost for good.
    """
    town = build.survey()
    build.respond(town, wish="the chunk is there already")
    outbox.refresh_batch()
    monkeypatch.setattr(frames, "CHUNK_ROWS", 1_000_000_000)
    FrameChunk.objects.update(number=0)
    read, go_on, read_rows = threading.Event(), threading.Event(), frames.read_rows

    def held(*args: Any) -> Any:
        rows = read_rows(*args)
        if threading.current_thread().name == "slow":
            read.set()
            assert go_on.wait(20)
        return rows

    monkeypatch.setattr(frames, "read_rows", held)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    slow, quick = Refresher("slow"), Refresher("quick")

    build.respond(town, wish="taken by the slow one")
    slow.start()
    assert read.wait(20)
    build.respond(town, wish="arrives meanwhile")
    quick.start()
    assert eventually(lambda: quick.waits_for_a_lock() or not quick.is_alive())
    assert quick.is_alive() is locked
    go_on.set()
    slow.join(20)
    quick.join(20)

    assert (slow.failed, quick.failed) == (None, None)
    assert not Change.objects.exists()
    rows = frame_of(town, layout_of(town)).height
    assert rows == (3 if locked else 2), "the control must lose a row, or it controls nothing"


@pytest.mark.django_db(transaction=True)
def test_many_refreshers_and_respondents_at_once_lose_nothing() -> None:
    """Beat does not wait for a slow refresh to end before it sends the next."""
    town = build.survey()
    failed: list[BaseException] = []

    def working(work: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                for _ in range(15):
                    work()
            except BaseException as problem:
                failed.append(problem)
            finally:
                connection.close()

        return threading.Thread(target=run, daemon=True)

    works = [lambda: build.respond(town, wish="oak")] * 3 + [refresh] * 3
    threads = [working(work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    refresh()
    assert counted(town) == Response.objects.count() == 45
    assert len(found(town, "oak")) == 45
