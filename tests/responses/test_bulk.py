"""Acts on a whole selection: every response once, whatever is killed, and undone as one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from feedback.models import (
    AuditEntry,
    Bulk,
    BulkState,
    BulkStep,
    Change,
    Response,
    Role,
    Status,
    Survey,
    Tag,
)
from feedback.refresh import refresh
from feedback.responses import bulk, coding, tags
from feedback.responses.selection import BadSelection
from tests import build

SPAM = Status.SPAM.value


def many(survey: Survey, number: int) -> list[int]:
    """Numbers of so many responses, oldest first."""
    first = build.respond(survey, wish="wish 0")
    copies = [
        Response(
            survey=survey,
            revision_id=first.revision_id,
            nonce=f"00000000-0000-4000-8000-{n:012d}",
            receipt=f"00000000-0000-4000-8000-{n:012d}",
            language="en",
            answers={**first.answers, "wish": f"wish {n}"},
        )
        for n in range(1, number)
    ]
    return [first.pk, *(row.pk for row in Response.objects.bulk_create(copies))]


def waiting(survey: Survey, act: str, value: int | None, query: str = "", *, actor: Any) -> Bulk:
    """An act that was asked for and not begun, small as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "AT_ONCE", -1)
        return bulk.start(survey, act, value, query, actor=actor)


def undoing(done: Bulk, *, actor: Any) -> Bulk:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "AT_ONCE", -1)
        return bulk.undo(done, actor=actor)


def statuses() -> list[int]:
    return list(Response.objects.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three responses, so that a few responses make several."""
    monkeypatch.setattr(bulk, "STEP", 3)


@pytest.fixture
def seats(town: Survey, reviewer: Any) -> Tag:
    return tags.create(town, "seats", "red", actor=reviewer)


# -- what is done ----------------------------------------------------------------------


def test_a_small_selection_is_done_when_the_request_ends(town: Survey, reviewer: Any) -> None:
    """Whoever ticks three responses wants to see them changed, not a queue."""
    pks = many(town, 5)
    Response.objects.filter(pk__in=pks[:2]).update(status=Status.FLAGGED)

    done = bulk.start(town, "status", SPAM, "status=flagged", actor=reviewer)

    assert done.state == BulkState.DONE
    assert statuses() == [SPAM, SPAM, 0, 0, 0]
    assert (done.expected, done.seen, done.changed) == (2, 2, 2)


@pytest.mark.usefixtures("small_steps")
def test_each_act_reaches_every_response_of_the_selection_and_no_other(
    town: Survey, reviewer: Any, seats: Tag
) -> None:
    """Over the edges of steps, and in one survey only."""
    pks, other = many(town, 8), build.survey(slug="other")
    outside = build.respond(other, wish="elsewhere")

    for act, value in (("status", SPAM), ("assign", reviewer.pk), ("tag", seats.pk)):
        done = bulk.start(town, act, value, "", actor=reviewer)
        assert (done.state, done.seen, done.changed) == (BulkState.DONE, 8, 8)

    rows = Response.objects.filter(survey=town, status=SPAM, assignee=reviewer, tags=seats)
    assert set(rows.values_list("pk", flat=True)) == set(pks)
    outside.refresh_from_db()
    assert (outside.status, outside.assignee, outside.tags.count()) == (Status.NEW, None, 0)
    bulk.start(town, "untag", seats.pk, "", actor=reviewer)
    bulk.start(town, "assign", None, "", actor=reviewer)
    assert not Response.objects.filter(tags=seats).exists()
    assert not Response.objects.filter(assignee__isnull=False).exists()


@pytest.mark.usefixtures("small_steps")
def test_an_act_that_takes_responses_out_of_its_own_selection_misses_none(
    town: Survey, reviewer: Any
) -> None:
    """Pages by offset would leave out every second one."""
    many(town, 10)

    done = bulk.start(town, "status", Status.DONE.value, "status=new", actor=reviewer)

    assert statuses() == [Status.DONE] * 10
    assert done.changed == 10


def test_only_what_changes_is_written_down(town: Survey, reviewer: Any, seats: Tag) -> None:
    """What had the tag before the act keeps it when the act is undone."""
    pks = many(town, 3)
    coding.add_tag(Response.objects.get(pk=pks[1]), "seats", actor=reviewer)

    done = bulk.start(town, "tag", seats.pk, "", actor=reviewer)

    assert (done.seen, done.changed) == (3, 2)
    assert [step.responses for step in BulkStep.objects.all()] == [[pks[0], pks[2]]]
    bulk.undo(done, actor=reviewer)
    assert list(seats.responses.values_list("pk", flat=True)) == [pks[1]]


@pytest.mark.usefixtures("small_steps")
def test_what_arrives_after_it_was_asked_for_is_left_alone(town: Survey, reviewer: Any) -> None:
    """They agreed to the responses there were, not to those of tomorrow."""
    many(town, 5)
    asked = waiting(town, "status", SPAM, actor=reviewer)
    bulk.step(asked.pk)
    late = build.respond(town, wish="late")

    bulk.run(asked.pk)

    late.refresh_from_db()
    assert late.status == Status.NEW
    assert statuses() == [SPAM] * 5 + [Status.NEW]


def test_ticked_responses_are_named_one_by_one(town: Survey, reviewer: Any, stranger: Any) -> None:
    """Also a number of another survey that somebody wrote there."""
    pks = many(town, 4)
    outside = build.respond(Survey.objects.get(slug="elsewhere"), wish="x")

    done = bulk.start(
        town, "status", SPAM, f"id={pks[0]}&id={pks[2]}&id={outside.pk}", actor=reviewer
    )

    assert done.changed == 2
    assert statuses() == [SPAM, 0, SPAM, 0, 0]


def test_it_is_one_entry_in_the_log(town: Survey, reviewer: Any) -> None:
    """And one for the undoing; the log must not drown in its own length."""
    pks = many(town, 5)

    done = bulk.start(town, "status", SPAM, "", actor=reviewer)
    bulk.undo(done, actor=reviewer)

    entries = AuditEntry.objects.exclude(action="publish")
    assert [(e.action, e.actor) for e in entries] == [("bulk", reviewer), ("bulk_undo", reviewer)]
    about = {"bulk": done.pk, "act": "status", "value": SPAM, "expected": 5}
    assert entries[0].details == about
    told = coding.history(Response.objects.get(pk=pks[3]))
    assert [entry.action for entry in told] == ["bulk", "bulk_undo"]


def test_the_history_of_a_response_leaves_out_acts_that_did_not_change_it(
    town: Survey, reviewer: Any
) -> None:
    """Neither acts on others nor one that found it as it should be."""
    pks = many(town, 3)
    Response.objects.filter(pk=pks[0]).update(status=SPAM)
    bulk.start(town, "status", SPAM, f"id={pks[0]}&id={pks[1]}", actor=reviewer)

    told = [len(coding.history(Response.objects.get(pk=pk))) for pk in pks]
    assert told == [0, 1, 0]


def test_figures_follow_an_act_on_many(town: Survey, reviewer: Any) -> None:
    """A status changes the response, so the outbox names each; a tag does not."""
    many(town, 3)
    refresh()

    bulk.start(town, "status", SPAM, "", actor=reviewer)

    assert Change.objects.count() == 3


@pytest.mark.parametrize(
    ("act", "value"),
    [("status", 17), ("status", None), ("assign", 0), ("tag", 0), ("tag", None), ("burn", 1)],
)
def test_an_impossible_act_is_refused_before_anything_begins(
    town: Survey, reviewer: Any, act: str, value: int | None
) -> None:
    """A worker has nobody to tell what is wrong."""
    many(town, 2)

    with pytest.raises(coding.NotPossible):
        bulk.start(town, act, value, "", actor=reviewer)
    assert not Bulk.objects.exists()
    assert not AuditEntry.objects.filter(action="bulk").exists()


def test_neither_a_stranger_nor_a_viewer_is_given_responses(
    town: Survey, reviewer: Any, viewer: Any, stranger: Any
) -> None:
    """They could not open them, or do nothing with them."""
    many(town, 2)

    for person in (viewer, stranger):
        with pytest.raises(coding.NotPossible):
            bulk.start(town, "assign", person.pk, "", actor=reviewer)


def test_a_selection_that_cannot_be_read_is_refused(town: Survey, reviewer: Any) -> None:
    """Leaving out the filter would act on everything."""
    many(town, 2)

    with pytest.raises(BadSelection):
        bulk.start(town, "status", SPAM, "status=spammy", actor=reviewer)


def test_a_tag_deleted_meanwhile_ends_the_act(town: Survey, reviewer: Any, seats: Tag) -> None:
    """It says that it failed, and is not tried for ever."""
    many(town, 2)
    asked = waiting(town, "tag", seats.pk, actor=reviewer)
    tags.delete(seats, actor=reviewer)

    bulk.work_off(seconds=1)

    asked.refresh_from_db()
    assert asked.state == BulkState.FAILED and asked.ended_at


def test_a_renamed_tag_is_followed_by_acts_that_select_by_it(
    town: Survey, reviewer: Any, seats: Tag
) -> None:
    """Else renaming it meanwhile would make the act end without a word."""
    pks = many(town, 3)
    coding.add_tag(Response.objects.get(pk=pks[1]), "seats", actor=reviewer)
    asked = waiting(town, "status", SPAM, "tag=seats", actor=reviewer)

    tags.rename(seats, "benches & seats", actor=reviewer)
    bulk.run(asked.pk)

    assert statuses() == [0, SPAM, 0]


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


def test_nobody_gets_back_what_somebody_had_who_is_gone(
    town: Survey, reviewer: Any, owner: Any
) -> None:
    """A number of no user would break every page that shows it."""
    many(town, 2)
    Response.objects.update(assignee=owner)
    done = bulk.start(town, "assign", reviewer.pk, "", actor=reviewer)
    owner.delete()

    bulk.undo(done, actor=reviewer)

    assert set(Response.objects.values_list("assignee_id", flat=True)) == {None}


# -- two at once -----------------------------------------------------------------------


def together(*works: Any) -> list[Any]:
    """Run each on a connection of its own, all beginning at once."""
    gate = Barrier(len(works))

    def one(work: Any) -> Any:
        try:
            gate.wait(timeout=30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [started.result(60) for started in [threads.submit(one, work) for work in works]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_steps")
def test_two_workers_do_one_act_once(town: Survey, reviewer: Any, seats: Tag) -> None:
    """Redis delivers twice, and beat takes up what a worker has in hand."""
    pks = many(town, 30)
    asked = waiting(town, "tag", seats.pk, actor=reviewer)

    together(*[lambda: bulk.run(asked.pk)] * 4)
    bulk.run(asked.pk)

    asked.refresh_from_db()
    assert (asked.state, asked.seen, asked.changed) == (BulkState.DONE, 30, 30)
    assert sorted(pk for step in asked.steps.all() for pk in step.responses) == pks
    assert seats.responses.count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_worker_leaves_an_act_that_another_has_in_hand(town: Survey, reviewer: Any) -> None:
    """To wait for it would take two workers for the work of one."""
    many(town, 3)
    asked = waiting(town, "status", SPAM, actor=reviewer)

    with transaction.atomic():
        Bulk.objects.select_for_update().get(pk=asked.pk)
        assert together(lambda: bulk.step(asked.pk)) == [False]

    assert statuses() == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_steps")
def test_the_same_act_asked_for_twice_changes_each_response_once(
    town: Survey, reviewer: Any
) -> None:
    """Two colleagues with the same idea; undoing both leads back to where it began."""
    many(town, 30)
    first, second = (waiting(town, "status", SPAM, actor=reviewer) for _n in range(2))

    together(lambda: bulk.run(first.pk), lambda: bulk.run(second.pk))

    for done in (first, second):
        done.refresh_from_db()
    assert first.changed + second.changed == 30
    for done in (first, second):
        bulk.undo(done, actor=reviewer)
    assert statuses() == [0] * 30


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_steps")
def test_acts_on_the_same_responses_never_wait_in_a_circle(
    town: Survey, reviewer: Any, seats: Tag
) -> None:
    """Statuses, people, tags put on and taken off, refresh, and a merge, all at once."""
    pks = many(town, 40)
    other = tags.create(town, "benches", "blue", actor=reviewer)
    asked = [
        waiting(town, act, value, actor=reviewer)
        for act, value in [
            ("status", SPAM),
            ("status", Status.DONE.value),
            ("assign", reviewer.pk),
            ("tag", seats.pk),
            ("untag", seats.pk),
            ("tag", other.pk),
        ]
    ]

    def single() -> None:
        for row in Response.objects.order_by("-pk"):
            coding.set_status(row, Status.FLAGGED, actor=None)

    works = [lambda pk=one.pk: bulk.run(pk) for one in asked]
    together(*works, refresh, single)
    together(lambda: tags.merge(other, seats, actor=None), lambda: bulk.run(asked[3].pk))

    assert {Bulk.objects.get(pk=one.pk).state for one in asked} == {BulkState.DONE}
    assert sorted(seats.responses.values_list("pk", flat=True)) == pks


@pytest.mark.django_db(transaction=True)
def test_a_response_is_sent_while_an_act_holds_its_locks(
    town: Survey, reviewer: Any, seats: Tag
) -> None:
    """Respondents wait for nobody's tidying up."""
    many(town, 3)
    asked = [
        waiting(town, act, value, actor=reviewer)
        for act, value in (("status", SPAM), ("tag", seats.pk))
    ]

    with transaction.atomic():
        for one in asked:
            bulk.step(one.pk)
        together(lambda: build.respond(town, wish="meanwhile"))
        note = together(
            lambda: coding.add_note(Response.objects.first(), "meanwhile", actor=reviewer)  # type: ignore[arg-type]
        )

    assert Response.objects.count() == 4 and note


def test_a_step_asks_as_few_queries_for_many_as_for_few(
    town: Survey, reviewer: Any, seats: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-wise, or a hundred thousand take hours."""
    many(town, 60)
    counts = []
    for size in (2, 50):
        monkeypatch.setattr(bulk, "STEP", size)
        for act, value in (("status", SPAM), ("tag", seats.pk)):
            asked = waiting(town, act, value, actor=reviewer)
            with CaptureQueriesContext(connection) as queries:
                bulk.step(asked.pk)
            counts.append(len(queries))
            bulk.run(asked.pk)
            bulk.undo(Bulk.objects.get(pk=asked.pk), actor=reviewer)

    assert counts[:2] == counts[2:]


def test_the_role_of_a_member_is_looked_up_when_it_is_done(
    town: Survey, reviewer: Any, owner: Any
) -> None:
    """Somebody who was put out meanwhile is given nothing."""
    many(town, 2)
    asked = waiting(town, "assign", reviewer.pk, actor=owner)
    reviewer.memberships.update(role=Role.VIEWER)

    bulk.run(asked.pk)

    asked.refresh_from_db()
    assert asked.state == BulkState.FAILED
    assert not Response.objects.filter(assignee__isnull=False).exists()
