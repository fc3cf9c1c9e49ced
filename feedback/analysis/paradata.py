"""How responses came about: who began, who finished, and where the others stopped.

A start is the first autosave or the first save: a page view stores nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from feedback.models import Partial, Survey
from feedback.responses.in_field import revision


def partials(survey: Survey, *, completes: int) -> dict[str, Any]:
    """Partials, open and expired, and by the furthest page; counted now, in one query."""
    rows = list(
        Partial.objects.filter(survey=survey)
        .values_list("revision_id", "page", "reached")
        .annotate(begun=Count("pk"), still_open=Count("pk", filter=Q(content__isnull=False)))
    )
    begun, still_open = sum(row[3] for row in rows), sum(row[4] for row in rows)
    by_page, by_item = Counter[int](), Counter[str]()
    for pk, page, reached, n, _open in rows:
        by_page[page] += n
        by_item[reached_item(pk, reached)] += n
    starts = completes + begun
    return {
        "partials": begun,
        "open": still_open,
        "expired": begun - still_open,
        "starts": starts,
        "completion": completes / starts if starts else None,
        "break_off": dict(sorted(by_page.items())),
        "break_off_after": dict(by_item),
    }


def reached_item(revision_id: int, reached: int) -> str:
    """The key of the question with the last answer in it; "" where nothing was answered."""
    questions = revision(revision_id).questionnaire.questions
    return questions[reached - 1].key if 0 < reached <= len(questions) else ""


def still_there(
    order: Sequence[str], stopped: Mapping[str, int], *, starts: int
) -> list[tuple[str, int, float]]:
    """How many stopped after each question, and what share of the starts went on from it.

    The curve of survival with nobody lost from sight: each start ends at a question or in a
    response. Whoever stopped before the first answer, or after a question that there is no
    longer, is counted before the first.

    Args:
        order: the keys of the questions in the form's order.
    """
    known = {key: stopped.get(key, 0) for key in order}
    left = starts - (sum(stopped.values()) - sum(known.values()))
    curve = []
    for key, n in known.items():
        left -= n
        curve.append((key, n, left / starts if starts else 0.0))
    return curve
