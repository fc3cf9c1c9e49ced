"""What happens to many responses at once: seeding, export, and the work of ``refresh``."""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.utils import timezone

from benchmarks.results import Result
from benchmarks.servers import SLUG
from feedback import refresh
from feedback.management.progress import Progress
from feedback.models import Change, Response, Survey
from feedback.responses import made_up

ROUNDS = 3
NEW = 1_000


def survey() -> Survey:
    return Survey.objects.select_related("live").get(slug=SLUG)


def fill_up(total: int, *, seed: int) -> float:
    """Make up responses until the survey has ``total``; responses a second."""
    missing = total - Response.objects.count()
    if missing <= 0:
        return 0.0
    progress, live = Progress("responses", total=missing), survey().live
    assert live is not None
    made_up.seed(live, responses=missing, seed=seed, now=timezone.now(), stored=progress.add)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feedback_response")
    return missing / progress.end()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def refresh_after_new(*, seed: int) -> float:
    """Median seconds of ``refresh`` after so many new responses."""
    refresh.refresh()
    seconds = []
    for number in range(ROUNDS):
        fill_up(Response.objects.count() + NEW, seed=seed + number)
        seconds.append(timed(refresh.refresh))
    return median(seconds)


def seed(total: int) -> Result:
    rate = fill_up(total, seed=2)
    return Result(rate, "rows/s", rate, f"made-up responses by COPY, up to {total:,}; no limit")


def refresh_of_all() -> Result:
    """Everything that has come in since: a worker that was away for long."""
    changes = Change.objects.count()
    seconds = timed(refresh.refresh)
    rate = changes / seconds
    return Result(rate, "changes/s", rate, f"{changes:,} in {seconds:.0f} s; no limit")


def refresh_of_new(small_seconds: float, *, small: int) -> Result:
    seconds = refresh_after_new(seed=2_000)
    stored = Response.objects.count()
    note = f"after {NEW:,} new; value: at {stored:,} stored; limit: at {small:,}"
    return Result(seconds, "s", small_seconds, note)
