"""Every Celery task, each a thin envelope around a function that knows no Celery."""

import logging
import time

from celery import shared_task
from kombu.exceptions import OperationalError

from feedback import refresh as outbox
from feedback.analysis import by_mail
from feedback.exports import building, saved
from feedback.models import Survey
from feedback.open_text import learning
from feedback.open_text.questions import column_of, question_of
from feedback.open_text.vectors import NotAvailable
from feedback.responses import bulk, letters
from feedback.responses.in_field import items_of
from feedback.theming import building as themes
from feedback.theming import drafting, emerging, waiting

logger = logging.getLogger(__name__)
A_MOMENT = 2.0  # seconds that ``refresh`` gives to acts on many
AT_A_STRETCH = 480.0  # seconds that a task of its own does; then ``refresh`` goes on


@shared_task(soft_time_limit=600)
def refresh() -> None:
    """Work off the outbox. Called by beat; a call lost or doubled changes nothing."""
    outbox.refresh()
    bulk.work_off(seconds=A_MOMENT)


@shared_task(soft_time_limit=300)
def send_letters() -> None:
    """Send the e-mail that waits. Called by beat; two at once send nothing twice."""
    letters.send_waiting()


@shared_task(soft_time_limit=600)
def mail_summaries() -> None:
    """Queue the summaries that are due. Called by beat; two at once queue nothing twice."""
    by_mail.queue_due()


@shared_task(soft_time_limit=600)
def act_on_many(number: int) -> None:
    """Work off one act on many responses; with another worker on it there is nothing to do."""
    bulk.run(number, until=time.monotonic() + AT_A_STRETCH)


@shared_task
def build_export(number: int) -> None:
    """Build one export; with another worker on it there is nothing to do."""
    building.build(number)


@shared_task(soft_time_limit=300)
def tend_exports() -> None:
    """Ask for what is due, take away what is no longer offered, go on with what stopped."""
    saved.ask_for_due()
    for number in building.tend():
        build_soon(number)


@shared_task(soft_time_limit=900)
def learn_codes(survey: int, part: str) -> None:
    """Suggest codes for the answers to one open question from those that people coded."""
    of = Survey.objects.get(pk=survey)
    learning.learn_codes(question_of(of, part), column_of(items_of(of), part))


def learn_soon(survey: int, part: str) -> None:
    """Ask a worker to learn; where nobody takes the message, whoever asked asks again."""
    try:
        learn_codes.apply_async((survey, part), retry=False)
    except OperationalError:
        logger.warning("no broker; codes are not learnt")


@shared_task
def find_themes(number: int) -> None:
    """Look for the themes of one question; with another worker on it there is nothing to do."""
    themes.build(number)
    drafting.draft(number)


@shared_task(soft_time_limit=300)
def tend_themes() -> None:
    """Ask for the themes that are due, go on with what stopped, look at what is new."""
    for number in themes.tend():
        find_themes_soon(number)
    for number in emerging.tend():
        look_soon(number)
    for number in waiting.tend():
        place_soon(number)


@shared_task(soft_time_limit=300)
def look_for_new(number: int) -> None:
    """Whether new answers to one question say what none said before."""
    try:
        emerging.look(number)
    except NotAvailable as error:
        logger.warning("theme set %s: %s", number, error)


@shared_task(soft_time_limit=900)
def place_waiting(number: int) -> None:
    """Place answers that wait for the vectors of a server; where it is away they wait on."""
    try:
        waiting.place_waiting(number, seconds=AT_A_STRETCH)
    except NotAvailable as error:
        logger.warning("theme set %s: %s", number, error)


def place_soon(number: int) -> None:
    """Ask a worker; a message that nobody takes ``tend_themes`` sends again."""
    try:
        place_waiting.apply_async((number,), retry=False, expires=60)
    except OperationalError:
        logger.warning("no broker; answers of theme set %s wait on", number)


def look_soon(number: int) -> None:
    """Ask a worker; a message that nobody takes ``tend_themes`` sends again."""
    try:
        look_for_new.apply_async((number,), retry=False, expires=60)
    except OperationalError:
        logger.warning("no broker; theme set %s will be looked at again", number)


def find_themes_soon(number: int) -> None:
    """Ask a worker to begin at once; a message that nobody takes ``tend_themes`` sends again."""
    try:
        find_themes.apply_async((number,), retry=False)
    except OperationalError:
        logger.warning("no broker; theme set %s will be asked for again", number)


def build_soon(number: int) -> None:
    """Ask a worker to begin at once; a message that nobody takes ``tend_exports`` sends again."""
    try:
        build_export.apply_async((number,), retry=False)
    except OperationalError:
        logger.warning("no broker; export %s will be asked for again", number)


def act_soon(number: int) -> None:
    """Ask a worker to begin at once; where nobody takes the message, ``refresh`` begins."""
    try:
        act_on_many.apply_async((number,), retry=False)
    except OperationalError:
        logger.warning("no broker; refresh will see to bulk %s", number)
