"""What ``refresh`` derives from open answers, in its transaction: names, near-copies.

And what it takes away: codes that were given to words that are no longer there.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from feedback.models import Coded, NamedIn, OpenQuestion, Read, Status, Survey, VoiceMark
from feedback.open_text import coding, naming, voicing
from feedback.open_text.questions import open_columns
from feedback.question_types.base import Item

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
        about = {"survey": survey, "part": question.part}
        coded = Coded.objects.filter(read__counts=True, **about)
        read = Read.objects.filter(counts=True, **about)
        told[question.part] = {
            "read": read.exclude(response__status=Status.SPAM).count(),
            "codes": by(coded, "code__number"),
            "names": by(NamedIn.objects.filter(**about), "family"),
        }
    return told


def by(rows: QuerySet[Any], name: str) -> dict[str, int]:
    rows = rows.exclude(response__status=Status.SPAM)
    counted = rows.order_by().values_list(name).annotate(n=Count("response", distinct=True))
    return {str(value): n for value, n in sorted(counted, key=lambda pair: (-pair[1], pair[0]))}
