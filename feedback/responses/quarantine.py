"""What screening flagged, until somebody decides; and how often each rule was wrong.

A flagged response is decided once it is spam, or acknowledged or done: it was accepted.
New and flagged ones wait. What was decided says how far a rule can be trusted.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from feedback.models import Reason, Response, Status, Survey

WAITING = (Status.NEW, Status.FLAGGED)
BY_RULE = """
    SELECT reason, status, count(*)
    FROM feedback_response, unnest(reasons) AS reason
    WHERE survey_id = %s AND reasons <> '{}'
    GROUP BY reason, status
"""


@dataclass(frozen=True)
class Rule:
    """One rule of screening, and what became of the responses it flagged."""

    reason: Reason
    waiting: int
    accepted: int
    spam: int

    @property
    def decided(self) -> int:
        return self.accepted + self.spam

    @property
    def flagged(self) -> int:
        return self.waiting + self.decided


def rules(survey: Survey) -> list[Rule]:
    """Every rule, the one with most to decide first."""
    with connection.cursor() as cursor:
        cursor.execute(BY_RULE, [survey.pk])
        found = cursor.fetchall()

    def number(reason: Reason, *, among: tuple[Status, ...]) -> int:
        return sum(n for code, status, n in found if code == reason and Status(status) in among)

    told = [
        Rule(
            reason,
            waiting=number(reason, among=WAITING),
            accepted=number(reason, among=(Status.ACKNOWLEDGED, Status.DONE)),
            spam=number(reason, among=(Status.SPAM,)),
        )
        for reason in Reason
    ]
    return sorted(told, key=lambda rule: -rule.waiting)


def waiting(survey: Survey, reason: Reason) -> QuerySet[Response]:
    """The responses of one rule that nobody decided yet, in no order."""
    # Said twice, so that the index of those with any reason is found.
    flagged = Response.objects.filter(survey=survey).exclude(reasons=[])
    return flagged.filter(reasons__contains=[reason], status__in=WAITING)
