"""Tags of a survey: made, renamed, coloured, merged, deleted; put on responses and taken off."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from feedback.models import (
    Bulk,
    BulkState,
    Colour,
    ExportFile,
    ExportState,
    Response,
    SavedExport,
    SavedView,
    SummaryMail,
    Survey,
    Tag,
)
from feedback.models.audit import record
from feedback.responses.acts import NotPossible, put, take_off

COUNTED = 10_000  # exactly; counting on would take longer than the rest of the page
STEP = 10_000  # responses that a merge moves with one statement
# Of each tag no more is counted than is told, so that the page is quick at any size.
COUNTS = """
    SELECT tag.id, (SELECT count(*) FROM (
        SELECT FROM feedback_response_tags AS put WHERE put.tag_id = tag.id LIMIT %s) AS found)
    FROM feedback_tag AS tag WHERE tag.survey_id = %s
"""


@dataclass(frozen=True)
class Counted:
    """A tag and how many responses have it; ``more`` if these were not all counted."""

    tag: Tag
    responses: int
    more: bool


def counted(survey: Survey) -> list[Counted]:
    """The tags of a survey by name, with their counts up to ``COUNTED``."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [COUNTED + 1, survey.pk])
        found = dict(cursor.fetchall())
    return [
        Counted(tag, min(found[tag.pk], COUNTED), found[tag.pk] > COUNTED)
        for tag in Tag.objects.filter(survey=survey)
        if tag.pk in found
    ]


def tag_names(survey: Survey) -> dict[int, str]:
    return dict(Tag.objects.filter(survey=survey).values_list("pk", "name"))


def clean_name(name: str) -> str:
    """Raises: NotPossible: it is empty or too long."""
    name = " ".join(name.replace("\0", "").split())
    longest = Tag._meta.get_field("name").max_length or 0
    if not name or len(name) > longest:
        raise NotPossible(
            _("A tag has 1 to %(longest)s characters; this one has %(length)s.")
            % {"longest": longest, "length": len(name)}
        )
    return name


def clean_colour(colour: str) -> Colour:
    """Raises: NotPossible: there is none of this name."""
    if colour not in Colour.values:
        raise NotPossible(_("Choose one of the colours."))
    return Colour(colour)


# -- on one response -------------------------------------------------------------------


@transaction.atomic
def add_tag(response: Response, name: str, *, actor: Any) -> Tag:
    """Put a tag on a response, made if the survey has none of that name.

    Raises:
        NotPossible: the name is empty or too long.
    """
    tag = found_or_made(response.survey, name, actor=actor)
    if put([response.pk], tag):
        record("tag", actor=actor, survey=response.survey, response_id=response.pk, tag=tag.pk)
    return tag


@transaction.atomic
def remove_tag(response: Response, tag: Tag, *, actor: Any) -> None:
    if take_off([response.pk], tag):
        record("untag", actor=actor, survey=response.survey, response_id=response.pk, tag=tag.pk)


def found_or_made(survey: Survey, name: str, *, actor: Any) -> Tag:
    """The tag of this name. Raises: NotPossible."""
    tag, _made = Tag.objects.get_or_create(survey=survey, name=clean_name(name))
    return tag


# -- of the survey ---------------------------------------------------------------------


@transaction.atomic
def create(survey: Survey, name: str, colour: str, *, actor: Any) -> Tag:
    """Raises: NotPossible: the name is taken, or no name."""
    tag = Tag(survey=survey, name=clean_name(name), colour=clean_colour(colour))
    saved(tag)
    record("tag_create", actor=actor, survey=survey, tag=tag.pk)
    return tag


@transaction.atomic
def rename(tag: Tag, name: str, *, actor: Any) -> None:
    """Selections that were stored speak of it by its new name from now on.

    Raises:
        NotPossible: another tag has that name; merge the two.
    """
    before, tag.name = tag.name, clean_name(name)
    if tag.name == before:
        return
    saved(tag, fields=["name"])
    replace_in_selections(tag.survey, before, tag.name)
    record("tag_rename", actor=actor, survey=tag.survey, tag=tag.pk)


@transaction.atomic
def recolour(tag: Tag, colour: str, *, actor: Any) -> None:
    """Raises: NotPossible: there is no such colour."""
    if tag.colour == clean_colour(colour):
        return
    tag.colour = clean_colour(colour)
    tag.save(update_fields=["colour"])
    record("tag_colour", actor=actor, survey=tag.survey, tag=tag.pk, colour=tag.colour)


@transaction.atomic
def merge(tag: Tag, into: Tag, *, actor: Any) -> None:
    """What has the one has the other afterwards, once; the one is gone.

    Raises:
        NotPossible: they are the same, or one of them is gone.
    """
    held = hold(tag, into)
    if len(held) != 2:
        raise NotPossible(_("Choose two tags of this survey that are still there."))
    for ids in in_steps(tag):
        put(ids, into)
    name, number = tag.name, tag.pk
    delete_rows(tag)
    replace_in_selections(into.survey, name, into.name)
    record("tag_merge", actor=actor, survey=into.survey, tag=number, into=into.pk)


@transaction.atomic
def delete(tag: Tag, *, actor: Any) -> None:
    """Take a tag off all responses and out of the survey."""
    if not hold(tag):
        return
    number = tag.pk
    delete_rows(tag)
    record("tag_delete", actor=actor, survey=tag.survey, tag=number)


def hold(*tags: Tag) -> list[Tag]:
    """Those that are still there, so that no act on many uses one at the same time."""
    rows = Tag.objects.filter(pk__in=[tag.pk for tag in tags]).order_by("pk")
    return list(rows.select_for_update())


def in_steps(tag: Tag) -> Iterator[list[int]]:
    """Numbers of the responses that have a tag, in order."""
    after = 0
    having = Response.tags.through.objects.filter(tag=tag).order_by("response_id")
    while ids := list(
        having.filter(response_id__gt=after).values_list("response_id", flat=True)[:STEP]
    ):
        yield ids
        after = ids[-1]


def delete_rows(tag: Tag) -> None:
    """Without asking for each response first, as Django would."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM feedback_response_tags WHERE tag_id = %s", [tag.pk])
    tag.delete()


def saved(tag: Tag, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            tag.save(update_fields=fields)
    except IntegrityError as error:
        raise NotPossible(
            _("There is a tag “%(name)s” already. Merge the two, or choose another name.")
            % {"name": tag.name}
        ) from error


def replace_in_selections(survey: Survey, old: str, new: str) -> None:
    """In whatever is kept by its selection: views, exports, letters, and acts not done yet."""
    acts = [BulkState.WAITING, BulkState.RUNNING, BulkState.UNDOING]
    files = [ExportState.WAITING, ExportState.BUILDING]
    stored: list[QuerySet[Any]] = [
        SavedView.objects.all(),
        SavedExport.objects.all(),
        SummaryMail.objects.all(),
        Bulk.objects.filter(state__in=acts),
        ExportFile.objects.filter(state__in=files),
    ]
    for row in chain(*(rows.filter(survey=survey, query__contains="tag=") for rows in stored)):
        pairs = parse_qsl(row.query, keep_blank_values=True)
        changed = [(n, new if (n, value) == ("tag", old) else value) for n, value in pairs]
        if changed != pairs:
            type(row).objects.filter(pk=row.pk).update(query=urlencode(changed))
