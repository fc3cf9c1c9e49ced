"""Reports: what a survey's answers add up to, for people and for machines."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from feedback.analysis.charts import MOST_AT_ONCE, bars, posts, standings
from feedback.analysis.compile import compile_survey, figures
from feedback.analysis.paradata import partials
from feedback.analysis.tallies import Figures
from feedback.models import Status, Survey
from feedback.question_types.base import Item
from feedback.responses.order import newest_first
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import active_filters

NEWEST = 5  # answers to an open question
LOOKED_AT = 300  # responses among which the newest answers are found


def stored_figures(survey: Survey) -> Figures:
    """The summary as last compiled; made now where no worker has come to it yet."""
    summary = getattr(survey, "summary", None) or compile_survey(survey)
    compiled: Figures = summary.figures
    return compiled


@login_required
@require_safe
@selecting
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of all responses but spam, or of a selection of them."""
    at = desk(request, slug)
    found = figures_of(at)
    newest = newest_texts(at)
    context = {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "active": active_filters(at),
        "figures": found,
        "as_of": parse_datetime(found["as_of"]),
        "begun": partials(at.survey, completes=found["responses"]) if not at.selection else None,
        "days": posts(found["by_day"]),
        "sections": [section(item, found["items"], newest) for item in at.items],
    }
    return render(request, "reports/summary.html", context)


@login_required
@require_safe
@selecting
def summary_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures for machines."""
    at = desk(request, slug)
    found = figures_of(at)
    if not at.selection:  # what was begun has no answers that a selection could ask for
        found = found | partials(at.survey, completes=found["responses"])
    return JsonResponse(found)


def figures_of(at: Desk) -> Figures:
    """The stored summary, or the figures of a selection, counted now."""
    if not at.selection:
        return stored_figures(at.survey)
    counted = figures(at.survey, at.selection, reader=at.access.membership.user)
    return counted | {"as_of": timezone.now().isoformat()}


def section(item: Item, of_items: Figures, newest: dict[str, list[Any]]) -> dict[str, Any]:
    """One item's part of the report; of a grid, each row is a section in it."""
    found = of_items.get(item.key, {})
    answered = found.get("answered", 0)
    drawn = bars(found, item.filters())
    return {
        "item": item,
        "figures": found,
        "asked": answered + found.get("blank", 0) + found.get("declined", 0),
        "bars": drawn[:MOST_AT_ONCE],
        "further": drawn[MOST_AT_ONCE:],
        "standings": standings(found, item.filters()),
        "rows": [
            (item.filters()[name.removeprefix(f"{item.key}__")], section(row, found["rows"], {}))
            for name, row in item.operands().items()
            if name in found.get("rows", {})
        ],
        "newest": newest.get(item.key, []),
    }


def newest_texts(at: Desk) -> dict[str, list[tuple[int, str]]]:
    """The newest answers in words to each open question, with the responses they are from."""
    rows = at.rows.exclude(status=Status.SPAM)
    open_keys = [item.key for item in at.items if not item.filters() and not item.personal]
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in open_keys}
    for pk, answers in newest_first(rows).values_list("pk", "answers")[:LOOKED_AT]:
        for key in open_keys:
            if isinstance(answers.get(key), str) and len(found[key]) < NEWEST:
                found[key].append((pk, answers[key]))
    return found
