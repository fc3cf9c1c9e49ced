"""Partials: what was typed and not yet sent, kept so that its writer can come back to it.

A partial belongs to the attempt: its nonce is the ticket's, so that what is sent in the
end is one response whatever was saved before. ``refresh`` takes away what has been sent
and empties what has expired.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from feedback.models import Partial, Response
from feedback.models.identity import decrypt, encrypt
from feedback.question_types.base import Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.responses.codes import Purpose, code_for, hash_of
from feedback.responses.in_field import InField
from feedback.responses.tickets import Ticket

# What has been sent meanwhile is not kept once more, however late a save arrives; nor, unless
# its writer asks for it, what was withdrawn. And one that knew of no choice yet does not take
# away what its writer chose to keep meanwhile.
SAVE = """
    INSERT INTO feedback_partial AS p
        (survey_id, revision_id, nonce, code, content, language, source, page, reached, chosen,
         letters, begun_at, saved_at, expires_at)
    SELECT %(survey)s, %(revision)s, %(nonce)s, %(code)s, %(content)s, %(language)s, %(source)s,
        %(page)s, %(reached)s, %(chosen)s, 0, %(begun_at)s, %(now)s, %(expires_at)s
    WHERE NOT EXISTS (
        SELECT FROM feedback_response WHERE survey_id = %(survey)s AND nonce = %(nonce)s
    ) AND (%(chosen)s OR NOT EXISTS (
        SELECT FROM feedback_tombstone WHERE receipt = %(receipt)s AND survey_id = %(survey)s
    ))
    ON CONFLICT (survey_id, nonce) DO UPDATE SET
        code = EXCLUDED.code, content = EXCLUDED.content, language = EXCLUDED.language,
        source = coalesce(nullif(EXCLUDED.source, ''), p.source),
        page = greatest(p.page, EXCLUDED.page), reached = greatest(p.reached, EXCLUDED.reached),
        chosen = p.chosen OR EXCLUDED.chosen,
        saved_at = EXCLUDED.saved_at, expires_at = EXCLUDED.expires_at
    WHERE EXCLUDED.chosen OR %(was_chosen)s OR NOT p.chosen
"""
# The field by which a script says that it sent no personal answers.
LEFT_OUT = "_without_personal"
SENT = """
    DELETE FROM feedback_partial AS p USING feedback_response AS r
    WHERE r.id = ANY(%s) AND p.survey_id = r.survey_id AND p.nonce = r.nonce
"""


class NothingTyped(Exception):
    """There is nothing to keep; what was kept of the attempt before is gone."""


@dataclass(frozen=True)
class Kept:
    """How to come back to a partial, and until when that is possible."""

    code: str
    until: datetime


def save(
    posted: Posted,
    *,
    ticket: Ticket,
    survey: InField,
    questionnaire: Questionnaire,
    language: str,
    source: str = "",
    page: int = 1,
    chosen: bool,
) -> Kept | None:
    """Keep what was typed; None where the survey keeps nothing, or it has been sent.

    Args:
        page: the page that is being filled in, from 1.
        chosen: whether the respondent asked for it. Of what is saved by itself, personal
            answers are left out unless they asked before, or gave a consent that the form
            asks for.

    Raises:
        NothingTyped: no question holds anything.
    """
    days = survey.survey.partial_days
    if not days:
        return None
    code, now = code_for(ticket.nonce, Purpose.RESUME), timezone.now()
    until = now + timedelta(days=days)
    before = None if chosen else chosen_before(ticket)
    fields = fields_kept(posted, questionnaire, everything=chosen or before is not None)
    if before is not None and LEFT_OUT in posted:
        fields |= personal_in(before, questionnaire)
    if not fields:
        forget_of([ticket.nonce], survey=ticket.survey)
        raise NothingTyped
    values: dict[str, Any] = {
        "survey": ticket.survey,
        "revision": ticket.revision,
        "nonce": ticket.nonce,
        "code": hash_of(code),
        "receipt": hash_of(code_for(ticket.nonce)),
        "content": encrypt(fields, nonce=ticket.nonce),
        "language": language,
        "source": source,
        "page": page,
        "reached": reached_in(posted, questionnaire),
        "chosen": chosen,
        "was_chosen": before is not None,
        "begun_at": datetime.fromtimestamp(ticket.begun_at, tz=UTC),
        "now": now,
        "expires_at": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAVE, values)
        return Kept(code, until) if cursor.rowcount else None


def reached_in(posted: Posted, questionnaire: Questionnaire) -> int:
    """The place of the last question that holds something, from 1; 0 for none."""
    names, places = questionnaire.field_names, places_of(questionnaire)
    held = [name for name, values in posted.lists() if name in names and any(values)]
    return max((places[names[name].key] for name in held), default=0)


def places_of(questionnaire: Questionnaire) -> dict[str, int]:
    """Where each question stands, from 1."""
    return {item.key: place for place, item in enumerate(questionnaire.questions, 1)}


def chosen_before(ticket: Ticket) -> Partial | None:
    """What the respondent asked to keep of this attempt before, if they did."""
    own = Partial.objects.filter(survey=ticket.survey, nonce=ticket.nonce)
    return own.filter(chosen=True, content__isnull=False).first()


def personal_in(partial: Partial, questionnaire: Questionnaire) -> dict[str, Any]:
    """The fields about the person that are kept already."""
    names = questionnaire.field_names
    return {
        name: values
        for name, values in fields_of(partial).lists()
        if name in names and names[name].personal
    }


def fields_kept(
    posted: Posted, questionnaire: Questionnaire, *, everything: bool
) -> dict[str, Any]:
    """The questionnaire's fields that hold something and may be kept."""
    names = questionnaire.field_names
    consented = any(item.gives_consent and posted.get(item.key) for item in questionnaire.questions)
    return {
        name: values
        for name, values in posted.lists()
        if name in names and any(values) and (everything or consented or not names[name].personal)
    }


def find(code: str, *, survey: int) -> Partial | None:
    """The partial behind a code; None if there is none, no longer, or it has been sent."""
    # Until ``refresh`` has been there, what was sent is in both tables.
    sent = Response.objects.filter(survey=OuterRef("survey"), nonce=OuterRef("nonce"))
    found = Partial.objects.filter(code=hash_of(code), survey=survey, content__isnull=False)
    return found.filter(~Exists(sent), expires_at__gt=timezone.now()).first()


def fields_of(partial: Partial) -> Posted:
    """What was typed."""
    fields: Any = decrypt(partial.content, nonce=UUID(str(partial.nonce)))
    return MultiValueDict(fields)


def forget_sent(response_ids: Collection[int]) -> None:
    """Delete the partials of responses that have been stored."""
    with connection.cursor() as cursor:
        cursor.execute(SENT, [list(response_ids)])


def forget_of(nonces: Iterable[UUID], *, survey: int) -> None:
    """Delete what was kept of these attempts."""
    Partial.objects.filter(survey=survey, nonce__in=list(nonces)).delete()


def empty_expired() -> int:
    """Empty the partials whose time is up. Returns how many."""
    due = Partial.objects.filter(content__isnull=False, expires_at__lte=timezone.now())
    return due.update(content=None, code=None)
