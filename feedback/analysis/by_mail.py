"""A survey's figures by e-mail, every day or week, to members who asked for them.

Nothing that people typed is in the letter, and nothing personal: it holds what the head of
the report says, and how each question with set answers stands.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.analysis.charts import bars
from feedback.analysis.compile import figures
from feedback.analysis.paradata import partials
from feedback.analysis.tallies import Figures
from feedback.frames.layout import layout_of
from feedback.models import Rhythm, Role, SummaryMail, Survey
from feedback.permissions import survey_for
from feedback.responses import letters
from feedback.responses.acts import NotPossible
from feedback.responses.selection import BadSelection, Selection

MOST_ANSWERS = 8  # of a question


def subscribe(survey: Survey, user: Any, *, rhythm: str, query: str, page: str) -> None:
    """Send it from now on, in place of what was asked for before; a rhythm of "" ends it.

    Raises:
        NotPossible: there is no such rhythm, no address to send to, or no mail server.
    """
    if rhythm == Rhythm.NEVER:
        SummaryMail.objects.filter(survey=survey, user=user).delete()
        return
    if rhythm not in Rhythm.values:
        raise NotPossible(_("Choose how often it is to be sent."))
    if not user.email:
        raise NotPossible(_("Your account has no e-mail address. Ask whoever runs this to add it."))
    if not letters.can_be_sent():
        raise NotPossible(_("This server sends no e-mail. Ask whoever runs it to set EMAIL_HOST."))
    due = Rhythm(rhythm).after(timezone.now())
    wish = {"rhythm": rhythm, "query": query, "page": page, "due_at": due, "last_responses": None}
    SummaryMail.objects.update_or_create(survey=survey, user=user, defaults=wish)


def queue_due() -> int:
    """Queue every letter that is due. Returns how many.

    The letter is queued in the transaction that moves the time on, so that whatever is
    killed, none is lost and none is sent twice. Who may no longer see the survey gets none.
    """
    due = SummaryMail.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True)
    return sum(queue_one(pk) for pk in list(due))


@transaction.atomic
def queue_one(pk: int) -> bool:
    now = timezone.now()
    due = SummaryMail.objects.select_for_update(skip_locked=True, of=["self"])
    mail = due.filter(pk=pk, due_at__lte=now).select_related("user", "survey").first()
    if mail is None:
        return False
    try:
        access = survey_for(mail.user, mail.survey.slug, Role.VIEWER)
        selection = Selection.read(mail.query, layout_of(access.survey).items)
        found = figures(access.survey, selection, reader=mail.user)
    except Http404:
        mail.delete()
        return False
    except BadSelection as gone:
        letters.queue(to=mail.user.email, **told_why(mail, gone))
        mail.delete()
        return False
    n = found["responses"]
    subject = ngettext("%(title)s: %(n)s response", "%(title)s: %(n)s responses", n) % {
        "title": access.survey.title.strip(),
        "n": number_format(n),
    }
    letters.queue(to=mail.user.email, subject=subject, text="\n".join(lines(mail, found)))
    again = Rhythm(mail.rhythm).after(now)
    assert again is not None  # a wish without a rhythm is deleted
    mail.due_at, mail.last_responses = again, found["responses"]
    mail.save(update_fields=["due_at", "last_responses"])
    return True


def told_why(mail: SummaryMail, gone: BadSelection) -> dict[str, str]:
    """The last letter, where figures cannot be selected any more as they were."""
    return {
        "subject": _("%(title)s: these letters end") % {"title": mail.survey.title},
        "text": "\n".join(
            [
                _("The figures that you asked for cannot be selected any more."),
                str(gone),
                "",
                _("You can ask for others there: %(address)s")
                % {"address": mail.page.partition("?")[0]},
            ]
        ),
    }


def lines(mail: SummaryMail, found: Figures) -> Iterator[str]:
    """The letter, a line each."""
    n = found["responses"]
    yield ngettext("%(n)s response", "%(n)s responses", n) % {"n": number_format(n)}
    if mail.last_responses is not None:
        yield _("%(n)s more than in the last letter") % {
            "n": number_format(n - mail.last_responses)
        }
    if not mail.query:
        begun = partials(mail.survey, completes=n)
        yield _("%(n)s begun and not sent") % {"n": number_format(begun["partials"])}
    yield ""
    for item in layout_of(mail.survey).items:
        of_item = found["items"].get(item.key, {})
        drawn = sorted(bars(of_item, item.filters()), key=lambda bar: -bar.n)
        if not drawn:
            continue
        yield item.text
        for bar in drawn[:MOST_ANSWERS]:
            yield f"  {bar.label}: {number_format(bar.n)} ({number_format(bar.share, 1)} %)"
        if len(drawn) > MOST_ANSWERS:
            yield "  …"
        yield ""
    yield _("The whole report: %(address)s") % {"address": mail.page}
    yield _("You asked for this letter there, and can end it there.")
