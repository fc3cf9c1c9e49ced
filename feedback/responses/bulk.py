"""One act on all responses of a selection: in steps, resumable, and undone as one.

Each step is a short transaction that takes the next responses by number, acts on them, and
writes what stood before and how far it came. Whoever is killed leaves whole steps only, and
the next call goes on behind them. Two workers never do the same act: a step holds the act's
row, and whoever finds it held leaves.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from feedback.models import Bulk, BulkState, BulkStep, Response, Survey
from feedback.models.audit import record
from feedback.responses.acts import ACTS, NotPossible, reviewers
from feedback.responses.counting import count
from feedback.responses.pacing import Pace
from feedback.responses.selected import selected
from feedback.responses.selection import BadSelection

STEP = 2_000  # responses in one transaction, which takes a tenth to a third of a second
AT_ONCE = 200  # responses that the request itself sees to
# Times what a step took, so that those who send and those who read go first; `make bench` tells.
RESTS, IDLE = 3.0, 1.0
UNFINISHED = (BulkState.WAITING, BulkState.RUNNING, BulkState.UNDOING)
UNDOABLE = (BulkState.DONE, BulkState.CANCELLED, BulkState.FAILED)


def start(
    survey: Survey,
    act: str,
    value: int | None,
    query: str,
    *,
    actor: Any,
    up_to: int | None = None,
) -> Bulk:
    """Ask for an act on a selection; on a small one it is done when this returns.

    Args:
        act: a name of ``ACTS``.
        query: the selection, as ``selected`` reads it.
        up_to: none that came in after the response of this number; without it, after now.

    Raises:
        NotPossible: there is no such act or value.
        BadSelection: there is no such selection.
    """
    if act not in ACTS:
        raise NotPossible(_("Choose what to do."))
    with transaction.atomic():
        ACTS[act].check(survey, value)
        expected = count(selected(survey, query, reader=actor), survey).number
        last = newest() if up_to is None else min(up_to, newest())
        bulk = Bulk.objects.create(
            survey=survey,
            actor=actor,
            act=act,
            value=value,
            query=query,
            expected=expected,
            up_to=last,
        )
        about: dict[str, Any] = {"act": act, "value": value, "expected": expected}
        record("bulk", actor=actor, survey=survey, bulk=bulk.pk, **about)
    return done_if_small(bulk, expected)


def newest() -> int:
    """The number of the response that came in last, of any survey; 0 before there is one."""
    return Response.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def undo(bulk: Bulk, *, actor: Any) -> Bulk:
    """Put back what stood before, where nobody changed it since.

    Raises:
        NotPossible: it is still going on, was undone, cannot be, or its tag is gone.
    """
    if ACTS[bulk.act].lasting:
        raise NotPossible(_("What was deleted cannot be brought back."))
    with transaction.atomic():
        bulk = Bulk.objects.select_for_update(of=["self"]).select_related("survey").get(pk=bulk.pk)
        if bulk.state not in UNDOABLE:
            raise NotPossible(_("This cannot be undone now: it is going on, or undone already."))
        if bulk.act in ("tag", "untag"):
            ACTS[bulk.act].check(bulk.survey, bulk.value)
        bulk.state, bulk.cancelled, bulk.ended_at = BulkState.UNDOING, False, None
        bulk.save(update_fields=["state", "cancelled", "ended_at"])
        record("bulk_undo", actor=actor, survey=bulk.survey, bulk=bulk.pk, act=bulk.act)
    return done_if_small(bulk, bulk.changed)


def done_if_small(bulk: Bulk, responses: int) -> Bulk:
    if responses <= AT_ONCE:
        run(bulk.pk)
        bulk.refresh_from_db()
    return bulk


def cancel(bulk: Bulk, *, actor: Any) -> None:
    """Stop after the step that is under way; what was done stays, and can be undone."""
    with transaction.atomic():
        rows = Bulk.objects.filter(pk=bulk.pk, state__in=UNFINISHED, cancelled=False)
        if not rows.update(cancelled=True):
            return
        record("bulk_cancel", actor=actor, survey=bulk.survey, bulk=bulk.pk, act=bulk.act)
    step(bulk.pk)


# -- working off -----------------------------------------------------------------------


def work_off(*, seconds: float) -> None:
    """Go on with whatever is unfinished, for about so long."""
    until = time.monotonic() + seconds
    for number in list(Bulk.objects.filter(state__in=UNFINISHED).values_list("pk", flat=True)):
        run(number, until=until)


def run(number: int, *, until: float | None = None) -> None:
    """Work one act off, or until the clock (``time.monotonic``) says so."""
    pace = Pace(connection, rests=RESTS, idle=IDLE)
    while step(number):
        if until is not None and time.monotonic() >= until:
            return
        pace.give_way()


@transaction.atomic
def step(number: int) -> bool:
    """Do the next part of an act. Returns whether there is more, and nobody else on it."""
    rows = Bulk.objects.select_for_update(skip_locked=True, of=["self"])
    rows = rows.select_related("survey", "actor").filter(pk=number, state__in=UNFINISHED)
    bulk = rows.first()
    if bulk is None:
        return False
    if bulk.cancelled:
        return ended(bulk, BulkState.CANCELLED)
    if bulk.state == BulkState.UNDOING:
        return undo_step(bulk)
    try:
        return do_step(bulk)
    except (NotPossible, BadSelection):
        return ended(bulk, BulkState.FAILED)


def do_step(bulk: Bulk) -> bool:
    """Raises: NotPossible, BadSelection: what it was asked for with is gone meanwhile."""
    act = ACTS[bulk.act]
    if not reviewers(bulk.survey).filter(user=bulk.actor, role__gte=act.least).exists():
        raise NotPossible(_("Whoever asked for this may not do it any more."))
    act.check(bulk.survey, bulk.value)
    rows = selected(bulk.survey, bulk.query, reader=bulk.actor)
    rows = rows.filter(pk__gt=bulk.after, pk__lte=bulk.up_to).order_by("pk")[:STEP]
    looked_at, before = act.take(rows, bulk.value)
    if before:
        BulkStep.objects.create(bulk=bulk, responses=list(before), before=list(before.values()))
    bulk.seen += len(looked_at)
    bulk.changed += len(before)
    bulk.after = max(looked_at, default=bulk.after)
    if len(looked_at) < STEP:
        return ended(bulk, BulkState.DONE)
    bulk.state = BulkState.RUNNING
    bulk.save(update_fields=["state", "seen", "changed", "after"])
    return True


def undo_step(bulk: Bulk) -> bool:
    done = bulk.steps.filter(undone=False).order_by("pk").first()
    if done is None:
        return ended(bulk, BulkState.UNDONE)
    before = dict(zip(done.responses, done.before, strict=True))
    put_back = ACTS[bulk.act].undo(before, bulk.value)
    bulk.kept += still_there(done.responses) - len(put_back)
    bulk.save(update_fields=["kept"])
    done.undone = True
    done.save(update_fields=["undone"])
    return True


def still_there(ids: Sequence[int]) -> int:
    """How many of these were not withdrawn."""
    return Response.objects.filter(pk__in=ids).count()


def ended(bulk: Bulk, state: BulkState) -> bool:
    """Write down how it ended; there is no more to do."""
    bulk.state, bulk.ended_at = state, datetime.now(tz=UTC)
    bulk.save(update_fields=["state", "ended_at", "seen", "changed", "after"])
    return False
