"""What screening flagged: read, and accepted or marked as spam, in one key."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.analysis.intervals import wilson
from feedback.models import Reason, Response, Role, Status
from feedback.open_text.discretion import Discretion
from feedback.permissions import survey_for
from feedback.questionnaire.reading import Reading
from feedback.responses import coding, listed
from feedback.responses import quarantine as screened
from feedback.responses.in_field import items_of
from feedback.responses.order import newest_first
from feedback.web.acting import STATUSES, number_in
from feedback.web.cells import reading_cell

AT_ONCE = 20  # responses on one page
DECISIONS = {"accept": Status.ACKNOWLEDGED, "spam": Status.SPAM}


@dataclass(frozen=True)
class Record:
    """A rule with the share of its flags that were wrong, and how sure that is."""

    rule: screened.Rule
    wrong: int  # percent of those decided
    low: int
    high: int


@login_required
@require_safe
def quarantine(request: HttpRequest, slug: str) -> HttpResponse:
    """Each rule with what it flagged, and the newest responses of one of them."""
    access = survey_for(request.user, slug, Role.VIEWER)
    rules = screened.rules(access.survey)
    items = items_of(access.survey)
    reason = reason_of(request.GET.get("reason", ""), rules)
    found = newest_first(screened.waiting(access.survey, reason))
    questions = listed.asked(listed.usual(items), items)
    discretion = Discretion.towards(items, sees_personal=access.sees_personal)
    page = list(found[:AT_ONCE])
    answers = discretion.over(page, discretion.parts)
    context = {
        "access": access,
        "survey": access.survey,
        "records": [record_of(rule) for rule in rules if rule.flagged],
        "reason": reason,
        "rows": [(row, drawn(listed.readings(answers(row), questions))) for row in page],
        "rest": next(rule.waiting for rule in rules if rule.reason == reason) - len(page),
    }
    return render(request, "review/quarantine.html", context)


def drawn(readings: Iterable[Reading]) -> list[tuple[str, SafeString]]:
    """Each question with its answer, as a line of the list has it."""
    return [(reading.item.text, reading_cell(reading)) for reading in readings]


def reason_of(code: str, rules: list[screened.Rule]) -> Reason:
    """The rule that is asked for, else the one with most to decide."""
    return Reason(code) if code in Reason.values else rules[0].reason


def record_of(rule: screened.Rule) -> Record:
    share = rule.accepted / rule.decided if rule.decided else 0.0
    low, high = wilson(rule.accepted, rule.decided)
    return Record(rule, *(round(100 * part) for part in (share, low, high)))


def decided(request: HttpRequest, row: Response, decision: Status) -> None:
    """Set it, unless somebody else decided on it meanwhile: then say what they did."""
    seen = STATUSES.get(request.POST.get("seen", ""), Status.NEW)
    try:
        coding.set_status(row, decision, actor=request.user, seen=seen)
    except coding.NotPossible as error:
        messages.error(request, str(error))
    except coding.Overtaken as error:
        stands = Status(error.stands or 0).label
        messages.error(
            request,
            _("Somebody was quicker: response %(number)s is “%(status)s” by now. It stays so.")
            % {"number": row.pk, "status": stands},
        )


@login_required
@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept one response or mark it as spam, then go on with the next."""
    access = survey_for(request.user, slug, Role.REVIEWER)
    pk = number_in(request.POST.get("response", ""))
    found = Response.objects.select_related("survey")
    row = get_object_or_404(found, survey=access.survey, pk=pk)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        messages.error(request, _("Choose “Accept” or “Spam”."))
    else:
        decided(request, row, decision)
    reason = request.POST.get("reason", "")
    address = reverse("quarantine", args=[slug])
    return redirect(f"{address}?reason={reason}#waiting" if reason in Reason.values else address)
