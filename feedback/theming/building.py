"""Searching for themes on a worker: asked for, watched, begun again where one was killed.

Whoever searches holds a lock that PostgreSQL frees when it dies; ``tend`` finds what nobody
is at. What was there before stays until the whole of the new is written.
"""

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from feedback.models import Survey, ThemeSet, ThemesState, WhyNoThemes
from feedback.models.audit import record
from feedback.open_text.embedder import NotAvailable
from feedback.open_text.texts import says_nothing
from feedback.theming.answers import open_items_of, written
from feedback.theming.fitting import search, store

if TYPE_CHECKING:
    from collections.abc import Generator

ENOUGH = 50  # answers that say something
GREW = 2  # times the answers of the latest search, and it is time for another
MOST_TRIES = 3
LOCK = 0x54484D45  # the first key of the advisory locks; the second is the set's number
UNFINISHED = (ThemesState.WAITING, ThemesState.BUILDING)
TELLING = 0.5  # seconds between two notes of how far it has come

logger = logging.getLogger(__name__)


@transaction.atomic
def ask(survey: Survey, key: str, *, actor: Any, number: int | None = None) -> ThemeSet:
    """Ask for a search; one that goes on is not begun twice."""
    kept, new = ThemeSet.objects.defer("model").get_or_create(survey=survey, item=key)
    kept = ThemeSet.objects.select_for_update().defer("model").get(pk=kept.pk)
    if kept.unfinished and not new:
        return kept
    kept.state, kept.why, kept.tries, kept.done = ThemesState.WAITING, "", 0, 0
    kept.asked_by, kept.number = actor, number
    kept.save(update_fields=["state", "why", "tries", "done", "asked_by", "number"])
    if actor is not None:
        record("themes_find", actor=actor, survey=survey, item=key)
    return kept


def build(number: int) -> None:
    """Look for the themes of one set, unless that is done or another worker is at it."""
    with alone(number) as ours:
        if not ours:
            return
        sets = ThemeSet.objects.filter(pk=number, state__in=UNFINISHED)
        kept = sets.select_related("survey").defer("model").first()
        if kept is None:
            return
        if kept.tries >= MOST_TRIES:
            ended(number, WhyNoThemes.STOPPED)
            return
        sets.update(state=ThemesState.BUILDING, tries=F("tries") + 1, done=0)
        try:
            find_and_store(kept)
        except DatabaseError:
            raise  # it is away, or was restarted: ``tend`` has it done again
        except NotAvailable as error:
            logger.warning("theme set %s: %s", number, error)
            ended(number, WhyNoThemes.VECTORS)
        except Exception as error:
            # Its text could hold an answer, so only its kind is told.
            logger.error("theme set %s: %s", number, type(error).__name__)
            ended(number, WhyNoThemes.ERROR)


def find_and_store(kept: ThemeSet) -> None:
    texts = written(kept.survey, kept.item)
    usable = sum(not says_nothing(text) for text in texts.values())
    sets = ThemeSet.objects.filter(pk=kept.pk)
    sets.update(expected=usable, answers=len(texts))
    if usable < ENOUGH:
        ended(kept.pk, WhyNoThemes.TOO_FEW)
        return
    told = time.monotonic()
    done = 0

    def tick(further: int) -> None:
        nonlocal told, done
        done += further
        if time.monotonic() - told >= TELLING:
            told = time.monotonic()
            sets.update(done=done)

    store(kept.pk, search(kept, texts, tick))


def ended(number: int, why: WhyNoThemes) -> None:
    ThemeSet.objects.filter(pk=number).update(state=ThemesState.FAILED, why=why)


@contextmanager
def alone(number: int) -> "Generator[bool]":
    """Whether nobody else is at this set; then nobody else will be, until this is left."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, number])
            [[ours]] = cursor.fetchall()
        yield ours
    finally:
        own.close()  # and with it the lock is free


def tend() -> list[int]:
    """Ask for what is due. Returns: the numbers of sets to be worked on."""
    for survey in Survey.objects.filter(live__isnull=False, summary__isnull=False):
        figures = survey.summary.figures.get("items", {})
        known = dict(survey.theme_sets.values_list("item", "answers"))
        for item in open_items_of(survey):
            if not item.in_sentences:
                continue  # names and addresses have no themes unless somebody asks for them
            answered = figures.get(item.key, {}).get("answered", 0)
            if answered >= max(ENOUGH, GREW * known.get(item.key, 0)):
                ask(survey, item.key, actor=None)
    waiting = ThemeSet.objects.filter(state__in=UNFINISHED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
