"""What staff do with one response: status, assignee, tags, notes; each with its audit entry.

Status and assignee are one value each, so whoever changes one says which they saw: if it
stands elsewhere now, nothing is done and they are told by whom. Tags and notes are added
to what is there, so two people at once never overwrite each other.
"""

from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from feedback.models import AuditEntry, BulkStep, Response, Status, Tag
from feedback.models.audit import record
from feedback.responses.acts import ACTS, NotPossible, locked, put, reviewers, take_off
from feedback.responses.notes import add_note
from feedback.responses.tags import add_tag, remove_tag, tag_names

__all__ = [
    "ANYWAY",
    "NotPossible",
    "Overtaken",
    "add_note",
    "add_tag",
    "assign",
    "history",
    "remove_tag",
    "reviewers",
    "set_status",
    "tag_names",
    "undo",
    "undoable",
]
FIELDS = {"status": "status", "assign": "assignee_id"}
ON_MANY = ("bulk", "bulk_undo")  # entries of a survey that speak of its responses
UNDOABLE = (*FIELDS, "tag", "untag")
# All that can stand in the way of an undoing; notes, quotes and codes do not.
IN_THE_WAY = (*UNDOABLE, *ON_MANY, "undo")


class Anyway(Enum):
    """What is said instead of a value that was seen: let it be done whatever stands there."""

    ANYWAY = "anyway"


ANYWAY = Anyway.ANYWAY
Seen = int | None | Anyway


class Overtaken(Exception):
    """Somebody changed it since the person who acts looked at it; nothing was done.

    ``entry`` tells who, what and when; None where the log does not say, as in a database
    filled by other means. ``stands`` is what the response has now.
    """

    def __init__(self, act: str, *, stands: int | None, entry: AuditEntry | None) -> None:
        super().__init__(_("Somebody else changed it meanwhile."))
        self.act, self.stands, self.entry = act, stands, entry


def set_status(response: Response, status: Status, *, actor: Any, seen: Seen = ANYWAY) -> None:
    """Move a response on; to where it stands already is no act.

    Raises:
        Overtaken: it stands neither there nor where it was seen.
        NotPossible: it was withdrawn.
    """
    change(response, "status", Status(status), actor=actor, seen=seen)


def assign(response: Response, user: Any, *, actor: Any, seen: Seen = ANYWAY) -> None:
    """Give a response to a reviewer to look after, or to nobody.

    Args:
        seen: number of the user who had it, None for nobody.

    Raises:
        Overtaken: somebody else has it by now.
        NotPossible: the user may not review, or the response was withdrawn.
    """
    change(response, "assign", user and user.pk, actor=actor, seen=seen)


@transaction.atomic
def change(response: Response, act: str, value: int | None, *, actor: Any, seen: Seen) -> None:
    row, field = locked(response), FIELDS[act]
    stands = getattr(row, field)
    if stands == value:
        return
    if seen is not ANYWAY and stands != seen:
        raise Overtaken(act, stands=stands, entry=last_change(row, act))
    ACTS[act].check(row.survey, value)
    written(row, act, value)
    told = {"before": in_log(act, stands), "now": in_log(act, value)}
    record(act, actor=actor, survey=row.survey, response_id=row.pk, **told)


def written(row: Response, act: str, value: int | None) -> None:
    setattr(row, FIELDS[act], value)
    row.save(update_fields=[FIELDS[act]])


def in_log(act: str, value: Any) -> Any:
    """As the audit log has it: a status by name, a user by number."""
    return Status(value).name.lower() if act == "status" else value


def out_of_log(act: str, value: Any) -> int | None:
    return Status[value.upper()].value if act == "status" else value


# -- what was done ---------------------------------------------------------------------


def history(response: Response) -> list[AuditEntry]:
    """Who did what with a response, alone or with many at once, oldest first."""
    steps = BulkStep.objects.filter(responses__contains=[response.pk])
    undone = dict(steps.values_list("bulk", "undone"))
    alone = Q(response_id=response.pk)
    with_many = Q(response_id__isnull=True, action__in=ON_MANY, details__bulk__in=list(undone))
    entries = AuditEntry.objects.filter(alone | with_many, survey=response.survey_id)
    return [
        entry
        for entry in entries.select_related("actor").order_by("pk")
        if entry.action != "bulk_undo" or undone[entry.details["bulk"]]
    ]


def last_change(response: Response, act: str, tag: int | None = None) -> AuditEntry | None:
    """The entry of what made the response stand as it does, of one kind of act."""
    kinds = {act} if act in FIELDS else {"tag", "untag"}
    for entry in reversed(history(response)):
        if speaks_of(entry) in kinds and (act in FIELDS or tag_of(entry) == tag):
            return entry
    return None


def speaks_of(entry: AuditEntry) -> str:
    """The kind of act, also where it was done to many or was an undoing."""
    return str(entry.details.get("act", entry.action))


def tag_of(entry: AuditEntry) -> int | None:
    number: int | None = entry.details.get("tag", entry.details.get("value"))
    return number


# -- undoing ---------------------------------------------------------------------------


def undoable(response: Response, actor: Any, entries: list[AuditEntry]) -> AuditEntry | None:
    """The last thing this person did with the response, if it can be undone."""
    own = [e for e in entries if e.actor_id == actor.pk and e.action in IN_THE_WAY]
    last = own[-1] if own else None
    if last is None or last.response_id is None or last.action not in UNDOABLE:
        return None
    kinds = {last.action} if last.action in FIELDS else {"tag", "untag"}
    later = [entry for entry in entries if entry.pk > last.pk and speaks_of(entry) in kinds]
    same = [entry for entry in later if last.action in FIELDS or tag_of(entry) == tag_of(last)]
    return None if same else last


@transaction.atomic
def undo(entry: AuditEntry, actor: Any) -> None:
    """Undo one's own act, which is an act again.

    Raises:
        NotPossible: it was another's, is of no such kind, or what it needs is gone.
        Overtaken: something was changed since.
    """
    if entry.actor_id != actor.pk or entry.action not in UNDOABLE or entry.response_id is None:
        raise NotPossible(_("Only what you did yourself can be undone here."))
    row, act = locked(Response(pk=entry.response_id)), entry.action
    last = last_change(row, act, tag_of(entry))
    stands = getattr(row, FIELDS[act]) if act in FIELDS else None
    overtaken = Overtaken(act, stands=stands, entry=last)
    if last != entry:
        raise overtaken
    about = {"act": act, "entry": entry.pk}
    if act in FIELDS:
        now, before = (out_of_log(act, entry.details[name]) for name in ("now", "before"))
        if stands != now:
            raise overtaken
        ACTS[act].check(row.survey, before)
        written(row, act, before)
        about |= {"before": entry.details["now"], "now": entry.details["before"]}
    else:
        ACTS[act].check(row.survey, tag_of(entry))
        tag = Tag.objects.get(pk=entry.details["tag"])
        if not (take_off if act == "tag" else put)([row.pk], tag):
            raise overtaken
        about |= {"tag": tag.pk}
    record("undo", actor=actor, survey=row.survey, response_id=row.pk, **about)
