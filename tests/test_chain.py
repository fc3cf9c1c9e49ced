"""The audit log as a chain: sealed in order, by one at a time, and every meddling is found."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from feedback import chain
from feedback.chain import Broken, Problem
from feedback.models import AuditEntry, Seal, Survey
from feedback.models.audit import record
from feedback.refresh import refresh
from tests.eventually import eventually

TABLES = ("feedback_auditentry", "feedback_seal")
Act = Callable[[Any], None]


@contextmanager
def as_owner_of_the_tables() -> Iterator[Any]:
    """What a database administrator can do, and nobody who only uses the program."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER feedback_append_only")
        yield cursor
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER feedback_append_only")


@pytest.fixture
def ten(db: None) -> list[int]:
    """Ten sealed entries; their numbers."""
    numbers = [record("note", actor=None, note=n).pk for n in range(10)]
    assert chain.seal() == 10
    return numbers


def verify(*words: str) -> str:
    said = io.StringIO()
    call_command("verify_audit", *words, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def head() -> str:
    return bytes(Seal.objects.order_by("-position").values_list("digest", flat=True)[0]).hex()


def test_entries_are_sealed_in_order_of_number(ten: list[int]) -> None:
    """The n-th link is the n-th act, whoever looks."""
    assert list(Seal.objects.values_list("entry_id", flat=True)) == ten
    assert list(Seal.objects.values_list("position", flat=True)) == list(range(1, 11))
    assert len(set(Seal.objects.values_list("digest", flat=True))) == 10
    assert chain.seal() == 0


def test_refresh_seals(town: Survey) -> None:
    """Nobody has to think of it: beat does it every few seconds."""
    assert AuditEntry.objects.filter(seal=None).exists()

    refresh()

    assert not AuditEntry.objects.filter(seal=None).exists()


def test_an_entry_that_commits_late_is_sealed_later(ten: list[int]) -> None:
    """A number lower than one that is sealed already has its place behind it."""
    with as_owner_of_the_tables() as sql:
        sql.execute("UPDATE feedback_auditentry SET id = %s WHERE id = %s", [ten[-1] + 7, ten[-1]])
        sql.execute("DELETE FROM feedback_seal WHERE position = 10")
    chain.seal()
    AuditEntry.objects.create(pk=ten[-1], action="note")

    assert chain.seal() == 1

    assert list(Seal.objects.values_list("entry_id", flat=True)) == [*ten[:9], ten[9] + 7, ten[9]]
    assert "11 entries sealed" in verify()


def test_what_is_older_than_the_newest_stretch_is_found_in_time(
    ten: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction may have been open for hours; each call looks at one older stretch."""
    monkeypatch.setattr(chain, "STRETCH", 3)
    with as_owner_of_the_tables() as sql:
        sql.execute("DELETE FROM feedback_seal WHERE position > 9")
        sql.execute("UPDATE feedback_seal SET entry_id = %s WHERE position = 9", [ten[-1]])

    assert eventually(lambda: chain.seal() > 0)
    assert Seal.objects.filter(entry=ten[8]).exists()


def test_many_entries_are_sealed_in_batches(
    ten: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance that ran without a worker for long is no special case."""
    monkeypatch.setattr(chain, "BATCH", 3)
    for n in range(8):
        record("note", actor=None, note=n)

    assert chain.seal() == 8
    assert "18 entries sealed" in verify()


def test_a_sealer_that_dies_leaves_whole_batches(
    ten: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a batch would be a head that nobody can go on from."""
    monkeypatch.setattr(chain, "BATCH", 3)
    for n in range(8):
        record("note", actor=None, note=n)
    written, digest = [], chain.digest

    def killed(*link: Any) -> bytes:
        written.append(link)
        if len(written) == 5:
            raise KeyboardInterrupt
        return digest(*link)

    with monkeypatch.context() as patched:
        patched.setattr(chain, "digest", killed)
        with pytest.raises(KeyboardInterrupt):
            chain.seal()
    assert Seal.objects.count() == 13

    assert chain.seal() == 5
    assert "18 entries sealed" in verify()


def test_the_database_refuses_to_change_what_was_recorded(ten: list[int]) -> None:
    """The first line of defence; the chain is for whoever gets behind it."""
    for table, number in zip(TABLES, ("id", "position"), strict=True):
        for act in (f"DELETE FROM {table}", f"UPDATE {table} SET {number} = 99"):
            with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
                connection.cursor().execute(act)


def test_whoever_has_acted_cannot_be_deleted(town: Survey) -> None:
    """An act by nobody would account for nothing: such a user is deactivated instead."""
    person = get_user_model().objects.create(username="berta")
    record("note", actor=person, survey=town)

    with pytest.raises(ProtectedError):
        person.delete()


def change(entry: str) -> Act:
    return lambda sql: sql.execute(
        f"UPDATE feedback_auditentry SET {entry} WHERE id = (SELECT"
        " entry_id FROM feedback_seal WHERE position = 4)"
    )


def reseal_swapped(sql: Any) -> None:
    """Two seals change their entries."""
    fourth, seventh = Seal.objects.filter(position__in=[4, 7]).values_list("entry_id", flat=True)
    for entry, position in ((0, 4), (fourth, 7), (seventh, 4)):
        sql.execute("UPDATE feedback_seal SET entry_id = %s WHERE position = %s", [entry, position])


MEDDLING: dict[str, tuple[Act, Problem]] = {
    "another actor": (change("action = 'spam'"), Problem.CHANGED),
    "other details": (change("details = '{\"note\": 17}'"), Problem.CHANGED),
    "another time": (change("at = at + interval '1 microsecond'"), Problem.CHANGED),
    "another response": (change("response_id = 1"), Problem.CHANGED),
    "an entry is deleted": (
        lambda sql: sql.execute(
            "DELETE FROM feedback_auditentry WHERE id = (SELECT entry_id"
            " FROM feedback_seal WHERE position = 4)"
        ),
        Problem.GONE,
    ),
    "another digest": (
        lambda sql: sql.execute("UPDATE feedback_seal SET digest = '\\x00' WHERE position = 4"),
        Problem.SEAL_CHANGED,
    ),
    "a seal is deleted": (
        lambda sql: sql.execute("DELETE FROM feedback_seal WHERE position = 4"),
        Problem.GAP,
    ),
    "a seal with its entry": (
        lambda sql: sql.execute(
            "WITH gone AS (DELETE FROM feedback_seal WHERE position = 4"
            " RETURNING entry_id) DELETE FROM feedback_auditentry"
            " WHERE id IN (SELECT entry_id FROM gone)"
        ),
        Problem.GAP,
    ),
    "two seals swapped": (reseal_swapped, Problem.ORDER),
}


@pytest.mark.parametrize("what", MEDDLING)
def test_the_first_broken_link_is_named_with_what_is_wrong(ten: list[int], what: str) -> None:
    """A later one is broken too, and must not be what the operator is sent to."""
    act, problem = MEDDLING[what]
    with as_owner_of_the_tables() as sql:
        act(sql)
        sql.execute("UPDATE feedback_auditentry SET action = 'x' WHERE id = %s", [ten[8]])

    found = chain.verify()

    assert found.broken and (found.broken.position, found.broken.problem) == (4, problem)
    assert found.broken.entry in {None, ten[3], ten[6]}
    assert found.sealed == 3
    with pytest.raises(CommandError, match=f"position 4.*{problem}"):
        verify()


def test_of_the_last_link_nobody_can_tell_which_part_was_changed(ten: list[int]) -> None:
    """Nothing lies behind it that would vouch for either."""
    with as_owner_of_the_tables() as sql:
        sql.execute("UPDATE feedback_auditentry SET action = 'x' WHERE id = %s", [ten[9]])

    assert chain.verify().broken == Broken(10, ten[9], Problem.UNCLEAR)


def test_an_untouched_chain_holds(ten: list[int]) -> None:
    """The control of all the above, with the entries that have no seal yet."""
    record("note", actor=None)

    said = verify("--expect", head())

    assert "10 entries sealed" in said and "1 not sealed yet" in said and head() in said


@pytest.mark.parametrize("made_anew", [False, True], ids=["cut off", "made anew"])
def test_a_head_noted_elsewhere_shows_what_the_chain_alone_cannot(
    ten: list[int], made_anew: bool
) -> None:
    """Whoever may delete the end, or seal everything again, leaves a chain that holds."""
    noted = head()
    with as_owner_of_the_tables() as sql:
        sql.execute("DELETE FROM feedback_seal WHERE position > 8")
        sql.execute("DELETE FROM feedback_auditentry WHERE id > %s", [ten[7]])
        if made_anew:
            sql.execute("DELETE FROM feedback_seal")
            sql.execute("UPDATE feedback_auditentry SET action = 'x' WHERE id = %s", [ten[2]])
    chain.seal()

    assert "8 entries sealed" in verify()
    with pytest.raises(CommandError, match="noted is not in the chain"):
        verify("--expect", noted)


def test_a_head_that_was_overtaken_is_still_in_the_chain(ten: list[int]) -> None:
    """The usual case: it was noted a month ago."""
    noted = head()
    record("note", actor=None)
    chain.seal()

    assert "11 entries sealed" in verify("--expect", noted)


def test_what_is_no_digest_is_refused(db: None) -> None:
    """A slip of the pen must not read as a broken chain."""
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        verify("--expect", "abc")


def test_an_empty_log_is_whole(db: None) -> None:
    """A new instance."""
    AuditEntry.objects.exists()
    assert "0 entries sealed" in verify()


# -- two at once -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control without the lock"])
def test_a_second_sealer_leaves_it_to_the_first(
    monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Both would go on from one head; and acting waits for neither."""
    record("note", actor=None)
    digest, reading, go_on = chain.digest, threading.Event(), threading.Event()
    if not locked:
        monkeypatch.setattr(chain, "ONE_AT_A_TIME", "SELECT %s IS NOT NULL")
    slow_done: list[Any] = []

    def held(*link: Any) -> bytes:
        if threading.current_thread().name == "slow":
            reading.set()
            assert go_on.wait(20)
        return digest(*link)

    def slowly() -> None:
        try:
            slow_done.append(chain.seal())
        except IntegrityError:
            slow_done.append("in the way of another")
        finally:
            connection.close()

    monkeypatch.setattr(chain, "digest", held)
    slow = threading.Thread(target=slowly, name="slow", daemon=True)
    slow.start()
    assert reading.wait(20)

    record("note", actor=None)  # no act waits for it
    mine = chain.seal()
    go_on.set()
    slow.join(20)
    later = chain.seal()

    if locked:
        assert (mine, slow_done, later) == (0, [1], 1)
    else:
        assert (mine, slow_done, later) == (2, ["in the way of another"], 0)
    assert "2 entries sealed" in verify()
