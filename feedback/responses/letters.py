"""E-mail: queued encrypted in the database, sent by a worker, and gone once it is sent.

So a web page never waits for a mail server, and no address stands in a message queue.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from feedback.models import Letter
from feedback.models.identity import UnreadableIdentity, decrypt, encrypt

MOST_TRIES = 15  # the last some two days after the first
MOST_AT_ONCE = 20  # at ten seconds each for a server that does not answer
FIRST_WAIT = 5  # seconds; each further try waits twice as long

logger = logging.getLogger(__name__)


def can_be_sent() -> bool:
    """Whether this instance knows a mail server."""
    return bool(settings.EMAIL_HOST)


def queue(*, to: str, subject: str, text: str) -> None:
    """Args: subject: with any white space, which a head of a letter has no room for."""
    nonce, head = uuid4(), " ".join(subject.split())
    sealed = encrypt({"to": to, "subject": head, "text": text}, nonce=nonce)
    Letter.objects.create(nonce=nonce, sealed=sealed)


def send_waiting() -> int:
    """Send what is due, each letter in a transaction of its own. Returns how many went out.

    A letter that could not be sent for two days is deleted: its link has been shown to the
    respondent as well, and an address must not lie here for good.
    """
    Letter.objects.filter(tries__gte=MOST_TRIES).delete()
    now, sent = timezone.now(), 0
    waiting = Letter.objects.order_by("tries", "pk").values_list("pk", "tries", "queued_at")
    for pk, tries, queued_at in waiting[:MOST_AT_ONCE]:
        if now >= queued_at + timedelta(seconds=FIRST_WAIT * (2**tries - 1)):
            sent += send(pk)
    return sent


@transaction.atomic
def send(pk: int) -> bool:
    """Send one letter, unless another worker is at it."""
    letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if letter is None:
        return False
    try:
        content = decrypt(letter.sealed, nonce=letter.nonce)
        subject, text, to = (str(content[part]) for part in ("subject", "text", "to"))
        EmailMessage(subject, text, to=[to]).send()
    # A letter that cannot be written at all must not hold up those behind it.
    except (OSError, SMTPException, ValueError, UnreadableIdentity) as error:
        # Its text could hold the address, so only its kind is told.
        logger.warning("letter %s could not be sent: %s", letter.pk, type(error).__name__)
        Letter.objects.filter(pk=pk).update(tries=F("tries") + 1)
        return False
    letter.delete()
    return True
