"""Weights: what is known of the population, what weighting to it would do, and doing it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from feedback.analysis.raking import HIGH, LOW, ImpossibleTargets
from feedback.analysis.weights import (
    Category,
    Weighed,
    category_shares,
    parting,
    stop,
    use,
    weighed,
)
from feedback.frames.cache import frame_of
from feedback.frames.layout import Layout, layout_of
from feedback.models import Role, Weighting
from feedback.permissions import Access, survey_for
from feedback.question_types.base import Item
from feedback.question_types.columns import Message
from feedback.questionnaire.readers.records import BadFile
from feedback.web.downloads import as_file
from feedback.web.targets import Read, read, table_of, template_of, text_of
from feedback.web.uploads import TableField, content_of, refuse_too_large

LONGEST = 100_000  # characters of a table of targets
CHANGED = gettext_lazy(
    "This is not what you looked at last. Below is what it does; use it if it is right."
)


class TargetsForm(forms.Form):
    """A table of targets, as a file or as text, and how far weights may go."""

    file = TableField(
        label=gettext_lazy("Targets as a file"),
        help_text=gettext_lazy("A table (CSV) with the columns item, code and share in per cent."),
        required=False,
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values",
    )
    targets = forms.CharField(
        label=gettext_lazy("Targets as text"),
        help_text=gettext_lazy("The same table, to look at and to mend. A file takes its place."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10, "class": "typed", "spellcheck": "false"}),
    )
    low = forms.FloatField(
        label=gettext_lazy("Smallest weight"),
        min_value=0,
        max_value=0.99,
        initial=LOW,
        help_text=gettext_lazy("As a multiple of the mean weight, which is 1; below 1."),
    )
    high = forms.FloatField(
        label=gettext_lazy("Largest weight"),
        min_value=1.01,
        max_value=1_000,
        initial=HIGH,
        help_text=gettext_lazy("Likewise, above 1. So nobody counts for more than this."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    data: Any

    def __init__(self, request: HttpRequest, initial: dict[str, Any]) -> None:
        sent = request.method == "POST"
        super().__init__(
            request.POST if sent else None, request.FILES if sent else None, initial=initial
        )
        self.request = request

    def clean(self) -> dict[str, Any]:
        """The table as text, wherever it came from; what was uploaded stays in view."""
        refuse_too_large(self.request)
        cleaned: dict[str, Any] = self.cleaned_data
        if file := cleaned.get("file"):
            try:
                text = text_of(content_of(file))
            except BadFile as error:
                raise ValidationError({"file": str(error)}) from error
            if len(text) > LONGEST:
                raise ValidationError({"file": _("This is too long for a table of targets.")})
            self.shows("targets", text)
        return cleaned

    def shows(self, name: str, text: str) -> None:
        """Put a value in place of the one that was sent."""
        self.data = {**{key: self.data[key] for key in self.data}, name: text}
        self.cleaned_data[name] = text

    @property
    def digest(self) -> str:
        """Of all that weights follow from, so that only what was looked at is used."""
        given = [self.cleaned_data[name] for name in ("targets", "low", "high")]
        return hashlib.sha256(repr(given).replace("\\r", "").encode()).hexdigest()


@dataclass(frozen=True)
class Margins:
    """One target item as the page shows it."""

    item: Item
    rows: list[tuple[Message, Category]]


@dataclass(frozen=True)
class Desk:
    """A survey with its frame, for one person."""

    access: Access

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.access.survey)

    @cached_property
    def frame(self) -> pl.DataFrame:
        return frame_of(self.access.survey, self.layout)

    @cached_property
    def items(self) -> dict[str, Item]:
        return parting(self.layout)

    @cached_property
    def weighting(self) -> Weighting | None:
        return Weighting.objects.filter(survey=self.access.survey).first()

    @property
    def kept(self) -> dict[str, Any]:
        """The fields of the form for what is in use."""
        if self.weighting is None:
            return {}
        about = {"low": self.weighting.low, "high": self.weighting.high}
        return {**about, "targets": table_of(self.weighting.targets, self.items)}

    def tried(self, found: Read, *, low: float, high: float) -> tuple[Weighed | None, list[str]]:
        """What these targets do, or everything that is wrong with them."""
        impossible = result = None
        try:
            if found.targets:
                result = weighed(self.frame, self.layout, found.targets, low=low, high=high)
        except ImpossibleTargets as error:
            impossible = error
        problems = found.told(impossible, self.items)
        return (None if problems else result), problems

    def margins(self, result: Weighed | None) -> list[Margins]:
        if result is None:
            return []
        return [
            Margins(item, [(label(item, row.code), row) for row in result.categories(i)])
            for i, item in enumerate(self.items[margin.item] for margin in result.margins)
        ]


def label(item: Item, code: str) -> Message:
    return item.filters()[code] if code else _("No answer")


@login_required
@require_safe
def weights(request: HttpRequest, slug: str) -> HttpResponse:
    """The weights that are in use, if any are, and the form for others."""
    at = Desk(survey_for(request.user, slug, Role.VIEWER))
    form = TargetsForm(request, at.kept)
    if at.weighting is None:
        return shown(request, at, form)
    found = read(at.kept["targets"], at.items)
    result, problems = at.tried(found, low=at.weighting.low, high=at.weighting.high)
    return shown(request, at, form, result=result, problems=problems, in_use=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at what targets do, use them, or stop weighting."""
    at = Desk(survey_for(request.user, slug, Role.EDITOR))
    if request.method != "POST":
        return redirect("weights", slug=slug)
    if request.POST.get("do") == "stop":
        stop(at.access.survey, actor=request.user)
        messages.success(request, _("Each response counts as one again."))
        return redirect("weights", slug=slug)
    form = TargetsForm(request, at.kept)
    if not form.is_valid():
        return shown(request, at, form)
    low, high = form.cleaned_data["low"], form.cleaned_data["high"]
    found = read(form.cleaned_data["targets"], at.items)
    result, problems = at.tried(found, low=low, high=high)
    if result is not None and request.POST.get("do") == "use":
        if form.cleaned_data["seen"] == form.digest:
            use(at.access.survey, found.targets, low=low, high=high, actor=request.user)
            messages.success(request, _("Responses are weighted from now on."))
            return redirect("weights", slug=slug)
        form.add_error(None, CHANGED)
    if result is not None:
        form.shows("seen", form.digest)
    return shown(request, at, form, result=result, problems=problems)


def shown(
    request: HttpRequest,
    at: Desk,
    form: TargetsForm,
    *,
    result: Weighed | None = None,
    problems: list[str] | None = None,
    in_use: bool = False,
) -> HttpResponse:
    """The page. A weighting in use that no longer works is a sight, not a mistake of a form."""
    context = {
        "access": at.access,
        "survey": at.access.survey,
        "form": form,
        "weighting": at.weighting,
        "result": result,
        "margins": at.margins(result),
        "problems": problems or [],
        "in_use": in_use,
        "items": at.items,
    }
    bad = form.errors or (problems and not in_use)
    return render(request, "weights/weights.html", context, status=422 if bad else 200)


@login_required
@require_safe
def template(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A table of all that can be weighted by, to fill in."""
    at = Desk(survey_for(request.user, slug, Role.VIEWER))
    observed = {key: category_shares(at.frame, item) for key, item in at.items.items()}
    text = template_of(at.items, observed)
    # Spreadsheets take a file for UTF-8 by its first three bytes only.
    response = HttpResponse(f"\ufeff{text}\n")
    return as_file(response, f"{slug}-targets.csv", "text/csv; charset=utf-8")
