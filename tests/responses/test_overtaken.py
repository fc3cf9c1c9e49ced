"""Two people on one response: neither overwrites the other without knowing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from feedback.models import AuditEntry, Response, Status, Survey
from feedback.responses import bulk, coding, quotes, tags
from feedback.responses.coding import NotPossible, Overtaken
from tests import build


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, wish="Benches")


def actions(row: Response) -> list[str]:
    return [entry.action for entry in coding.history(row)]


def together(*works: Any) -> list[Any]:
    """Run each on a connection of its own, all beginning at once; errors are results."""
    gate = Barrier(len(works))

    def one(work: Any) -> Any:
        try:
            gate.wait(timeout=30)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [started.result(60) for started in [threads.submit(one, work) for work in works]]


# -- status and assignee ---------------------------------------------------------------


def test_a_status_that_moved_on_since_it_was_seen_stays(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """Whoever acts learns who was quicker, what they did and when."""
    coding.set_status(row, Status.DONE, actor=owner, seen=Status.NEW)

    with pytest.raises(Overtaken) as caught:
        coding.set_status(row, Status.SPAM, actor=reviewer, seen=Status.NEW)

    told = caught.value
    assert told.stands == Status.DONE and told.entry is not None
    assert (told.entry.actor, told.entry.details) == (owner, {"before": "new", "now": "done"})
    row.refresh_from_db()
    assert row.status == Status.DONE
    coding.set_status(row, Status.SPAM, actor=reviewer, seen=Status.DONE)  # anyway
    assert actions(row) == ["status", "status"]


def test_an_assignment_that_was_made_meanwhile_stays(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """Also from and to nobody."""
    coding.assign(row, owner, actor=owner, seen=None)

    for user in (reviewer, None):
        with pytest.raises(Overtaken) as caught:
            coding.assign(row, user, actor=reviewer, seen=reviewer.pk)
        assert caught.value.stands == owner.pk
    with pytest.raises(Overtaken):
        coding.assign(row, reviewer, actor=reviewer, seen=None)

    coding.assign(row, None, actor=reviewer, seen=owner.pk)
    row.refresh_from_db()
    assert row.assignee is None


def test_two_with_the_same_wish_are_not_in_each_others_way(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """It stands where both wanted it: there is nothing to ask."""
    coding.set_status(row, Status.DONE, actor=owner, seen=Status.NEW)
    coding.set_status(row, Status.DONE, actor=reviewer, seen=Status.NEW)

    assert actions(row) == ["status"]


def test_an_act_on_many_is_named_as_what_was_quicker(
    town: Survey, row: Response, reviewer: Any, owner: Any
) -> None:
    """It has no entry of the response's own."""
    bulk.start(town, "status", Status.SPAM.value, "", actor=owner)

    with pytest.raises(Overtaken) as caught:
        coding.set_status(row, Status.DONE, actor=reviewer, seen=Status.NEW)
    entry = caught.value.entry
    assert entry is not None and (entry.action, entry.actor) == ("bulk", owner)


def test_a_response_is_given_to_reviewers_only(
    row: Response, reviewer: Any, viewer: Any, stranger: Any
) -> None:
    """Others could not do anything with it, or not even open it."""
    for user in (viewer, stranger):
        with pytest.raises(NotPossible):
            coding.assign(row, user, actor=reviewer)
    assert not actions(row)


def test_acting_on_what_was_withdrawn_is_told(row: Response, reviewer: Any) -> None:
    """Its respondent may be quicker than anybody of the staff."""
    Response.objects.filter(pk=row.pk).delete()

    with pytest.raises(NotPossible):
        coding.set_status(row, Status.DONE, actor=reviewer)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told(row: Response, reviewer: Any, owner: Any) -> None:
    """With the value looked at before the lock, both would win."""
    for first, second in ((Status.DONE, Status.SPAM), (Status.NEW, Status.FLAGGED)):
        seen = Status(Response.objects.get(pk=row.pk).status)
        before = AuditEntry.objects.filter(action="status").count()

        outcomes = together(
            lambda to=first, seen=seen: coding.set_status(row, to, actor=reviewer, seen=seen),
            lambda to=second, seen=seen: coding.set_status(row, to, actor=owner, seen=seen),
        )

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Overtaken"]
        assert AuditEntry.objects.filter(action="status").count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_tags_and_notes_of_many_at_once_all_stay(row: Response, reviewer: Any, owner: Any) -> None:
    """They are added, so nobody has to be asked; the same tag twice is one act."""
    outcomes = together(
        *(
            lambda n=n: coding.add_tag(row, f"tag {n % 3}", actor=(reviewer, owner)[n % 2])
            for n in range(6)
        ),
        *(lambda n=n: coding.add_note(row, f"note {n}", actor=reviewer) for n in range(3)),
        lambda: coding.set_status(row, Status.DONE, actor=owner, seen=Status.NEW),
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert sorted(row.tags.values_list("name", flat=True)) == ["tag 0", "tag 1", "tag 2"]
    assert row.notes.count() == 3
    assert sorted(actions(row)) == ["note"] * 3 + ["status"] + ["tag"] * 3


# -- undoing ---------------------------------------------------------------------------


def test_ones_last_act_is_undone_and_told(row: Response, reviewer: Any, owner: Any) -> None:
    """The undoing is an act of its own: nothing is ever struck out of the log."""
    tag = coding.add_tag(row, "seats", actor=owner)
    acts: list[tuple[Any, Any]] = [
        (lambda: coding.set_status(row, Status.SPAM, actor=reviewer), Status.NEW),
        (lambda: coding.assign(row, owner, actor=reviewer), None),
        (lambda: coding.remove_tag(row, tag, actor=reviewer), None),
        (lambda: coding.add_tag(row, "benches", actor=reviewer), None),
    ]
    for act, _before in acts:
        act()
        entry = coding.undoable(row, reviewer, coding.history(row))
        assert entry is not None
        coding.undo(entry, reviewer)
        assert coding.undoable(row, reviewer, coding.history(row)) is None

    row.refresh_from_db()
    assert (row.status, row.assignee) == (Status.NEW, None)
    assert [tag.name for tag in row.tags.all()] == ["seats"]
    assert actions(row) == [
        "tag",
        "status",
        "undo",
        "assign",
        "undo",
        "untag",
        "undo",
        "tag",
        "undo",
    ]


def test_what_somebody_changed_since_is_not_undone(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """Not even where they set it back to the same: they meant what they did."""
    coding.set_status(row, Status.SPAM, actor=reviewer)
    entry = coding.history(row)[-1]
    coding.set_status(row, Status.DONE, actor=owner)
    assert coding.undoable(row, reviewer, coding.history(row)) is None
    with pytest.raises(Overtaken) as caught:
        coding.undo(entry, reviewer)
    assert caught.value.entry is not None and caught.value.entry.actor == owner
    coding.set_status(row, Status.SPAM, actor=owner)
    with pytest.raises(Overtaken):
        coding.undo(entry, reviewer)

    tag = coding.add_tag(row, "seats", actor=reviewer)
    tagged = coding.history(row)[-1]
    coding.remove_tag(row, tag, actor=owner)
    with pytest.raises(Overtaken):
        coding.undo(tagged, reviewer)


def test_other_things_done_since_do_not_stand_in_the_way(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """A colleague's tag says nothing against taking a status back."""
    coding.set_status(row, Status.SPAM, actor=reviewer)
    coding.add_tag(row, "seats", actor=owner)
    coding.add_note(row, "Why spam?", actor=owner)
    coding.add_note(row, "A slip", actor=reviewer)

    entry = coding.undoable(row, reviewer, coding.history(row))
    assert entry is not None
    coding.undo(entry, reviewer)

    row.refresh_from_db()
    assert row.status == Status.NEW


def test_a_quote_stands_in_the_way_of_no_undoing(row: Response, owner: Any) -> None:
    """It has a button of its own, and leaves status and tags as they were."""
    coding.set_status(row, Status.DONE, actor=owner)
    done = coding.history(row)[-1]
    items = row.revision.questionnaire.items
    quote = quotes.approve(row, "wish", "Benches", items=items, actor=owner)
    assert coding.undoable(row, owner, coding.history(row)) == done

    quotes.withdraw(quote, actor=owner)
    assert coding.undoable(row, owner, coding.history(row)) == done


def test_an_act_is_undone_by_who_did_it_and_once(row: Response, reviewer: Any, owner: Any) -> None:
    """Others have their own acts; a double click is one."""
    coding.set_status(row, Status.SPAM, actor=reviewer)
    entry = coding.history(row)[-1]
    with pytest.raises(NotPossible):
        coding.undo(entry, owner)

    coding.undo(entry, reviewer)
    with pytest.raises(Overtaken):
        coding.undo(entry, reviewer)
    assert actions(row) == ["status", "undo"]


def test_undoing_with_a_tag_that_is_gone_is_told(row: Response, reviewer: Any) -> None:
    """There is nothing to put back."""
    tag = coding.add_tag(row, "seats", actor=reviewer)
    entry = coding.history(row)[-1]
    tags.delete(tag, actor=reviewer)

    with pytest.raises(NotPossible):
        coding.undo(entry, reviewer)
