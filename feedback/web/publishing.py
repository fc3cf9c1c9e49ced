"""What a survey publishes of its results: choosing, looking first, releasing, quoting, stopping."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from feedback.analysis import publishing
from feedback.analysis.disclosure import LEAST_K, MOST_K, USUAL_K
from feedback.models import Publication, Quote, Response, Role, Survey
from feedback.models.audit import record
from feedback.permissions import survey_for
from feedback.responses import quotes
from feedback.responses.acts import NotPossible
from feedback.web.published import Approved, shown

SETTINGS = ("on", "items", "k", "every_hours", "intro", "licence", "embed", "download")
TEXTS = ("intro", "licence")


class PublishForm(forms.Form):
    """What is published, and how often."""

    on = forms.BooleanField(
        required=False,
        label=gettext_lazy("Publish the results"),
        help_text=gettext_lazy(
            "Releases follow by themselves; the first within a minute, if enough have answered."
        ),
    )
    items = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Questions"),
        help_text=gettext_lazy(
            "Personal questions are not among them. Of open questions only the themes, names and "
            "quotes that you approve are shown. A question chosen now comes with the next release."
        ),
    )
    k = forms.IntegerField(
        min_value=LEAST_K,
        max_value=MOST_K,
        initial=USUAL_K,
        label=gettext_lazy("Round counts down to a multiple of"),
        help_text=gettext_lazy(
            "Counts below it are withheld. 5 is usual; take 10 or more where the questions are "
            "sensitive or those asked know each other."
        ),
    )
    every_hours = forms.IntegerField(
        min_value=1,
        max_value=24 * 365,
        initial=24,
        label=gettext_lazy("Hours between releases, at least"),
    )
    intro = forms.CharField(
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("Text above the results"),
    )
    licence = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Licence of the figures"),
        help_text=gettext_lazy("For whoever uses them, such as CC BY 4.0."),
    )
    embed = forms.BooleanField(
        required=False, label=gettext_lazy("Other sites may show the page in a frame")
    )
    download = forms.BooleanField(
        required=False, label=gettext_lazy("Offer the figures as open data, too")
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["items"]
        choices.choices = [(item.key, item.text) for item in publishing.publishable(survey)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("on") and not given.get("items") and "items" not in self.errors:
            self.add_error("items", _("Choose the questions that the public is to see."))
        return given


def publication_of(survey: Survey) -> Publication:
    """The survey's; one that publishes nothing, and is not stored, where it has none."""
    found = Publication.objects.filter(survey=survey).first()
    return found or Publication(survey=survey)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """The settings, and what would be released now."""
    access = survey_for(request.user, slug, Role.EDITOR)
    publication = publication_of(access.survey)
    now = {name: getattr(publication, name) for name in SETTINGS}
    if request.method == "POST" and "stop" in request.POST:
        return saved(request, publication, now | {"on": False})
    form = PublishForm(request.POST or None, initial=now, survey=access.survey)
    if request.method == "POST" and form.is_valid():
        return saved(request, publication, form.cleaned_data)
    context = {
        "access": access,
        "survey": access.survey,
        "publication": publication,
        "form": form,
        "address": request.build_absolute_uri(reverse("results", args=[slug])),
        "releases": access.survey.releases.order_by("-number").defer("figures"),
        "quoted": quoted(access.survey),
        **preview(publication),
    }
    return render(request, "publishing/publish.html", context, status=422 if form.errors else 200)


def preview(publication: Publication) -> dict[str, Any]:
    """What would be released now, as the public would read it."""
    if not publication.items:
        return {}
    survey = publication.survey
    ready, before = publishing.draft(publication), publishing.latest(survey)
    return {
        "ready": ready,
        "entries": shown(publishing.chosen(publication), ready.figures, Approved.of(survey)),
        "batch": publishing.BATCH * publication.k,
        "due_at": publishing.due_at(publication, before) if before else None,
        "unreleased": [i for i in publishing.chosen(publication) if i.key in ready.held],
    }


def quoted(survey: Survey) -> list[tuple[str, list[tuple[Quote, bool]]]]:
    """The quotes by question, each with whether it is still said."""
    said = {quote.pk for quote in quotes.still_said(survey)}
    by_item: dict[str, list[tuple[Quote, bool]]] = {}
    for quote in survey.quotes.select_related("response", "approved_by"):
        key = quote.part.partition("__")[0]
        by_item.setdefault(key, []).append((quote, quote.pk in said))
    texts = {item.key: item.text for item in publishing.publishable(survey)}
    return [(texts.get(key, key), found) for key, found in by_item.items()]


def saved(request: HttpRequest, publication: Publication, wanted: dict[str, Any]) -> HttpResponse:
    """Store what is wanted, with its entry in the audit log if anything changes."""
    changed = [name for name in SETTINGS if getattr(publication, name) != wanted[name]]
    if changed or publication.pk is None:
        for name in changed:
            setattr(publication, name, wanted[name])
        # Of texts only that they changed.
        told = {name: wanted[name] for name in changed if name not in TEXTS}
        told |= {name: len(wanted[name]) for name in changed if name in TEXTS}
        action = "results_stopped" if told.get("on") is False else "results_settings"
        with transaction.atomic():
            publication.save()
            record(action, actor=request.user, survey=publication.survey, **told)
    if publication.on:
        messages.success(request, _("Saved."))
    else:
        messages.success(request, _("Saved. Nothing is published now."))
    return redirect("publish", slug=publication.survey.slug)


@login_required
@require_POST
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Release the results as they are now."""
    access = survey_for(request.user, slug, Role.EDITOR)
    publication = publication_of(access.survey)
    try:
        if publication.pk is None:
            raise NotPossible(_("Choose what is to be published first."))
        made = publishing.release(publication, actor=request.user)
        messages.success(request, _("Release %(number)d is made.") % {"number": made.number})
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("publish", slug=slug)


@login_required
@require_POST
def quote(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let the public read a passage of this response."""
    access = survey_for(request.user, slug, Role.EDITOR)
    row = get_object_or_404(Response, survey=access.survey, pk=pk)
    part, text = (request.POST.get(name, "").replace("\0", "") for name in ("part", "text"))
    try:
        items = publishing.publishable(access.survey)
        quotes.approve(row, part, text, items=items, actor=request.user)
        messages.success(request, _("Approved. The public reads it where results are published."))
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(reverse("response", args=[slug, pk]) + "#quotes")


@login_required
@require_POST
def unquote(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a quote away from the public."""
    access = survey_for(request.user, slug, Role.EDITOR)
    found = access.survey.quotes.filter(pk=pk).select_related("survey").first()
    if found is None:
        raise Http404
    quotes.withdraw(found, actor=request.user)
    messages.success(request, _("The quote is gone from the results."))
    return redirect(reverse("publish", args=[slug]) + "#quotes")
