"""Summaries by e-mail: once each time they are due, to whoever may see them, without answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from feedback.analysis.by_mail import queue_due, subscribe
from feedback.models import Colour, Letter, Membership, SummaryMail, Survey
from feedback.refresh import refresh
from feedback.responses import tags
from feedback.responses.acts import NotPossible
from feedback.responses.letters import send_waiting
from tests import build

TYPED = "Xylophones in the park"


@pytest.fixture(autouse=True)
def a_mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "127.0.0.1"  # the test runner's own backend keeps what is sent


@pytest.fixture
def subscriber(town: Survey, viewer: Any) -> Any:
    viewer.email = "viewer@example.org"
    viewer.save()
    build.respond(town, wish=TYPED, name="Ada Lovelace", visit="often")
    refresh()
    subscribe(town, viewer, rhythm="daily", query="", page="http://localhost/staff/town/summary/")
    return viewer


def make_due() -> None:
    SummaryMail.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def test_a_letter_has_the_figures_and_nothing_that_people_typed(subscriber: Any) -> None:
    """A mailbox is not under the survey's rules of access."""
    make_due()
    assert (queue_due(), send_waiting()) == (1, 1)

    (letter,) = mail.outbox
    assert letter.to == ["viewer@example.org"]
    assert "1 response" in letter.body and "Often: 1 (100.0 %)" in letter.body
    assert "http://localhost/staff/town/summary/" in letter.body
    assert TYPED not in letter.body and "Lovelace" not in letter.body


def test_what_was_sent_is_not_due_again_and_the_next_tells_the_change(
    town: Survey, subscriber: Any
) -> None:
    """Two workers, or a task sent twice, queue one letter."""
    make_due()
    assert (queue_due(), queue_due()) == (1, 0)
    build.respond(town, wish="More")
    refresh()
    make_due()
    queue_due()
    send_waiting()

    assert len(mail.outbox) == 2
    assert "1 more than in the last letter" in mail.outbox[1].body


def test_who_may_no_longer_see_the_survey_gets_no_letter(subscriber: Any) -> None:
    """The wish goes with the membership."""
    Membership.objects.filter(user=subscriber).delete()
    make_due()

    assert queue_due() == 0
    assert not Letter.objects.exists() and not SummaryMail.objects.exists()


def test_who_cannot_sign_in_any_more_gets_no_letter(subscriber: Any) -> None:
    """Locking somebody out leaves their memberships; the figures stay in the house."""
    subscriber.is_active = False
    subscriber.save()
    make_due()

    assert queue_due() == 0
    assert not Letter.objects.exists() and not SummaryMail.objects.exists()


def test_a_selection_that_is_gone_ends_the_letters_and_says_so(
    town: Survey, subscriber: Any, owner: Any
) -> None:
    """Figures of nothing, or none at all without a word, would be taken for the survey's."""
    tag = tags.create(town, "urgent", Colour.GREY, actor=owner)
    SummaryMail.objects.update(query="tag=urgent")
    make_due()
    assert queue_due() == 1  # nobody has the tag yet, which is a figure

    tags.rename(tag, "pressing", actor=owner)
    assert SummaryMail.objects.get().query == "tag=pressing"
    tags.delete(tag, actor=owner)
    make_due()
    assert queue_due() == 0
    send_waiting()

    assert not SummaryMail.objects.exists()
    assert "There is no tag “pressing” here." in mail.outbox[-1].body


def test_a_title_over_two_lines_stands_in_one_in_the_head_of_a_letter(
    town: Survey, subscriber: Any
) -> None:
    """YAML keeps the break at the end of a block; no mail server takes one in a head."""
    Survey.objects.update(title="The town\nand its park\n")
    make_due()
    queue_due()

    assert send_waiting() == 1
    assert mail.outbox[0].subject == "The town and its park: 1 response"


def test_without_an_address_or_a_mail_server_it_is_refused_with_the_remedy(
    town: Survey, reviewer: Any, subscriber: Any, settings: Any
) -> None:
    """Else somebody waits for a letter that never comes."""
    with pytest.raises(NotPossible, match="has no e-mail address"):
        subscribe(town, reviewer, rhythm="daily", query="", page="http://localhost/")
    settings.EMAIL_HOST = ""
    with pytest.raises(NotPossible, match="EMAIL_HOST"):
        subscribe(town, subscriber, rhythm="daily", query="", page="http://localhost/")
