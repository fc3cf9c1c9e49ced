"""Acts on many that are killed or stopped: taken up where they were, and undone as one."""

from typing import Any

import pytest
from django.db import transaction

from feedback.models import AuditEntry, Bulk, BulkState, Response, Status, Survey, Tag
from feedback.responses import bulk, coding
from tests.build import many
from tests.responses.acts import SPAM, statuses, waiting


def undoing(done: Bulk, *, actor: Any) -> Bulk:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "AT_ONCE", -1)
        return bulk.undo(done, actor=actor)


# -- killed, stopped, taken up again ---------------------------------------------------


@pytest.mark.usefixtures("small_steps")
def test_whoever_goes_on_begins_behind_the_last_whole_step(
    town: Survey, reviewer: Any, seats: Tag
) -> None:
    """Killed in the middle of a step, it leaves nothing of that step."""
    pks = many(town, 8)
    asked = waiting(town, "tag", seats.pk, actor=reviewer)
    assert bulk.step(asked.pk)
    with transaction.atomic():
        assert bulk.step(asked.pk)
        assert seats.responses.count() == 6
        transaction.set_rollback(True)  # as a kill does
    assert seats.responses.count() == 3

    bulk.work_off(seconds=60)

    asked.refresh_from_db()
    assert (asked.state, asked.seen, asked.changed) == (BulkState.DONE, 8, 8)
    assert list(seats.responses.order_by("pk").values_list("pk", flat=True)) == pks
    assert [len(step.responses) for step in asked.steps.order_by("pk")] == [3, 3, 2]


@pytest.mark.usefixtures("small_steps")
def test_a_cancelled_act_keeps_what_was_done_and_can_be_undone(town: Survey, reviewer: Any) -> None:
    """Stopping is no undoing, and does not take it away."""
    many(town, 8)
    asked = waiting(town, "status", SPAM, actor=reviewer)
    bulk.step(asked.pk)

    bulk.cancel(asked, actor=reviewer)
    bulk.work_off(seconds=60)

    asked.refresh_from_db()
    assert (asked.state, asked.changed) == (BulkState.CANCELLED, 3)
    assert statuses() == [SPAM] * 3 + [0] * 5
    bulk.undo(asked, actor=reviewer)
    assert statuses() == [0] * 8
    entries = AuditEntry.objects.exclude(action="publish").values_list("action", flat=True)
    assert list(entries) == ["bulk", "bulk_cancel", "bulk_undo"]


def test_what_has_ended_is_not_cancelled(town: Survey, reviewer: Any) -> None:
    """A click that comes too late must not make a done act look stopped."""
    many(town, 2)
    done = bulk.start(town, "status", SPAM, "", actor=reviewer)

    bulk.cancel(done, actor=reviewer)

    done.refresh_from_db()
    assert (done.state, done.cancelled) == (BulkState.DONE, False)
    assert not AuditEntry.objects.filter(action="bulk_cancel").exists()


# -- undone as one ---------------------------------------------------------------------


@pytest.mark.usefixtures("small_steps")
def test_undoing_restores_what_each_response_had(town: Survey, reviewer: Any, owner: Any) -> None:
    """They had different statuses and people before."""
    many(town, 7)
    for n, row in enumerate(Response.objects.order_by("pk")):
        row.status, row.assignee = n % 5, (owner, None, reviewer)[n % 3]
        row.save()
    before = list(Response.objects.order_by("pk").values_list("status", "assignee"))

    spam = bulk.start(town, "status", SPAM, "", actor=reviewer)
    mine = bulk.start(town, "assign", reviewer.pk, "", actor=reviewer)
    for done in (spam, mine):
        undone = bulk.undo(done, actor=reviewer)
        assert (undone.state, undone.kept) == (BulkState.UNDONE, 0)

    assert list(Response.objects.order_by("pk").values_list("status", "assignee")) == before


@pytest.mark.parametrize("puts", [True, False])
def test_undoing_leaves_alone_what_was_changed_since(
    town: Survey, reviewer: Any, seats: Tag, puts: bool
) -> None:
    """What a colleague decided after the act is not ours to take back."""
    pks = many(town, 4)
    if not puts:
        bulk.start(town, "tag", seats.pk, "", actor=reviewer)
    spam = bulk.start(town, "status", SPAM, "", actor=reviewer)
    tagged = bulk.start(town, "tag" if puts else "untag", seats.pk, "", actor=reviewer)
    row = Response.objects.get(pk=pks[1])
    coding.set_status(row, Status.DONE, actor=None)
    (coding.remove_tag if puts else lambda r, t, actor: coding.add_tag(r, t.name, actor=actor))(
        row, seats, actor=None
    )
    Response.objects.get(pk=pks[3]).delete()  # withdrawn: neither put back nor kept

    assert bulk.undo(spam, actor=reviewer).kept == 1
    assert bulk.undo(tagged, actor=reviewer).kept == 1

    assert statuses() == [0, Status.DONE, 0]
    left = set(seats.responses.values_list("pk", flat=True))
    assert left == (set() if puts else {pks[0], pks[1], pks[2]})


@pytest.mark.usefixtures("small_steps")
def test_undoing_is_resumed_where_it_was_killed_or_cancelled(town: Survey, reviewer: Any) -> None:
    """A step undone twice would count its responses as kept."""
    many(town, 8)
    done = bulk.start(town, "status", SPAM, "", actor=reviewer)
    undoing(done, actor=reviewer)
    assert bulk.step(done.pk)
    with transaction.atomic():
        assert bulk.step(done.pk)
        transaction.set_rollback(True)  # as a kill does
    assert statuses() == [0] * 3 + [SPAM] * 5

    bulk.cancel(done, actor=reviewer)
    done.refresh_from_db()
    assert done.state == BulkState.CANCELLED
    undone = bulk.undo(done, actor=reviewer)

    assert (undone.state, undone.kept) == (BulkState.UNDONE, 0)
    assert statuses() == [0] * 8


def test_what_is_undone_is_not_undone_again(town: Survey, reviewer: Any) -> None:
    """Nor what is still going on."""
    many(town, 2)
    asked = waiting(town, "status", SPAM, actor=reviewer)
    with pytest.raises(coding.NotPossible):
        bulk.undo(asked, actor=reviewer)
    bulk.run(asked.pk)
    bulk.undo(asked, actor=reviewer)
    with pytest.raises(coding.NotPossible):
        bulk.undo(asked, actor=reviewer)


@pytest.mark.parametrize("how", ["deleted", "out of the survey"])
def test_nobody_gets_back_what_somebody_had_who_is_gone(
    town: Survey, reviewer: Any, owner: Any, how: str
) -> None:
    """A number of no user would break every page that shows it; who left looks after nothing."""
    many(town, 2)
    Response.objects.update(assignee=owner)
    done = bulk.start(town, "assign", reviewer.pk, "", actor=reviewer)
    if how == "deleted":
        owner.delete()
    else:
        owner.memberships.all().delete()

    bulk.undo(done, actor=reviewer)

    assert set(Response.objects.values_list("assignee_id", flat=True)) == {None}
