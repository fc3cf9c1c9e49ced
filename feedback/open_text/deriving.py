"""What ``refresh`` derives from open answers, in its transaction: names, near-copies.

And what it takes away: codes that were given to words that are no longer there.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from feedback.models import Coded, NamedIn, OpenQuestion, Read, Survey, VoiceMark
from feedback.open_text import coding, naming, voicing
from feedback.open_text.questions import open_columns
from feedback.question_types.base import Item
from feedback.responses import in_answers

# Whoever withdraws one of them waits, so that nothing is derived of what is just going.
HOLD = "SELECT FROM feedback_response WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def derive(survey: Survey, ids: Sequence[int], items: Sequence[Item]) -> None:
    """Bring these responses up to date in every open question that staff work on."""
    questions = OpenQuestion.objects.select_for_update().filter(survey=survey).order_by("pk")
    columns = open_columns(items)
    held = False
    for question in questions:
        column = columns.get(question.part)
        if column is None:
            forget(question)
            continue
        if not held:
            with connection.cursor() as cursor:
                cursor.execute(HOLD, [list(ids)])
            held = True
        question.survey = survey
        coding.forget_changed(question, column, ids)
        naming.derive(question, column, ids)
        voicing.derive(question, column, ids)


def forget(question: OpenQuestion) -> None:
    """A question that is personal by now, or open no more, leaves nothing here."""
    about = {"survey": question.survey_id, "part": question.part}
    for model in (NamedIn, VoiceMark, Coded, Read):
        model.objects.filter(**about).delete()


def counts_of(survey: Survey, items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """By open question that staff work on: how many responses have each code, name each family.

    Spam is left out, as of every figure.
    """
    columns, told = open_columns(items), {}
    for question in OpenQuestion.objects.filter(survey=survey).order_by("part"):
        if question.part not in columns:
            continue
        given = in_answers.codes(survey, question.part)
        told[question.part] = {
            "read": given.looked_at,
            "codes": {str(number): n for number, n in given.counts.items()},
            "names": dict(in_answers.families(survey, question.part).counts),
        }
    return told
