"""Reports: what a survey's answers add up to, for people and for machines."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.analysis import by_mail as mails
from feedback.analysis.charts import MOST_AT_ONCE, bars, posts, standings
from feedback.analysis.compile import compile_survey, figures
from feedback.analysis.paradata import partials, still_there
from feedback.analysis.tallies import Figures
from feedback.models import Rhythm, Status, Survey
from feedback.open_text.deriving import counts_of
from feedback.open_text.questions import open_columns
from feedback.question_types.base import Item
from feedback.responses.acts import NotPossible
from feedback.responses.order import newest_first
from feedback.theming.counting import Themes, counted, themes_of
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import filtered
from feedback.web.filters_in_words import language_name

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
    newest, themes = newest_texts(at), themes_at(at)
    begun = partials(at.survey, completes=found["responses"]) if not at.selection else None
    context = {
        **filtered(at),
        "figures": found,
        "as_of": parse_datetime(found["as_of"]),
        "begun": begun,
        "stopped": stopped(at, begun) if begun and begun["partials"] else [],
        "days": posts(found["by_day"]),
        "hours": posts({f"{hour:02}": found["by_hour"].get(f"{hour:02}", 0) for hour in range(24)}),
        "came": came(found),
        "minutes": minutes(found["seconds"]["q50"]),
        "mail": at.survey.summary_mails.filter(user=at.access.membership.user).first(),
        "rhythms": Rhythm.choices,
        "sections": [
            section(item, found["items"], newest) | {"themes": themes.get(item.key)}
            for item in at.items
            if item.asks
        ],
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
        found |= {"open_text": counts_of(at.survey, at.items)}
    themes = {key: of.to_json() for key, of in themes_at(at).items()}
    return JsonResponse(found | ({"themes": themes} if themes else {}))


def themes_at(at: Desk) -> dict[str, Themes]:
    """The themes of each open question that has some, counted in what the desk shows."""
    rows = at.rows if at.selection else None
    return {kept.item: counted(kept, rows) for kept in themes_of(at.survey)}


@login_required
@require_POST
@selecting
def by_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the summary sent, as it is selected here, or end that."""
    at = desk(request, slug)
    page = reverse("summary", args=[slug]) + (f"?{at.query}" if at.query else "")
    whole, rhythm = request.build_absolute_uri(page), request.POST.get("rhythm", "")
    try:
        mails.subscribe(at.survey, request.user, rhythm=rhythm, query=at.query, page=whole)
        done = _("It will be sent to you.") if rhythm else _("It is sent no longer.")
        messages.success(request, done)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(f"{page}#mail")


def figures_of(at: Desk) -> Figures:
    """The stored summary, or the figures of a selection, counted now."""
    if not at.selection:
        return stored_figures(at.survey)
    now = figures(at.survey, at.selection, reader=at.access.membership.user)
    return now | {"as_of": timezone.now().isoformat()}


def stopped(at: Desk, begun: Mapping[str, Any]) -> list[tuple[Item, int, float]]:
    """After each question: how many stopped, and which share in per cent went on."""
    asked = {item.key: item for item in at.items if item.asks}
    curve = still_there([*asked], begun["break_off_after"], starts=begun["starts"])
    return [(asked[key], n, 100 * share) for key, n, share in curve]


def came(found: Figures) -> list[dict[str, Any]]:
    """By what is known of every response: name of the filter, and rows; none that all share."""
    languages = {code: language_name(code) for code in found["by_language"]}
    given = [
        ("lang", "language", found["by_language"], languages),
        ("source", "source", found["by_source"], {}),
        ("", "device", found["by_device"], {}),
        ("revision", "revision", found["by_revision"], {}),
    ]
    return [
        {
            "filter": name,
            "of": of,
            "rows": [
                (code, words.get(code, code), n, 100 * n / found["responses"])
                # Most first: what is stored as JSON comes back in another order.
                for code, n in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
            ],
        }
        for name, of, counted, words in given
        if len(counted) > 1
    ]


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
        "drawn_bins": bins(found),
        "top_2": [100 * part for part in found.get("top_2_share", ())],
        "comparable": bool(item.grouped_by and not item.personal),
        "rows": [
            (item.filters()[name.removeprefix(f"{item.key}__")], section(row, found["rows"], {}))
            for name, row in item.operands().items()
            if name in found.get("rows", {})
        ],
        "newest": newest.get(item.key, []),
        "open": item.key in open_columns([item]),
    }


def bins(found: Figures) -> list[tuple[str, int, str]]:
    """Counts of numbers or days by bins: words, number, and width of the bar of 100."""
    counted = [
        (f"{number_format(one['from'])} – {number_format(one['to'])}", one["n"])
        for one in found.get("histogram", [])
    ] or [*found.get("periods", {}).items()]
    highest = max((n for _words, n in counted), default=0) or 1
    return [(words, n, f"{100 * n / highest:.2f}") for words, n in counted]


def minutes(seconds: float | None) -> str:
    return "" if seconds is None else number_format(seconds / 60, decimal_pos=1)


def newest_texts(at: Desk) -> dict[str, list[tuple[int, str]]]:
    """The newest answers in words to each open question, with the responses they are from."""
    open_keys = [item.key for item in at.items if not item.filters() and not item.personal]
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in open_keys}
    if not open_keys:
        return found
    rows = at.rows.exclude(status=Status.SPAM)
    for pk, answers in newest_first(rows).values_list("pk", "answers")[:LOOKED_AT]:
        for key in open_keys:
            if isinstance(answers.get(key), str) and len(found[key]) < NEWEST:
                found[key].append((pk, answers[key]))
    return found
