"""Screening: what speaks against a response is noted with it, and never keeps it out.

A flag is a reason for staff to look, no verdict: flagged responses are stored, listed,
counted and exported like all others. What one response shows by itself is known at once
and goes into its INSERT; what takes a look at others is judged later, by ``refresh``.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from feedback.models import Reason, Survey
from feedback.question_types.base import JSON
from feedback.questionnaire.answers import Cleaned

# No key of an item begins with an underscore, so no question is ever named like these.
HONEYPOT, DEVICE = "_website", "_device"
FIELDS = (HONEYPOT, DEVICE)

# Speeders are told in surveys by 0.3 s a word (Zhang and Conrad 2014, Survey Research
# Methods 8(2), 127-135), which is 3 s for a short question with its options. These are a
# sixth of that, so that whoever knows the form by heart and only clicks is left alone.
SECONDS_AT_LEAST, SECONDS_AN_ANSWER = 1.0, 0.5
HELD = 8  # times the same character, and nothing else, is a key held down
MOST_AN_HOUR = 30  # from one network


@dataclass(frozen=True)
class Arrival:
    """How a form came in: all that is kept of the request besides the answers."""

    source: str = ""
    network: bytes | None = None
    device: bytes | None = None
    honeypot: bool = False
    device_class: str = ""  # phone, tablet or computer; "" where nothing tells


def at_once(arrival: Arrival, cleaned: Cleaned, *, took: int) -> list[str]:
    """The reasons that a response shows by itself.

    Args:
        took: whole seconds from the form's delivery to its arrival.
    """
    given = [*cleaned.answers.values(), *cleaned.identity.values()]
    found = {
        Reason.HONEYPOT: arrival.honeypot,
        Reason.FAST: too_fast(cleaned.answers.values(), took=took),
        Reason.HELD_KEY: any(one_key(answer) for answer in given if isinstance(answer, str)),
    }
    return [reason.value for reason, holds in found.items() if holds]


def too_fast(answers: Iterable[JSON], *, took: int) -> bool:
    """Whether nobody could have read what was answered; an empty tick costs no time."""
    answered = sum(answer is not None and answer is not False for answer in answers)
    return took < SECONDS_AT_LEAST + SECONDS_AN_ANSWER * answered


def one_key(text: str) -> bool:
    """Whether a text is one character over and over, in any script and with any spaces."""
    if len(text) < HELD or begins_otherwise(text) or len(plain := "".join(text.split())) < HELD:
        return False
    sign = plain[: next((i for i in range(1, len(plain)) if not joins(plain[i])), len(plain))]
    return plain.startswith(sign * HELD) and plain == sign * (len(plain) // len(sign))


def begins_otherwise(text: str) -> bool:
    """Whether the second sign is surely not the first again: so it is in most texts."""
    first, second = text[0], text[1]
    return first != second and second.isalnum() and not first.isspace()


def joins(character: str) -> bool:
    """Whether it belongs to the character before it, as accents and vowel signs do."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


# -- judged by refresh -----------------------------------------------------------------

# Whatever is true of a row stays true: a flag is only ever added, so refresh comes to an end.
MANY_FROM_ONE_NETWORK = """
    SELECT new.id FROM feedback_response AS new
    WHERE new.survey_id = %(survey)s AND new.id = ANY(%(ids)s) AND new.network IS NOT NULL
      AND NOT new.reasons @> ARRAY[%(reason)s]::varchar[]
      AND (SELECT count(*) FROM (
            SELECT FROM feedback_response AS before
            WHERE before.survey_id = new.survey_id AND before.network = new.network
              AND before.received_at > new.received_at - interval '1 hour'
              AND (before.received_at, before.id) < (new.received_at, new.id)
            LIMIT %(most)s) AS earlier) >= %(most)s
"""
# Of two responses the later may commit, and be judged, first. So each new one also has the
# next of its device judged again: whichever is seen last settles both.
DEVICE_AGAIN = """
    SELECT later.id FROM feedback_response AS new
    JOIN LATERAL (
        (SELECT new.id, new.reasons) UNION ALL
        (SELECT next.id, next.reasons FROM feedback_response AS next
         WHERE next.survey_id = new.survey_id AND next.device = new.device AND next.id > new.id
         ORDER BY next.id LIMIT 1)
    ) AS later ON true
    WHERE new.survey_id = %(survey)s AND new.id = ANY(%(ids)s) AND new.device IS NOT NULL
      AND NOT later.reasons @> ARRAY[%(reason)s]::varchar[]
      AND EXISTS (
            SELECT FROM feedback_response AS before
            WHERE before.survey_id = new.survey_id AND before.device = new.device
              AND before.id < later.id)
"""
# Rows are locked in order of number: two refreshers never wait for each other in a circle.
FLAG = """
    UPDATE feedback_response SET reasons = array_append(reasons, %(reason)s)
    WHERE id IN (SELECT id FROM feedback_response WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE)
      AND NOT reasons @> ARRAY[%(reason)s]::varchar[]
"""


def judge(survey: Survey, ids: Sequence[int]) -> None:
    """Flag what only the other responses show of these ones.

    Called inside the transaction that claimed their changes; each row flagged is a change
    again, which the next batch derives from, and in which nothing is left to flag.
    """
    found = {
        Reason.NETWORK: matching(MANY_FROM_ONE_NETWORK, survey, ids, Reason.NETWORK),
        Reason.DEVICE: (
            matching(DEVICE_AGAIN, survey, ids, Reason.DEVICE) if survey.one_per_device else []
        ),
    }
    for reason, flagged in found.items():
        if flagged:
            with connection.cursor() as cursor:
                cursor.execute(FLAG, {"reason": reason.value, "ids": flagged})


def matching(sql: str, survey: Survey, ids: Sequence[int], reason: Reason) -> list[int]:
    about: dict[str, Any] = {"survey": survey.pk, "ids": list(ids), "reason": reason.value}
    about["most"] = MOST_AN_HOUR
    with connection.cursor() as cursor:
        cursor.execute(sql, about)
        return sorted({pk for (pk,) in cursor.fetchall()})
