"""What staff do with a response: status, tags, notes; each act with its audit entry."""

from typing import Any

from django.db import transaction

from feedback.models import AuditEntry, Note, Response, Status, Survey, Tag
from feedback.models.audit import record


class NotPossible(Exception):
    """What was asked for makes no sense; the message says what would."""


@transaction.atomic
def set_status(response: Response, status: Status, *, actor: Any) -> None:
    """Move a response on; to where it stands already is no act."""
    locked = Response.objects.select_for_update().get(pk=response.pk)
    before = Status(locked.status)
    if before == status:
        return
    locked.status = status
    locked.save(update_fields=["status"])
    change = {"before": before.name.lower(), "now": status.name.lower()}
    record("status", actor=actor, survey=locked.survey, response_id=locked.pk, **change)


@transaction.atomic
def add_tag(response: Response, name: str, *, actor: Any) -> Tag:
    """Put a tag on a response, made if the survey has none of that name.

    Raises:
        NotPossible: the name is empty or too long.
    """
    name = " ".join(name.replace("\0", "").split())
    longest = Tag._meta.get_field("name").max_length or 0
    if not name or len(name) > longest:
        raise NotPossible(f"A tag has 1 to {longest} characters; this one has {len(name)}.")
    tag, _made = Tag.objects.get_or_create(survey=response.survey, name=name)
    if not response.tags.filter(pk=tag.pk).exists():
        response.tags.add(tag)
        record("tag", actor=actor, survey=response.survey, response_id=response.pk, tag=tag.pk)
    return tag


@transaction.atomic
def remove_tag(response: Response, tag: Tag, *, actor: Any) -> None:
    if not response.tags.filter(pk=tag.pk).exists():
        return
    response.tags.remove(tag)
    record("untag", actor=actor, survey=response.survey, response_id=response.pk, tag=tag.pk)


@transaction.atomic
def add_note(response: Response, text: str, *, actor: Any) -> Note:
    """Add a remark of a staff member.

    Raises:
        NotPossible: it is empty or too long.
    """
    longest = Note._meta.get_field("text").max_length or 0
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not text or len(text) > longest:
        raise NotPossible(f"A note has 1 to {longest} characters; this one has {len(text)}.")
    note = Note.objects.create(response=response, author=actor, text=text)
    record("note", actor=actor, survey=response.survey, response_id=response.pk, note=note.pk)
    return note


def history(response: Response) -> list[AuditEntry]:
    """Who did what with a response, oldest first."""
    entries = AuditEntry.objects.filter(survey=response.survey_id, response_id=response.pk)
    return list(entries.select_related("actor"))


def tag_names(survey: Survey) -> dict[int, str]:
    return dict(Tag.objects.filter(survey=survey).values_list("pk", "name"))
