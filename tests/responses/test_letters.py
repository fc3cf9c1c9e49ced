"""Letters: encrypted while they wait, gone once sent, none in the way of another."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from feedback.models import Letter
from feedback.responses import letters

pytestmark = pytest.mark.django_db


def queue(to: str = "ada@example.org") -> None:
    letters.queue(to=to, subject="Your answers", text="the link")


def test_a_letter_is_sealed_while_it_waits_and_gone_once_sent() -> None:
    """No address lies about, neither before nor after."""
    queue()
    assert b"ada" not in bytes(Letter.objects.get().sealed)

    assert letters.send_waiting() == 1

    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert not Letter.objects.exists()


def test_a_mail_server_that_is_away_leaves_it_queued(caplog: pytest.LogCaptureFixture) -> None:
    """And the log does not say for whom."""
    caplog.set_level(logging.DEBUG)
    queue()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1):
        assert letters.send_waiting() == 0

    assert Letter.objects.get().tries == 1
    assert "could not be sent" in caplog.text and "ada" not in caplog.text
    assert letters.send_waiting() == 0  # not at once again
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    assert letters.send_waiting() == 1


def test_a_letter_that_was_given_up_is_gone() -> None:
    """An address must not lie in the database for good."""
    queue()
    Letter.objects.update(tries=letters.MOST_TRIES)

    assert letters.send_waiting() == 0
    assert not Letter.objects.exists()


def test_a_letter_that_cannot_be_sent_holds_up_no_other() -> None:
    """One with a line end in its address, one whose key is lost: the next one goes out."""
    queue("ada@example.org\nBcc: all@example.org")
    Letter.objects.create(nonce=uuid4(), sealed=b"none of our keys opens this one")
    queue()

    assert letters.send_waiting() == 1
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
