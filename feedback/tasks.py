"""Every Celery task, each a thin envelope around a function that knows no Celery."""

from celery import shared_task

from feedback import refresh as outbox
from feedback.responses import letters


@shared_task(soft_time_limit=600)
def refresh() -> None:
    """Work off the outbox. Called by beat; a call lost or doubled changes nothing."""
    outbox.refresh()


@shared_task(soft_time_limit=300)
def send_letters() -> None:
    """Send the e-mail that waits. Called by beat; two at once send nothing twice."""
    letters.send_waiting()
