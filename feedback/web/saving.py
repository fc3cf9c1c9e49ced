"""Keeping what was typed and coming back to it: by script now and then, or by a button."""

from dataclasses import replace

from django import forms
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from feedback.models import Partial
from feedback.question_types.base import Posted
from feedback.questionnaire.form import AnswerForm
from feedback.responses import letters, partials, tickets
from feedback.responses.in_field import InField, revision
from feedback.responses.receive import general
from feedback.responses.tickets import Ticket
from feedback.web.arrivals import source_of
from feedback.web.attempts import (
    closed_page,
    in_time,
    page_for,
    page_number,
    read_form,
    renewed,
    survey_at,
    unreadable,
)
from feedback.web.bodies import BadBody
from feedback.web.errors import gone
from feedback.web.forms import ALL
from feedback.web.languages import language_for, speaking
from feedback.web.pages import page
from feedback.web.receipt import secret

NOT_KEPT = gettext_lazy(
    "Nothing was saved: these answers were sent before, or this survey keeps nothing. "
    "Everything you typed is still here."
)
NOTHING_TYPED = gettext_lazy("There is nothing to keep yet: answer a question first.")
MOST_LETTERS = 3  # with one link; a form that sends mail to anyone is not ours to give


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what a script sends of a form that is being filled in; the ticket comes back renewed."""
    survey = survey_at(slug)
    try:
        posted, damaged = read_form(request, survey)
    except BadBody as bad:
        return unreadable(bad, survey)
    language = language_for(request, survey.questionnaire.offered_languages, posted)
    ticket = renewed(survey, posted)
    if damaged:  # kept, it would come back altered
        return JsonResponse({"saved": False}, status=422)
    if not in_time(survey, posted):
        return JsonResponse({"saved": False}, status=403)
    told = {"saved": True, "ticket": tickets.signed(ticket)}
    try:
        kept = keep_under(ticket, request, survey, posted, language, chosen=False)
    except partials.NothingTyped:
        return JsonResponse(told)
    if kept is None:
        return JsonResponse(told | {"saved": False})
    resume = reverse("resume", args=[slug, kept.code])
    return JsonResponse(told | {"until": kept.until.isoformat(), "resume": resume})


def keep_under(
    ticket: Ticket,
    request: HttpRequest,
    survey: InField,
    posted: Posted,
    language: str,
    *,
    chosen: bool,
) -> partials.Kept | None:
    return partials.save(
        posted,
        ticket=ticket,
        survey=survey,
        questionnaire=revision(ticket.revision).questionnaire,
        language=language,
        source=source_of(request),
        page=page_number(posted),
        chosen=chosen,
    )


def keep(request: HttpRequest, survey: InField, posted: Posted, language: str) -> HttpResponse:
    """The button “save and finish later”: all is kept, and the page tells how to come back."""
    ticket, why = renewed(survey, posted), NOT_KEPT
    try:
        kept = keep_under(ticket, request, survey, posted, language, chosen=True)
    except partials.NothingTyped:
        kept, why = None, NOTHING_TYPED
    if kept is None:
        form = page_for(survey, ticket.revision, language, ticket=tickets.signed(ticket))
        return form.response(status=422, posted=posted, error=general(why))
    address = reverse("resume", args=[survey.survey.slug, kept.code])
    response = HttpResponse(status=303)
    response.headers["Location"] = f"{address}?{urlencode({'saved': '1', 'lang': language})}"
    return response


class Address(forms.Form):
    """Where the link is to be sent; the address is used for that and kept nowhere."""

    email = forms.EmailField(max_length=254)


@secret
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Come back to what was kept; right after saving, how to come back."""
    survey = survey_at(slug)
    partial = partials.find(code, survey=survey.id)
    # In a language of the revision that was begun; the live one may have others.
    begun = revision(partial.revision_id).questionnaire if partial else survey.questionnaire
    asked = [request.GET.get("lang", ""), partial.language if partial else "", begun.language]
    language = next(name for name in asked if name in begun.offered_languages)
    with speaking(language):
        if partial is None:
            return gone(
                title=_("Nothing is kept here any more"),
                text=_(
                    "Either these answers were sent, or the time they were kept for is over."
                    " You can begin anew."
                ),
                back=reverse("answer", args=[slug]),
            )
        if request.method == "POST" or "saved" in request.GET:
            return saved_page(request, survey, partial, code, language)
        return resumed(survey, partial, language)


def resumed(survey: InField, partial: Partial, language: str) -> HttpResponse:
    """The form as it was left, under the ticket of the same attempt."""
    ticket = Ticket.new(
        survey=survey.id,
        revision=partial.revision_id,
        nonce=partial.nonce,
        at=int(partial.begun_at.timestamp()),
    )
    renewal = survey.renewal()
    if not survey.takes(issued_at=renewal):
        questionnaire = revision(partial.revision_id).questionnaire.in_language(language)
        typed = AnswerForm(questionnaire, partials.fields_of(partial))
        return closed_page(survey, language, sent=typed)
    query = urlencode({"source": partial.source}) if partial.source else ""
    form = page_for(
        survey,
        partial.revision_id,
        language,
        ticket=tickets.signed(replace(ticket, issued_at=renewal)),
        action=f"{reverse('answer', args=[survey.survey.slug])}{query and '?'}{query}",
        hidden={ALL: 1} if partial.chosen else {},
        extra={"resumed": partial},
    )
    return form.response(status=200, posted=partials.fields_of(partial))


def saved_page(
    request: HttpRequest, survey: InField, partial: Partial, code: str, language: str
) -> HttpResponse:
    """The link to come back by, and the offer to send it."""
    link = request.build_absolute_uri(reverse("resume", args=[survey.survey.slug, code]))
    form = Address(request.POST if request.method == "POST" else None)
    offered = letters.can_be_sent() and partial.letters < MOST_LETTERS
    was_sent = bool(offered and request.method == "POST" and form.is_valid())
    if was_sent:
        was_sent = send_link(partial, link, survey, to=form.cleaned_data["email"])
    context = {
        "questionnaire": survey.questionnaire.in_language(language),
        "language": language,
        "partial": partial,
        "link": link,
        "form": form if offered and not was_sent else None,
        "was_sent": was_sent,
    }
    return page("public/saved.html", context, status=422 if form.errors else 200)


def send_link(partial: Partial, link: str, survey: InField, *, to: str) -> bool:
    """One more letter for this partial, with nothing in it that the respondent wrote.

    Returns:
        Whether it may have one more; many that ask at once get no more than one that asks.
    """
    text = _(
        "With this link you can go on with your answers to “%(title)s”:\n\n%(link)s\n\n"
        "Whoever has the link can read and change them. They are kept until %(until)s.\n"
        "If this was not you, somebody mistyped their address: you can ignore this message."
    ) % {
        "title": survey.questionnaire.in_language(partial.language).title
        if partial.language in survey.questionnaire.offered_languages
        else survey.questionnaire.title,
        "link": link,
        "until": date_format(localtime(partial.expires_at), "DATE_FORMAT"),
    }
    with transaction.atomic():
        own = Partial.objects.filter(pk=partial.pk, letters__lt=MOST_LETTERS)
        if not own.update(letters=F("letters") + 1):
            return False
        letters.queue(to=to, subject=_("Your answers, to be continued"), text=text)
    return True
