"""Acts on many at the same time: each response once, nobody waits in a circle."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from feedback.models import Bulk, BulkState, Response, Status, Survey, Tag
from feedback.refresh import refresh
from feedback.responses import bulk, coding, tags
from tests import build
from tests.build import many
from tests.responses.acts import SPAM, statuses, waiting


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
