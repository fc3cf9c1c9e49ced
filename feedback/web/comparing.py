"""Groups side by side, and a scan for what differs between any two questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback.analysis.comparing import Cell, Comparison, compared, without_few
from feedback.analysis.crosstab import Difference, differences
from feedback.analysis.disclosure import USUAL_K
from feedback.analysis.groupings import (
    MOST_VALUES,
    WAVES,
    Grouping,
    by_waves,
    of_item,
    of_items,
    of_responses,
    of_themes,
)
from feedback.analysis.sample import Sample
from feedback.models import Revision
from feedback.question_types.base import Item, operands
from feedback.question_types.columns import Message
from feedback.responses.asked import ANSWER
from feedback.responses.selection import BadSelection
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import filtered

MOST_SHOWN = 100  # differences
EARLIEST = date(1900, 1, 1)  # day on which a period may begin: there is one before it
BESIDE = ("by", "item", "waves")  # what the page's address has besides a selection


@dataclass(frozen=True)
class Shown:
    """A cell with the address of the responses behind it; "" where no filter tells them.

    ``of`` is how many of its group answered; None where that is not to be shown.
    """

    cell: Cell
    address: str
    of: int | None

    @property
    def percentage(self) -> float:
        return 100 * self.cell.share


@dataclass(frozen=True)
class Table:
    """A comparison as the page shows it."""

    found: Comparison
    lines: Sequence[tuple[Message, Sequence[Shown], float | None]]


@login_required
@require_safe
@selecting
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Every question, or one, by the groups of ``by``: questions, language, source, period."""
    at = desk(request, slug)
    sample = sample_of(at)
    groupings = {one.name: one for one in groupings_of(at, sample)}
    waves = request.GET.get("waves", "").strip()
    if waves or request.GET.get("by") == WAVES:
        groupings[WAVES] = by_waves(days_of(waves))
    asked = {item.key: item for item in operands(at.items).values() if comparable(item)}
    by = chosen(request.GET.get("by", ""), groupings)
    only = chosen(request.GET.get("item", ""), asked)
    tables = []
    if by is not None and sample.frame.height:
        columns = by.narrowed(sample.frame)
        shown = [only] if only is not None else [i for i in asked.values() if i.key != by.of]
        found = [compared(sample.frame, item, columns) for item in shown]
        known = [one for one in found if one is not None]
        if not at.access.sees_few:
            known = [without_few(one, USUAL_K) for one in known]
        tables = [table(at, one) for one in known]
    context = {
        **common(at, sample),
        "groupings": groupings.values(),
        "asked": asked.values(),
        "by": by,
        "columns": tables[0].found.columns if tables else None,
        "item": only,
        "tables": tables,
        "beside": [(name, one) for name in BESIDE if (one := request.GET.get(name))],
        "waves": waves,
    }
    return render(request, "reports/compare.html", context)


@login_required
@require_safe
@selecting
def differs(request: HttpRequest, slug: str) -> HttpResponse:
    """Every pair of questions that go together more than chance explains."""
    at = desk(request, slug)
    sample = sample_of(at)
    rows = [one.narrowed(sample.frame) for one in of_items(at.items)]
    known = [*of_responses(sample.frame, numbers(at)), *of_themes(at.survey, at.items)]
    about = [one.narrowed(sample.frame) for one in known]
    found, looked_at = differences(sample.frame, rows, [*rows, *about])
    if not at.access.sees_few:
        found = [one for one in found if one.least >= USUAL_K]
    context = {
        **common(at, sample),
        "found": [told(at, one) for one in found[:MOST_SHOWN]],
        "more": max(0, len(found) - MOST_SHOWN),
        "looked_at": looked_at,
    }
    return render(request, "reports/differs.html", context)


def sample_of(at: Desk) -> Sample:
    return Sample.of(at.survey, at.selection or None, reader=at.reader)


def common(at: Desk, sample: Sample) -> dict[str, Any]:
    return {
        **filtered(at),
        "responses": sample.frame.height,
        "weighted": sample.weighted,
        "least": 0 if at.access.sees_few else USUAL_K,
    }


def numbers(at: Desk) -> dict[int, int]:
    """The number of each revision by its primary key."""
    return dict(Revision.objects.filter(survey=at.survey).values_list("pk", "number"))


def groupings_of(at: Desk, sample: Sample) -> list[Grouping]:
    """What one may compare by: questions with one answer, and what is known of responses."""
    single = [one for one in of_items(at.items) if "=" not in one.name]
    about = of_responses(sample.frame, numbers(at))
    return [*single, *about, *of_themes(at.survey, at.items)]


def comparable(item: Item) -> bool:
    return bool(of_item(item)) or bool(item.scored_by and not item.personal)


def days_of(text: str) -> list[date]:
    """The days on which periods begin, in order. Raises: BadSelection."""
    try:
        days = sorted({date.fromisoformat(day.strip()) for day in text.split(",") if day.strip()})
    except ValueError:
        days = []
    if not 0 < len(days) < MOST_VALUES or days[0] < EARLIEST:
        message = _(
            "“%(text)s” are no days on which periods begin. Write up to %(most)d,"
            " such as 2026-01-15, 2026-03-01."
        )
        raise BadSelection(message % {"text": text[:60], "most": MOST_VALUES - 1})
    return days


def chosen(name: str, known: dict[str, Any]) -> Any:
    """Raises: BadSelection: there is none of this name."""
    if name and name not in known:
        raise BadSelection(
            _("“%(name)s” is nothing to compare by. Choose from the list.") % {"name": name[:60]}
        )
    return known.get(name)


def table(at: Desk, found: Comparison) -> Table:
    lines = []
    for line in found.lines:
        own = [(ANSWER + found.item.key, line.code)]
        cells = [
            Shown(cell, address(at, own, found.columns, cell.code) if cell.told else "", n)
            for cell, n in zip(line.cells, found.totals, strict=True)
        ]
        lines.append((line.label, cells, line.p))
    return Table(found, lines)


def address(at: Desk, own: Sequence[tuple[str, str]], columns: Grouping, code: str) -> str:
    """The query that keeps the responses of one cell; "" where a filter has days of its own."""
    link = columns.link(code)
    if columns.days and (at.selection.since or at.selection.until):
        return ""
    return urlencode([*at.selection.pairs(), *own, *link]) if link else ""


def told(at: Desk, one: Difference) -> dict[str, Any]:
    """A difference as one sentence's parts, with the address of the whole table."""
    row, column = (
        list(grouping.labels.values())[number]
        for grouping, number in ((one.rows, one.row), (one.columns, one.column))
    )
    asked = {"by": one.columns.name, "item": one.rows.of}
    whole = "=" not in one.columns.name
    return {
        "difference": one,
        "row": row,
        "column": column,
        "share": 100 * one.share,
        "elsewhere": 100 * one.elsewhere,
        "address": urlencode([*at.selection.pairs(), *asked.items()]) if whole else "",
    }
