"""Results for everyone: the latest release, as a page, in a frame, and as open data.

No cookie, no script, no filter. What is shown was stored as it is; only labels and quotes
are looked up, so that a quote is gone with its response.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback.analysis import publishing
from feedback.models import Publication, Quote, Release
from feedback.questionnaire.codebook import guarded
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import quotes
from feedback.responses.in_field import InField
from feedback.web.attempts import survey_at
from feedback.web.languages import language_for, names_of, speaking
from feedback.web.pages import FRAMED, page
from feedback.web.published import Approved, Row, Section, Shown, shown

FOR = 60  # seconds that a page may be kept by whoever fetched it
COLUMNS = (
    *("release", "item", "question", "part", "code", "label"),
    *("count", "share_percent", "rounded_to"),
)


@dataclass(frozen=True)
class Results:
    """What is public of a survey, in one language."""

    survey: InField
    publication: Publication
    release: Release
    language: str

    @property
    def questionnaire(self) -> Questionnaire:
        return self.survey.questionnaire.in_language(self.language)

    @property
    def shown(self) -> list[Shown]:
        asked = self.language if self.language != self.survey.questionnaire.language else ""
        items = publishing.chosen(self.publication, asked)
        return shown(items, self.release.figures, Approved.of(self.publication.survey))

    @property
    def quotes(self) -> dict[str, list[Quote]]:
        """By the key of the item, of those that are chosen."""
        found: dict[str, list[Quote]] = {}
        for quote in quotes.still_said(self.publication.survey):
            found.setdefault(quote.part.partition("__")[0], []).append(quote)
        return found

    @property
    def next_at(self) -> datetime:
        return publishing.due_at(self.publication, self.release)

    def context(self) -> dict[str, Any]:
        own, entries = self.quotes, self.shown
        # Items that are held back may have been rounded by another k.
        rounded_to = sorted({one.k for one in entries} or {self.release.k})
        return {
            "questionnaire": self.questionnaire,
            "language": self.language,
            "languages": names_of(self.survey.questionnaire.offered_languages),
            "survey": self.survey.survey,
            "publication": self.publication,
            "release": self.release,
            "held": self.release.figures["held"],
            "batch": publishing.BATCH * self.publication.k,
            "next_at": self.next_at,
            "entries": [(one, own.get(one.item.key, [])) for one in entries],
            "k": get_text_list([str(k) for k in rounded_to], _("or")),
        }


def results_at(request: HttpRequest, slug: str) -> Results:
    """Raises: Http404 where none are published."""
    survey = survey_at(slug)
    published = Publication.objects.filter(survey_id=survey.id, on=True).select_related("survey")
    publication = published.first()
    release = publishing.latest(publication.survey) if publication else None
    if publication is None or release is None:
        raise Http404
    language = language_for(request, survey.questionnaire.offered_languages)
    return Results(survey, publication, release, language)


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest release as a page."""
    found = results_at(request, slug)
    with speaking(found.language):
        answer = page("public/results.html", found.context(), further=("css/results.css",))
    return kept(request, answer)


@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for a frame on another site, where staff allowed that."""
    found = results_at(request, slug)
    if not found.publication.embed:
        raise Http404
    with speaking(found.language):
        answer = page("public/results_embed.html", found.context(), further=("css/results.css",))
    policy = answer.headers["Content-Security-Policy"]
    answer.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", FRAMED)
    return kept(request, answer)


@require_safe
def data(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same as open data, where staff allowed that: CSV, JSON, and how it was made."""
    found = results_at(request, slug)
    if not found.publication.download or name not in FILES:
        raise Http404
    with speaking(found.language):
        answer = FILES[name](found)
    if name != "json":
        answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-results.{name}"'
    # Nobody is known here, so other sites may read it as anybody may.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return kept(request, answer)


def kept(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """As it may be kept for a minute by anybody, and asked for again by its digest."""
    answer.headers["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer.headers["Cache-Control"] = f"public, max-age={FOR}"
    patch_vary_headers(answer, ["Accept-Language"])
    same = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    if same is not None and same is not answer and "Content-Security-Policy" in answer.headers:
        # A browser takes the headers of this answer for those of the page that it has.
        same.headers["Content-Security-Policy"] = answer.headers["Content-Security-Policy"]
    return same if isinstance(same, HttpResponse) else answer


# -- open data -------------------------------------------------------------------------


def as_csv(found: Results) -> HttpResponse:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    writer.writerows(rows_of(found))
    return HttpResponse(lines.getvalue(), content_type="text/csv; charset=utf-8")


def rows_of(found: Results) -> Iterator[list[str]]:
    for one in found.shown:
        k = found.release.figures["items"][one.item.key]["k"]
        for section in one.sections:
            about = [str(one.release), section.name, guarded(one.item.text)]
            about.append(guarded(section.question))
            for code, row in cells_of(section):
                share = "" if row.share is None else f"{row.share:.1f}"
                count = str(row.n) if row.n is not None else row.words
                yield [*about, guarded(code), guarded(str(row.label)), count, share, str(k)]


def cells_of(section: Section) -> Iterable[tuple[str, Row]]:
    """Rows with their codes; states in brackets, as exports write them."""
    yield from ((row.code, row) for row in section.rows)
    yield from ((f"[{row.code}]", row) for row in section.states)


def as_json(found: Results) -> HttpResponse:
    told = {
        "survey": found.survey.survey.slug,
        "title": found.questionnaire.title,
        "language": found.language,
        "release": found.release.number,
        "released_at": found.release.made_at.isoformat(),
        "licence": found.publication.licence,
        "method": method(found),
        "held_back": found.release.figures["held"],
        "items": [item_as_json(found, one) for one in found.shown],
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def item_as_json(found: Results, one: Shown) -> dict[str, Any]:
    return {
        "item": one.item.key,
        "question": one.item.text,
        "release": one.release,
        "rounded_to": found.release.figures["items"][one.item.key]["k"],
        "tables": [
            {
                "name": section.name,
                "part": section.question,
                "n": section.n,
                "several_answers": section.several,
                "rows": [
                    {"code": code, "label": str(row.label), "count": row.n, "share": row.share}
                    | ({"withheld": row.words} if row.words else {})
                    for code, row in cells_of(section)
                ],
            }
            for section in one.sections
        ],
    }


def as_text(found: Results) -> HttpResponse:
    return HttpResponse(method(found), content_type="text/plain; charset=utf-8")


def method(found: Results) -> str:
    """How the figures were made, in words."""
    text = render_to_string("public/results_method.txt", found.context())
    return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"


FILES = {"csv": as_csv, "json": as_json, "txt": as_text}
