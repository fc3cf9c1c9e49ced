"""What can be done to responses, set-wise: what a single act and one on thousands share.

Whoever locks several responses does so in order of their numbers, as ``screening`` does:
two of them then never wait for each other in a circle. A tag takes only a lock that keeps
the response from being deleted, so that tags, statuses and submissions do not wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from feedback.models import DeletedAs, Membership, Response, Role, Status, Survey, Tag
from feedback.responses.withdrawal import take_away

# What was deleted meanwhile, tag or response, takes no part and is no error.
PUT = """
    WITH tag AS (SELECT id FROM feedback_tag WHERE id = %(tag)s FOR KEY SHARE),
    kept AS (
        SELECT id FROM feedback_response WHERE id = ANY(%(ids)s) ORDER BY id FOR KEY SHARE
    )
    INSERT INTO feedback_response_tags (response_id, tag_id)
    SELECT kept.id, tag.id FROM kept, tag ORDER BY kept.id
    ON CONFLICT DO NOTHING RETURNING response_id
"""
TAKE = """
    DELETE FROM feedback_response_tags WHERE id IN (
        SELECT id FROM feedback_response_tags
        WHERE response_id = ANY(%(ids)s) AND tag_id = %(tag)s ORDER BY response_id FOR UPDATE
    ) RETURNING response_id
"""
Before = Mapping[int, int | None]  # by the number of a response that was changed


class NotPossible(Exception):
    """What was asked for makes no sense; the message says what would."""


class Act(Protocol):
    """One kind of act. ``value`` is what a response has afterwards, or gets or loses."""

    @property
    def least(self) -> Role:
        """Who may ask for it: this role, and those above."""

    @property
    def lasting(self) -> bool:
        """Whether nothing brings back what it took."""

    def check(self, survey: Survey, value: int | None) -> None:
        """Raises: NotPossible: there is no such value here, or no longer."""

    def take(self, rows: QuerySet[Response], value: int | None) -> tuple[Sequence[int], Before]:
        """Act on these, given in order of number: all their numbers, and what changed."""

    def undo(self, before: Before, value: int | None) -> set[int]:
        """Put back what stood before, and only where nobody changed it since: where it was."""


@dataclass(frozen=True)
class Column:
    """An act that sets a column of the response itself."""

    field: str
    least: Role = Role.REVIEWER
    lasting: bool = False

    def check(self, survey: Survey, value: int | None) -> None:
        if self.field == "status":
            if value not in Status.values:
                raise NotPossible(_("Choose one of the statuses."))
        elif value is not None and not reviewers(survey).filter(user=value).exists():
            raise NotPossible(_("Choose somebody who may review the responses of this survey."))

    def take(self, rows: QuerySet[Response], value: int | None) -> tuple[Sequence[int], Before]:
        locked = dict(rows.select_for_update(no_key=True).values_list("pk", self.field))
        before = {pk: old for pk, old in locked.items() if old != value}
        self.set(before, value)
        return list(locked), before

    def undo(self, before: Before, value: int | None) -> set[int]:
        still = Response.objects.filter(pk__in=before, **{self.field: value}).order_by("pk")
        locked = set(still.select_for_update(no_key=True).values_list("pk", flat=True))
        for old in {before[pk] for pk in locked}:
            self.put_back([pk for pk in locked if before[pk] == old], old)
        return locked

    def put_back(self, ids: Sequence[int], value: int | None) -> None:
        """What stood before; nobody, where somebody had it who reviews here no more."""
        if self.field != "status" and value is not None:
            survey = Survey.objects.get(response=ids[0])
            value = value if reviewers(survey).filter(user=value).exists() else None
        self.set(ids, value)

    def set(self, ids: Iterable[int], value: int | None) -> None:
        Response.objects.filter(pk__in=list(ids)).update(**{self.field: value})


@dataclass(frozen=True)
class Label:
    """An act that puts a tag on responses, or takes it off."""

    puts: bool
    least: Role = Role.REVIEWER
    lasting: bool = False

    def check(self, survey: Survey, value: int | None) -> None:
        # Locked, so that the tag is not deleted before what is done with it is committed.
        locked = Tag.objects.filter(survey=survey, pk=value or 0).select_for_update(no_key=True)
        if not locked.exists():
            raise NotPossible(_("This tag was removed meanwhile."))

    def take(self, rows: QuerySet[Response], value: int | None) -> tuple[Sequence[int], Before]:
        ids = list(rows.values_list("pk", flat=True))
        return ids, dict.fromkeys(self.carry_out(ids, value, puts=self.puts))

    def undo(self, before: Before, value: int | None) -> set[int]:
        return set(self.carry_out(sorted(before), value, puts=not self.puts))

    def carry_out(self, ids: Sequence[int], tag: int | None, *, puts: bool) -> list[int]:
        """The numbers of those that were changed by it, in order."""
        with connection.cursor() as cursor:
            cursor.execute(PUT if puts else TAKE, {"ids": list(ids), "tag": tag})
            return sorted(pk for (pk,) in cursor.fetchall())


@dataclass(frozen=True)
class Deletion:
    """An act that takes responses away for good; its value tells why."""

    least: Role = Role.OWNER
    lasting: bool = True

    def check(self, survey: Survey, value: int | None) -> None:
        if value not in DeletedAs.values:
            raise NotPossible(_("Choose why these are deleted."))

    def take(self, rows: QuerySet[Response], value: int | None) -> tuple[Sequence[int], Before]:
        numbers = take_away(rows, by_staff=True)
        return numbers, dict.fromkeys(numbers)

    def undo(self, before: Before, value: int | None) -> set[int]:
        """Nothing is left that could be put back."""
        return set()


ACTS: dict[str, Act] = {
    "status": Column("status"),
    "assign": Column("assignee_id"),
    "tag": Label(puts=True),
    "untag": Label(puts=False),
    "delete": Deletion(),
}


def reviewers(survey: Survey) -> QuerySet[Membership]:
    """Those who act on responses, and can be given some to look after."""
    found = Membership.objects.filter(survey=survey, role__gte=Role.REVIEWER)
    return found.filter(user__is_active=True).select_related("user").order_by("user__username")


def put(ids: Sequence[int], tag: Tag) -> list[int]:
    """Put a tag on responses; those that did not have it."""
    return Label(puts=True).carry_out(ids, tag.pk, puts=True)


def take_off(ids: Sequence[int], tag: Tag) -> list[int]:
    """Take a tag off responses; those that had it."""
    return Label(puts=False).carry_out(ids, tag.pk, puts=False)


def locked(response: Response) -> Any:
    """The response as it stands now, held until the transaction ends.

    Raises:
        NotPossible: its respondent withdrew it.
    """
    rows = Response.objects.select_for_update(no_key=True, of=["self"]).select_related("survey")
    found = rows.filter(pk=response.pk).first()
    if found is None:
        raise NotPossible(_("This response was withdrawn meanwhile."))
    return found
