"""How responses came about: who began, who finished, and where the others stopped.

A start is the first autosave or the first save: a page view stores nothing.
"""

from typing import Any

from django.db.models import Count, Q

from feedback.models import Partial, Survey


def partials(survey: Survey, *, completes: int) -> dict[str, Any]:
    """Partials, open and expired, and by the furthest page; counted now, in one query."""
    rows = list(
        Partial.objects.filter(survey=survey)
        .values_list("page")
        .annotate(begun=Count("pk"), still_open=Count("pk", filter=Q(content__isnull=False)))
        .order_by("page")
    )
    begun, still_open = sum(n for _page, n, _open in rows), sum(n for _page, _n, n in rows)
    return {
        "partials": begun,
        "open": still_open,
        "expired": begun - still_open,
        "starts": completes + begun,
        "break_off": {page: n for page, n, _open in rows},
    }
