"""Acts on a whole selection: every response of it once and no other, logged as one."""

from typing import Any

import pytest
from django.db import connection
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
from tests.build import many
from tests.responses.acts import SPAM, statuses, waiting


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


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("how", ["demoted", "locked out"])
def test_an_act_ends_with_the_right_of_whoever_asked_for_it(
    town: Survey, reviewer: Any, how: str
) -> None:
    """What they did until then stands, and can be undone by those who are left."""
    many(town, 8)
    asked = waiting(town, "status", SPAM, actor=reviewer)
    bulk.step(asked.pk)
    done = statuses().count(SPAM)
    if how == "demoted":
        reviewer.memberships.update(role=Role.VIEWER)
    else:
        type(reviewer).objects.filter(pk=reviewer.pk).update(is_active=False)

    bulk.run(asked.pk)

    asked.refresh_from_db()
    assert asked.state == BulkState.FAILED
    assert 0 < done < 8 and statuses().count(SPAM) == done


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
