"""Files that were built: for whom and how long they are offered, and why no longer."""

from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from feedback.exports import building
from feedback.exports.table import READS_ONLY, seen_until, snapshot
from feedback.models import (
    AuditEntry,
    ExportFile,
    ExportState,
    Membership,
    Response,
    Role,
    Survey,
    Why,
)
from feedback.responses import receipts, withdrawal
from tests import build
from tests.exports.built import asked, left_behind, seen

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert "was withdrawn or deleted" in page and "Download the file" not in page
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


@pytest.mark.parametrize("lost", [None, b"k" * 40], ids=["the column", "the key"])
def test_a_personal_answer_that_cannot_be_opened_is_said(
    grown: Survey, analyst: Any, lost: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """A file without it would be taken for whole; what is to be done stands in the log."""
    last = Response.objects.order_by("pk").last()
    assert last
    Response.objects.filter(pk=last.pk).update(identity=lost)
    file, without = asked(grown, analyst, "with=personal"), asked(grown, analyst)

    building.build(file.pk)
    building.build(without.pk)

    assert (seen(file).state, seen(file).why) == (ExportState.FAILED, Why.KEY)
    assert seen(without).state == ExportState.DONE
    assert ("IDENTITY_KEYS" if lost else "is not there") in caplog.text
    assert "Ada" not in caplog.text
