"""The audit log of one survey, for its owners: who did what, when, and whether it is sealed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from feedback.models import AuditEntry, Response, Role, Survey
from feedback.permissions import survey_for
from feedback.responses import coding
from feedback.web.history import ACTS, OF_THE_INSTANCE, WITH_PERSONAL, spoken_of, told

PAGE = 50  # entries
LARGEST = 2**63 - 1  # number that a row can have


class Looking(forms.Form):
    """What is looked for; as fields of an address, so that a link leads to the same page."""

    who = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=150,
        help_text=_("The name they sign in with, in full."),
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )
    what = forms.ChoiceField(label=_("What"), required=False)
    response = forms.IntegerField(
        label=_("Response number"), required=False, min_value=1, max_value=LARGEST
    )
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, act.kind) for name, act in ACTS.items() if name not in OF_THE_INSTANCE]
        what: Any = self.fields["what"]
        what.choices = [("", _("Anything")), *sorted(kinds, key=lambda kind: str(kind[1]))]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def entries(self, survey: Survey) -> QuerySet[AuditEntry]:
        """The survey's entries that are looked for; days are those of the survey's zone."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        rows = AuditEntry.objects.filter(survey=survey)
        if "who" in given:
            rows = rows.filter(actor__username=given["who"])
        if given.get("what") == WITH_PERSONAL:
            rows = rows.filter(action="export", details__personal=True)
        elif "what" in given:
            rows = rows.filter(action=given["what"])
        if "response" in given:
            rows = rows.filter(response_id=given["response"])
        if "since" in given:
            rows = rows.filter(at__gte=beginning(given["since"], survey))
        if "until" in given:
            rows = rows.filter(at__lt=beginning(given["until"] + timedelta(days=1), survey))
        return rows

    def query(self) -> str:
        return urlencode([(name, self.data[name]) for name in self.fields if self.data.get(name)])


def beginning(day: Any, survey: Survey) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(survey.time_zone))


@dataclass(frozen=True)
class Line:
    """One entry as it is shown; ``there`` says whether its response can be gone to."""

    entry: AuditEntry
    words: str
    seal: int | None
    there: bool


@login_required
@require_safe
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """Entries, newest first, by keyset: any page is as quick as the first."""
    access = survey_for(request.user, slug, Role.OWNER)
    survey, form = access.survey, Looking(request.GET)
    people = survey.memberships.order_by("user__username").values_list("user__username", flat=True)
    context = {"access": access, "survey": survey, "form": form, "people": people}
    if not form.is_valid():
        return render(request, "review/audit.html", context, status=400)
    page, newer, older = keyset_page(form.entries(survey), request.GET)
    context |= {
        "lines": lines(page, survey),
        "newer": newer,
        "older": older,
        "query": form.query(),
    }
    with timezone.override(survey.time_zone):
        return render(request, "review/audit.html", context)


def keyset_page(
    rows: QuerySet[AuditEntry], query: QueryDict
) -> tuple[list[AuditEntry], int | None, int | None]:
    """One page, and the numbers from which the newer and the older page go on, if any do."""
    listed = rows.select_related("actor", "seal")
    before, after = number(query.get("before")), number(query.get("after"))
    if after is not None:
        page = list(listed.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        shown = page[:PAGE][::-1]
        return shown, end(shown, 0, there=len(page) > PAGE), end(shown, -1)
    if before is not None:
        listed = listed.filter(pk__lt=before)
    page = list(listed.order_by("-pk")[: PAGE + 1])
    shown = page[:PAGE]
    return shown, end(shown, 0, there=before is not None), end(shown, -1, there=len(page) > PAGE)


def end(page: list[AuditEntry], which: int, *, there: bool = True) -> int | None:
    return page[which].pk if page and there else None


def number(text: str | None) -> int | None:
    """A place of the address; whatever else stands there is no page of ours."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def lines(entries: list[AuditEntry], survey: Survey) -> list[Line]:
    tags, people = coding.tag_names(survey), spoken_of(entries)
    asked = {entry.response_id for entry in entries if entry.response_id}
    found = Response.objects.filter(survey=survey, pk__in=asked).values_list("pk", flat=True)
    there = set(found)
    return [
        Line(
            entry,
            told(entry, tags, people),
            entry.seal.position if hasattr(entry, "seal") else None,
            entry.response_id in there,
        )
        for entry in entries
    ]
