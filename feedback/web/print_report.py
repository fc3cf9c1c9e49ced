"""The report on paper: a page to print, the same as PDF, and its pictures one by one."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from feedback.analysis.drawing.canvas import standalone
from feedback.analysis.drawing.figure import Figure
from feedback.analysis.drawing.png import png
from feedback.analysis.paradata import partials
from feedback.models import Response, Revision
from feedback.web import figures
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filters_in_words import active_filters
from feedback.web.in_texts import InTexts
from feedback.web.measures import Section
from feedback.web.paper import NoPango, pdf_of
from feedback.web.reports import figures_of, sample_of, section

STYLESHEETS = ("css/tokens.css", "css/drawing.css", "css/print.css")
KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@login_required
@require_safe
@selecting
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of all responses but spam, or of a selection, as a page to print."""
    return render(request, "reports/print.html", told_of(desk(request, slug)))


@login_required
@require_safe
@selecting
def report_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as PDF; where none can be made, the page to print, saying how to get one."""
    return as_pdf(request, told_of(desk(request, slug)), name=f"{slug}-report.pdf")


def as_pdf(request: HttpRequest, context: dict[str, Any], *, name: str) -> HttpResponse:
    html = render_to_string("reports/print.html", {**context, "on_paper": True}, request)
    try:
        made = pdf_of(html, css=stylesheet())
    except NoPango:
        return render(request, "reports/print.html", {**context, "no_pdf": True})
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
@selecting
def picture(request: HttpRequest, slug: str, figure: str, kind: str) -> HttpResponse:
    """One picture of the report as a file of its own."""
    at = desk(request, slug)
    found = next((one for one in every_figure(at) if one.name == figure and one.svg), None)
    if found is None or kind not in KINDS:
        raise Http404
    made = png(found.svg) if kind == "png" else standalone(found.svg).encode()
    response = HttpResponse(made, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{figure}.{kind}"'
    return response


def every_figure(at: Desk) -> Iterator[Figure]:
    """Every figure of the report, each made when it is asked for."""
    found = figures_of(at, sample_of(at))
    yield figures.by_day(found["by_day"])
    if not at.selection:
        begun = partials(at.survey, completes=found["responses"])
        yield from filter(None, [figures.break_off(begun)])
    texts = InTexts.of(at, found)
    for item in at.items:
        yield from figures_of_item(section(item, found["items"]), texts)


def figures_of_item(part: Section, texts: InTexts) -> list[Figure]:
    return [*figures.of_item(part), *figures.of_texts(part["item"], texts)]


def told_of(at: Desk) -> dict[str, Any]:
    """What the page says."""
    found = figures_of(at, sample_of(at))
    # What was begun has no answers that a selection could ask for.
    begun = partials(at.survey, completes=found["responses"]) if not at.selection else None
    sections = [section(item, found["items"]) for item in at.items if item.asks]
    texts = InTexts.of(at, found)
    return {
        "access": at.access,
        "survey": at.survey,
        "query": at.query,
        "active": active_filters(at),
        "found": found,
        "as_of": parse_datetime(found["as_of"]),
        "period": [figures.shown_day(day) for day in ends(found["by_day"])],
        "begun": begun,
        "completion": 100 * found["responses"] / (begun["starts"] or 1) if begun else None,
        "flagged": Response.objects.filter(survey=at.survey).exclude(reasons=[]).count(),
        "revisions": Revision.objects.filter(pk__in=at.revisions).order_by("number"),
        "by_day": figures.by_day(found["by_day"]),
        "break_off": figures.break_off(begun) if begun else None,
        "parts": [(part, figures_of_item(part, texts)) for part in sections],
    }


def ends(by_day: dict[str, int]) -> list[str]:
    """The first and the last day on which responses came; one, if they are the same."""
    days = sorted(by_day)
    return sorted({days[0], days[-1]}) if days else []


@cache
def stylesheet() -> str:
    """Our own stylesheets as text, as nothing is fetched while a PDF is made."""
    files = [finders.find(name) for name in STYLESHEETS]
    return "".join(Path(str(file)).read_text(encoding="utf-8") for file in files)
