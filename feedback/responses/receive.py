"""The one way in for a response: from the page, and for imports row by row.

Nothing happens here but one INSERT: no session, no message queue, no second query. The
row's trigger writes the outbox; everything derived comes later (``refresh.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from feedback.models import Response
from feedback.models.identity import decrypt, encrypt
from feedback.models.survey import Stage
from feedback.question_types.base import Posted
from feedback.question_types.columns import Message
from feedback.questionnaire.answers import Cleaned, clean_answers
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import receipts, screening, tickets
from feedback.responses.in_field import InField, revision
from feedback.responses.screening import Arrival
from feedback.responses.tickets import BadTicket, Ticket

NO_TICKET = _(
    "The hidden field “ticket” that came with this page is missing or damaged, so nothing "
    "was stored. Everything you typed is still here: send it again."
)
EXPIRED = _(
    "This page was open for more than a day. Nothing was stored yet, and everything you "
    "typed is still here: look through it and send it again."
)

# Fields of the page that are no items; no key begins with "_", or is called ticket.
BESIDES = frozenset({"ticket", "_language", "_page", "_seen", "_all", *screening.FIELDS})
NOTHING_KNOWN = Arrival()
# The last is what PostgreSQL says of itself when it breaks down in the middle of a statement.
AWAY = (OperationalError, InterfaceError, InternalError)

INSERT = """
    INSERT INTO feedback_response
        (survey_id, revision_id, nonce, receipt, language, source, seconds, answers, identity,
         paradata, reasons, network, device)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s::jsonb, %s, %s, %s)
    ON CONFLICT (survey_id, nonce) DO NOTHING
"""


class DatabaseAway(Exception):
    """Nothing was stored; the same post may be sent again to the same ``revision``."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__(revision)


@dataclass(frozen=True)
class Stored:
    """It is in the database, now or since an earlier try. ``receipt`` opens it."""

    receipt: str


@dataclass(frozen=True)
class ToMend:
    """Nothing was stored: show ``error`` with the form as sent, under ``ticket``."""

    revision: int
    error: ValidationError
    ticket: str


@dataclass(frozen=True)
class Conflict:
    """Other answers were stored under this ticket before; ``ticket`` is for a new attempt.

    ``edits``: how often those were changed since, for whoever wants to change them now.
    """

    revision: int
    ticket: str
    edits: int


@dataclass(frozen=True)
class Closed:
    """The survey takes no answers now, and the form came too late for the grace period."""

    revision: int


Outcome: TypeAlias = Stored | ToMend | Conflict | Closed


def receive(
    posted: Posted,
    *,
    survey: InField,
    damaged: Mapping[str, ValidationError],
    language: str = "",
    arrival: Arrival = NOTHING_KNOWN,
) -> Outcome:
    """Take one submitted form.

    Args:
        damaged: errors, by field, of what could not be read as text at all.
        language: one of the questionnaire's, which it was answered in; its main one if "".
        arrival: where it came from, and what screening makes of that.

    Raises:
        DatabaseAway: PostgreSQL does not answer; nothing was stored.
    """
    try:
        ticket = tickets.read(posted.get("ticket", ""), survey=survey.id)
    except BadTicket:
        if survey.stage is not Stage.OPEN:
            return Closed(survey.revision)
        fresh = tickets.issue(survey=survey.id, revision=survey.revision)
        return ToMend(survey.revision, general(NO_TICKET), fresh)
    if not survey.takes(issued_at=ticket.issued_at):
        return too_late(ticket, posted, damaged)
    questionnaire = revision(ticket.revision).questionnaire
    language = language or questionnaire.language
    questionnaire = questionnaire.in_language(language)
    try:
        cleaned = check(questionnaire, posted, damaged, expired=ticket.expired)
    except ValidationError as error:
        again = tickets.signed(replace(ticket, issued_at=survey.renewal()))
        return ToMend(ticket.revision, error, again)
    paradata = paradata_of(ticket, questionnaire, arrival)
    receipt = receipts.code_for(ticket.nonce)
    if store(
        ticket, cleaned, receipt=receipt, language=language, arrival=arrival, paradata=paradata
    ):
        return Stored(receipt)
    try:
        return stored_before(ticket, cleaned, fresh_at=survey.renewal())
    except AWAY as error:
        raise DatabaseAway(ticket.revision) from error


def general(message: Message) -> ValidationError:
    """An error of the form as a whole."""
    return ValidationError({NON_FIELD_ERRORS: message})


def check(
    questionnaire: Questionnaire,
    posted: Posted,
    damaged: Mapping[str, ValidationError],
    *,
    expired: bool,
) -> Cleaned:
    """Clean answers, or every error at once: the damaged, the wrong, the late."""
    errors: dict[str, list[ValidationError]] = {}
    cleaned = Cleaned()
    try:
        cleaned = clean_answers(questionnaire, posted, besides=BESIDES)
    except ValidationError as error:
        errors = error.error_dict
    errors |= {name: [error] for name, error in damaged.items()}
    if not errors and expired:
        raise general(EXPIRED)
    if errors:
        raise ValidationError(errors)
    return cleaned


def paradata_of(ticket: Ticket, questionnaire: Questionnaire, arrival: Arrival) -> dict[str, Any]:
    """How the answers came about: on what, and the order in which shuffled options were shown."""
    paradata: dict[str, Any] = {}
    if arrival.device_class:
        paradata["device_class"] = arrival.device_class
    if questionnaire.turns > 1:
        paradata["orders"] = questionnaire.orders(ticket.turn(questionnaire.turns))
    return paradata


def store(
    ticket: Ticket,
    cleaned: Cleaned,
    *,
    receipt: str,
    language: str,
    arrival: Arrival,
    paradata: dict[str, Any],
) -> bool:
    """Insert the response; False if the ticket's attempt has one already."""
    # As plain values: psycopg takes twice as long to put a UUID or a list into the statement.
    row = [
        ticket.survey,
        ticket.revision,
        str(ticket.nonce),
        str(receipts.hash_of(receipt)),
        language,
        arrival.source,
        ticket.took,
        to_json(cleaned.answers).decode(),
        encrypt(cleaned.identity, nonce=ticket.nonce),
        to_json(paradata).decode() if paradata else None,
        f"{{{','.join(screening.at_once(arrival, cleaned, took=ticket.took))}}}",
        arrival.network,
        arrival.device,
    ]
    try:
        return insert(row)
    except AWAY as error:
        if connection.in_atomic_block:
            raise
        # A connection kept from before a restart of the database: the ticket makes a
        # second try safe, even if the first did arrive.
        connection.close()
        try:
            return insert(row)
        except AWAY:
            raise DatabaseAway(ticket.revision) from error


def insert(row: list[Any]) -> bool:
    # The INSERT is its own health check; Django's would be a second statement.
    connection.health_check_done = True  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
        stored: int = cursor.rowcount
        return stored == 1


def too_late(ticket: Ticket, posted: Posted, damaged: Mapping[str, ValidationError]) -> Outcome:
    """Closed, but for a retry of what was stored in time: that keeps its receipt."""
    closed = Closed(ticket.revision)
    try:
        questionnaire = revision(ticket.revision).questionnaire
        cleaned = check(questionnaire, posted, damaged, expired=ticket.expired)
        before = stored_before(ticket, cleaned, fresh_at=ticket.issued_at)
    except (ValidationError, Response.DoesNotExist):
        return closed
    except AWAY as error:
        raise DatabaseAway(ticket.revision) from error
    return before if isinstance(before, Stored) else closed


def stored_before(ticket: Ticket, cleaned: Cleaned, *, fresh_at: int) -> Stored | Conflict:
    """The same receipt for the same answers sent again; else a conflict, the first kept.

    Args:
        fresh_at: when the new attempt's form counts as delivered (epoch seconds).
    """
    before = Response.with_identity.get(survey=ticket.survey, nonce=ticket.nonce)
    if same(before, cleaned):
        return Stored(receipts.code_for(ticket.nonce))
    fresh = tickets.issue(survey=ticket.survey, revision=ticket.revision, at=fresh_at)
    return Conflict(ticket.revision, fresh, before.edits)


def same(stored: Response, cleaned: Cleaned) -> bool:
    identity = decrypt(stored.identity, nonce=UUID(str(stored.nonce)))
    return stored.answers == cleaned.answers and identity == cleaned.identity
