"""The coding screen: one answer at a time, by keys or by ticks; agreement and shares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback import tasks
from feedback.models import Code, Role
from feedback.open_text import coded, coding
from feedback.open_text.code_frame import codes_of
from feedback.open_text.learning import AT_ONCE, learn_codes
from feedback.open_text.questions import digest_of, ids_of
from feedback.responses.acts import NotPossible
from feedback.web.acting import number_in
from feedback.web.open_question import OpenDesk, open_desk

KEYS = "123456789qwertyuiopasdfghjklzxcvbnm"
LARGEST = 10_000  # answers of a random sample


@dataclass(frozen=True)
class Choice:
    """A code to tick, and the key that ticks it."""

    code: Code
    key: str
    ticked: bool
    sure: float | None  # of the machine, in per cent


@login_required
@require_safe
def screen(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """How far coding has come, and the next answer for whoever codes."""
    at = open_desk(request, slug, key)
    order = request.GET.get("order", "")
    order = order if order in coding.ORDERS else coding.USEFUL
    codes = codes_of(at.access.survey, key, retired=False)
    context = at.context | {
        "progress": coding.progress(at.question, at.column),
        "order": order,
        "last": number_in(request.GET.get("last", "")),
        "codes": codes,
        "orders": [
            (coding.USEFUL, _("What tells most")),
            (coding.SAMPLE, _("The random sample")),
            (coding.SECOND, _("What others have coded")),
        ],
    }
    if at.access.reviews and codes:
        context |= next_answer(request, at, order, codes)
    return render(request, "text/coding.html", context)


def next_answer(
    request: HttpRequest, at: OpenDesk, order: str, codes: Sequence[Code]
) -> dict[str, Any]:
    """The answer that is asked for, or the next that this coder has not read."""
    waiting = coding.queue(at.question, at.column, coder=request.user, order=order)
    asked = number_in(request.GET.get("response", ""))
    for pk in [*([asked] if asked else []), *waiting]:
        try:
            text = coding.text_of_one(at.access.survey, at.column, pk)
        except NotPossible:
            continue
        # What a machine or a colleague thinks would sway whoever is to judge by themselves.
        alone = order != coding.USEFUL
        found = [] if alone else coding.suggested(at.question, pk)
        sure = {one.code.number: one.confidence for one in found}
        given = coding.given_by(at.question, pk, request.user)
        return {
            "answer": {"pk": pk, "text": text, "seen": digest_of(text).hex()},
            "waiting": len(waiting),
            "suggested": found,
            "choices": [
                Choice(
                    code,
                    KEYS[place : place + 1],
                    ticked=code.number in given,
                    sure=sure.get(code.number),
                )
                for place, code in enumerate(codes)
            ],
        }
    return {}


@login_required
@require_POST
def save(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Keep what was ticked, or what was suggested, or that nothing fits, and go on."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    form = request.POST
    pk = number_in(form.get("response", "")) or 0
    numbers = ticked(form)
    if "accept" in form:
        numbers = [one.code.number for one in coding.suggested(at.question, pk)]
    if "none" in form:
        numbers = []
    passage, order = form.get("passage", ""), form.get("order", coding.USEFUL)
    way_on = QueryDict(mutable=True)
    way_on["order"] = order
    try:
        coding.save(
            at.question,
            at.column,
            pk,
            dict.fromkeys(numbers, passage),
            coder=request.user,
            seen=form.get("seen", ""),
        )
        way_on["last"] = str(pk)
    except NotPossible as error:
        messages.error(request, str(error))
        way_on["response"] = str(pk)
    return redirect(f"{reverse('coding', args=[slug, key])}?{way_on.urlencode()}")


def ticked(form: QueryDict) -> list[int]:
    return [number for text in form.getlist("code") if (number := number_in(text))]


@login_required
@require_POST
def learn(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Suggest codes anew from what is coded by now."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    if len(ids_of(at.access.survey, at.column)) > AT_ONCE:
        tasks.learn_soon(at.access.survey.pk, key)
        messages.success(request, _("This takes a few minutes; go on meanwhile."))
    elif found := learn_codes(at.question, at.column):
        messages.success(
            request,
            _("Suggestions are there for %(number)d codes, and what tells most comes first.")
            % {"number": len(found)},
        )
    else:
        messages.success(
            request,
            _(
                "What tells most comes first now. No code has ten answers yet, beside some"
                " without it: suggestions follow then."
            ),
        )
    return redirect("coding", slug=slug, key=key)


@login_required
@require_POST
def sample(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Say how many answers the random sample has."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    size = number_in(request.POST.get("sample", "")) or 0
    if 2 <= size <= LARGEST:
        coding.set_sample(at.access.survey, key, size, actor=request.user)
    else:
        messages.error(request, _("A sample has 2 to %(most)d answers.") % {"most": LARGEST})
    return redirect("coding_shares", slug=slug, key=key)


@login_required
@require_safe
def agreement(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """How far coders agree, and what they do not agree on, one after the other."""
    at = open_desk(request, slug, key)
    waiting = coded.disagreements(at.question, at.column)
    following = coded.disagreement(at.question, at.column, waiting[0]) if waiting else None
    if following and not at.access.reviews:  # who codes reads it as it was written
        following = replace(following, text=at.readable({following.response: following.text})[0])
    context = at.context | {
        "agreement": coded.agreement(at.question),
        "waiting": len(waiting),
        "codes": codes_of(at.access.survey, key, retired=False),
        "next": following,
    }
    return render(request, "text/agreement.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Say the last word on an answer that coders disagree on."""
    at = open_desk(request, slug, key, Role.REVIEWER)
    pk = number_in(request.POST.get("response", "")) or 0
    try:
        coding.save(
            at.question,
            at.column,
            pk,
            dict.fromkeys(ticked(request.POST), ""),
            coder=request.user,
            seen=request.POST.get("seen", ""),
            settles=True,
        )
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("coding_agreement", slug=slug, key=key)


@login_required
@require_safe
def shares(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """How many answers have each code: by hand, by the classifier, and corrected."""
    at = open_desk(request, slug, key)
    context = at.context | {"shares": coded.shares(at.question, at.column)}
    return render(request, "text/shares.html", context)
