"""Reports: what a survey's answers add up to, for people and for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Self

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models.fields.json import KeyTransform
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.analysis import by_mail as mails
from feedback.analysis.charts import MOST_AT_ONCE, Post, bars, posts, standings
from feedback.analysis.compile import compile_survey
from feedback.analysis.compile import figures_of as compiled
from feedback.analysis.drawing.numbers import decimal
from feedback.analysis.paradata import partials, still_there
from feedback.analysis.sample import Sample
from feedback.analysis.tallies import Figures
from feedback.models import Response, Rhythm, Status, Summary, Survey
from feedback.open_text.deriving import counts_of
from feedback.open_text.discretion import Discretion
from feedback.question_types.base import Item
from feedback.responses.acts import NotPossible
from feedback.responses.in_field import items_of_revisions
from feedback.responses.order import newest_first
from feedback.web import tables
from feedback.web.desk import Desk, desk, selecting
from feedback.web.filtering import filtered
from feedback.web.filters_in_words import language_name
from feedback.web.in_texts import InTexts, themes_at
from feedback.web.measures import Section, drawn
from feedback.web.tables import Links

NEWEST = 5  # answers to an open question
AT_FIRST, LOOKED_AT = 30, 300  # responses among which the newest answers are found


def compiled_at(survey: Survey) -> datetime:
    """When the summary was last compiled; it is now where no worker has come to it yet."""
    found = Summary.objects.filter(survey=survey).values_list("as_of", flat=True).first()
    return found or compile_survey(survey).as_of


@lru_cache(maxsize=64)
def figures_as_of(survey: int, _as_of: datetime) -> Figures:
    """The stored summary; kept until it is compiled anew, as reading it takes milliseconds."""
    kept = Summary.objects.filter(survey=survey).values_list("figures", flat=True).first()
    # All that is derived may have been dropped since the caller looked, to be made anew.
    found: Figures = kept or compile_survey(Survey.objects.get(pk=survey)).figures
    return found


def stored_figures(survey: Survey) -> Figures:
    return figures_as_of(survey.pk, compiled_at(survey))


@dataclass(frozen=True)
class Drawing:
    """What a report draws of its figures alone, whoever reads it.

    Attributes:
        when: by day and by hour: a title, the columns, the same as a picture and as a table.
        came: by what is known of every response: a title and a table.
        panels: of each question; see ``panel``.
    """

    when: Sequence[tuple[str, Sequence[Post], SafeString, SafeString]]
    came: Sequence[tuple[str, SafeString]]
    panels: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, found: Figures, items: Sequence[Item], links: Links) -> Self:
        panels = [panel(section(item, found["items"]), links) for item in items if item.asks]
        return cls(when(found), came(found, links), panels)


@lru_cache(maxsize=32)
def drawing_as_of(
    survey: int, as_of: datetime, revisions: tuple[int, ...], links: Links, _language: str
) -> Drawing:
    """Of the stored summary; kept as well: its thousand numbers are the longest part of a page."""
    return Drawing.of(figures_as_of(survey, as_of), items_of_revisions(revisions), links)


@login_required
@require_safe
@selecting
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of all responses but spam, or of a selection of them."""
    at = desk(request, slug)
    sample = sample_of(at)
    links = Links(reverse("responses", args=[slug]), at.query)
    if sample is None:
        as_of = at.offered.as_of or compiled_at(at.survey)
        found = figures_as_of(at.survey.pk, as_of)
        drawing = drawing_as_of(at.survey.pk, as_of, at.revisions, links, get_language() or "")
    else:
        found = figures_of(at, sample)
        drawing = Drawing.of(found, at.items, links)
    newest, texts = newest_texts(at, sample), InTexts.of(at, found)
    begun = partials(at.survey, completes=found["responses"]) if not at.selection else None
    context = {
        **filtered(at),
        "figures": found,
        "as_of": parse_datetime(found["as_of"]),
        "begun": begun,
        "sent_share": decimal(100 * (begun["completion"] or 0), places=1) if begun else "",
        "stopped": stopped(at, begun) if begun and begun["partials"] else [],
        "when": drawing.when,
        "came": drawing.came,
        "minutes": minutes(found["seconds"]["q50"]),
        "mail": at.survey.summary_mails.filter(user=at.access.membership.user).first(),
        "rhythms": Rhythm.choices,
        "panels": [
            {**each, "newest": newest.get(each["item"].key), **texts.drawn(each["item"].key, links)}
            for each in drawing.panels
        ],
    }
    return render(request, "reports/summary.html", context)


def panel(section: Section, links: Links) -> dict[str, Any]:
    """What the summary shows of one item."""
    item = section["item"]
    return {
        "item": item,
        "figures": "" if item.personal else drawn(section, links),
        "empty": not section["figures"].get("answered"),
        "comparable": bool(item.grouped_by and not item.personal),
    }


def when(found: Figures) -> list[tuple[str, Sequence[Post], SafeString, SafeString]]:
    """By day and by hour; see ``Drawing``."""
    hours = {f"{hour:02}": found["by_hour"].get(f"{hour:02}", 0) for hour in range(24)}
    given = [
        (_("Responses by day"), _("Day (UTC)"), posts(found["by_day"])),
        (_("By hour of the day"), _("Hour (UTC)"), posts(hours)),
    ]
    return [(title, p, tables.columns(p), tables.posts(p, head)) for title, head, p in given]


@login_required
@require_safe
@selecting
def summary_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures for machines."""
    at = desk(request, slug)
    found = figures_of(at, sample_of(at))
    if not at.selection:  # what was begun has no answers that a selection could ask for
        found = found | partials(at.survey, completes=found["responses"])
        found |= {"open_text": counts_of(at.survey, at.items)}
    themes = {key: of.to_json() for key, of in themes_at(at).items()}
    return JsonResponse(found | ({"themes": themes} if themes else {}))


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


def sample_of(at: Desk) -> Sample | None:
    """The responses of a selection, as a frame; None where nothing is selected."""
    return Sample.of(at.survey, at.selection, reader=at.reader) if at.selection else None


def figures_of(at: Desk, sample: Sample | None) -> Figures:
    """The stored summary, or the figures of a selection, counted now."""
    if sample is None:
        return stored_figures(at.survey)
    return compiled(sample) | {"as_of": timezone.now().isoformat()}


def stopped(at: Desk, begun: Mapping[str, Any]) -> list[tuple[Item, int, float]]:
    """After each question: how many stopped, and which share in per cent went on."""
    asked = {item.key: item for item in at.items if item.asks}
    curve = still_there([*asked], begun["break_off_after"], starts=begun["starts"])
    return [(asked[key], n, 100 * share) for key, n, share in curve]


def came(found: Figures, links: Links) -> list[tuple[str, SafeString]]:
    """By what is known of every response; nothing that all share."""
    languages = {code: language_name(code) for code in found["by_language"]}
    given = [
        ("lang", _("By language"), _("Language"), found["by_language"], languages),
        ("source", _("By source"), _("Source"), found["by_source"], {}),
        ("", _("By kind of device"), _("Kind of device"), found["by_device"], {}),
        ("revision", _("By revision"), _("Revision"), found["by_revision"], {}),
    ]
    return [
        (title, tables.ways(head, ranked(counted, words), name and links.of(name)))
        for name, title, head, counted, words in given
        if len(counted) > 1
    ]


def ranked(
    counted: Mapping[str, int], words: Mapping[str, str]
) -> list[tuple[str, str, int, float]]:
    """Code, words, number and share in per cent of all; most first, as JSON keeps no order."""
    whole = sum(counted.values())
    order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(code, words.get(code, code), n, 100 * n / whole) for code, n in order]


def section(item: Item, of_items: Figures) -> Section:
    """One item's part of a report; of a grid, each row is a section in it."""
    found = of_items.get(item.key, {})
    answered = found.get("answered", 0)
    every = bars(found, item.filters())
    return {
        "item": item,
        "figures": found,
        "asked": answered + found.get("blank", 0) + found.get("declined", 0),
        "bars": every[:MOST_AT_ONCE],
        "further": every[MOST_AT_ONCE:],
        "standings": standings(found, item.filters()),
        "classes": classes(found),
        "rows": [
            (item.filters()[name.removeprefix(f"{item.key}__")], section(row, found["rows"]))
            for name, row in item.operands().items()
            if name in found.get("rows", {})
        ],
    }


def classes(found: Figures) -> list[tuple[str, int]]:
    """Counts of numbers or days by classes: their words, and how many."""
    return [
        (f"{number_format(one['from'])} – {number_format(one['to'])}", one["n"])
        for one in found.get("histogram", [])
    ] or [*found.get("periods", {}).items()]


def minutes(seconds: float | None) -> str:
    return "" if seconds is None else decimal(seconds / 60, places=1)


def newest_texts(at: Desk, sample: Sample | None) -> dict[str, list[tuple[int, str]]]:
    """The newest answers in words to each open question, with the responses they are from."""
    open_keys = [item.key for item in at.items if item.key in item.text_parts]
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in open_keys}
    if not open_keys:
        return found
    if sample is None:
        chosen = Response.objects.filter(survey=at.survey).exclude(status=Status.SPAM)
    else:
        chosen = Response.objects.filter(pk__in=sample.newest(LOOKED_AT))
    texts_alone = [KeyTransform(key, "answers") for key in open_keys]  # the rest is read slowly
    rows = newest_first(chosen).values_list("pk", *texts_alone)
    # A few hold enough of most questions; the others are asked for if one wants more.
    for pk, *texts in chain(rows[:AT_FIRST], rows[AT_FIRST:LOOKED_AT]):
        for key, text in zip(open_keys, texts, strict=True):
            if isinstance(text, str) and len(found[key]) < NEWEST:
                found[key].append((pk, text))
        if all(len(enough) == NEWEST for enough in found.values()):
            break
    return as_readable(found, at)


def as_readable(
    found: Mapping[str, Sequence[tuple[int, str]]], at: Desk
) -> dict[str, list[tuple[int, str]]]:
    """The same with personal data covered, for whoever is not to see it."""
    discretion = Discretion.towards(at.items, sees_personal=at.access.sees_personal)
    words = discretion.words_by({pk for texts in found.values() for pk, _text in texts})
    return {
        key: [(pk, discretion.told(text, words.get(pk, ()))) for pk, text in texts]
        for key, texts in found.items()
    }
