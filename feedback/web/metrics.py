"""Figures for Prometheus: counted by each process as it answers, looked up when asked for.

Nothing here names a survey or a person. Processes of one server count into files of their
own (``PROMETHEUS_MULTIPROC_DIR``, set by ``survey_site/wsgi.py``), and whichever is asked
adds them up; so nobody waits for anybody while counting.
"""

import hmac
import os
import platform
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from feedback.web import errors

LOOPBACK = frozenset({"127.0.0.1", "::1"})
# Of a proxy that passes on what somebody else asked.
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
# As the library decides it, when it is imported: whoever sets it later changes nothing.
IN_FILES = "PROMETHEUS_MULTIPROC_DIR" in os.environ
QUEUES = ("celery", "exports")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "soundings_requests", "Requests answered, by route.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "soundings_request_seconds",
    "Until an answer began, by route.",
    ["route"],
    buckets=BUCKETS,
)
SUBMISSIONS = Counter("soundings_submissions", "Forms sent: accepted, or why not.", ["outcome"])

OUTBOX = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)
    FROM (SELECT at FROM feedback_change ORDER BY id LIMIT 100000) waiting
"""
CHUNKS = "SELECT count(*), count(*) FILTER (WHERE layout = '') FROM feedback_framechunk"
EXPORTS = "SELECT state, count(*) FROM feedback_exportfile GROUP BY state"
LETTERS = "SELECT count(*) FROM feedback_letter"
CONNECTIONS = """
    SELECT application_name, count(*) FROM pg_stat_activity
    WHERE application_name LIKE 'soundings%' AND datname = current_database() GROUP BY 1
"""


@cache
def counter(route: str, method: str, status: str) -> Counter:
    return REQUESTS.labels(route, method, status)


@cache
def clock(route: str) -> Histogram:
    return SECONDS.labels(route)


@cache
def outcomes(outcome: str) -> Counter:
    return SUBMISSIONS.labels(outcome)


def count(route: str, method: str, status: int, seconds: float) -> None:
    """One request more."""
    counter(route, method, f"{status // 100}xx").inc()
    clock(route).observe(seconds)


def sent(outcome: str) -> None:
    """One form more that somebody sent."""
    outcomes(outcome).inc()


class State(Collector):
    """How things stand now, for whoever is on call."""

    def collect(self) -> Iterator[Metric]:
        told = {"python": platform.python_version(), "django": django.__version__}
        yield InfoMetricFamily("soundings_build", "What runs.", {"version": version(), **told})
        yield from of_database()
        yield from of_redis()


def of_database() -> Iterator[Metric]:
    up = gauge("database_up", "Does PostgreSQL answer?")
    try:
        with connection.cursor() as cursor:
            figures = list(looked_up(cursor))
    except DatabaseError:
        up.add_metric([], 0)
        yield up
        return
    up.add_metric([], 1)
    yield up
    yield from figures


def looked_up(cursor: CursorWrapper) -> Iterator[Metric]:
    cursor.execute(OUTBOX)
    waiting, oldest = cursor.fetchone() or (0, 0)
    yield gauge("outbox_changes", "Changes not worked off yet, up to 100,000.", waiting)
    yield gauge("outbox_oldest_seconds", "Age of the oldest of them.", float(oldest))
    cursor.execute(CHUNKS)
    chunks, outdated = cursor.fetchone() or (0, 0)
    yield gauge("frame_chunks", "Chunks of frames.", chunks)
    yield gauge("frame_chunks_outdated", "Those that refresh has to lay out anew.", outdated)
    cursor.execute(LETTERS)
    yield gauge("letters_waiting", "E-mails not sent yet.", (cursor.fetchone() or (0,))[0])
    for sql, name, label, about in (
        (EXPORTS, "exports", "state", "Files by state."),
        (CONNECTIONS, "database_connections", "program", "Connections of our programs."),
    ):
        cursor.execute(sql)
        family = GaugeMetricFamily(f"soundings_{name}", about, labels=[label])
        for value, number in cursor.fetchall():
            family.add_metric([str(value)], number)
        yield family


def of_redis() -> Iterator[Metric]:
    up = gauge("redis_up", "Does Redis answer?")
    length = GaugeMetricFamily("soundings_queue_length", "Tasks waiting.", labels=["queue"])
    url = settings.REDIS_URL
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            for queue in QUEUES:
                length.add_metric([queue], int(client.execute_command("LLEN", queue)))
    except redis.RedisError:
        up.add_metric([], 0)
        yield up
        return
    up.add_metric([], 1)
    yield up
    yield length


def gauge(name: str, about: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"soundings_{name}", about, value=value)


@cache
def version() -> str:
    with Path(settings.BASE_DIR, "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for this machine or for who has the token; nobody else learns of the page."""
    if not may_read(request):
        return errors.not_found(request)
    registry = CollectorRegistry()
    if IN_FILES:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in (REQUESTS, SECONDS, SUBMISSIONS):
            registry.register(counted)
    registry.register(State())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """With METRICS_TOKEN, who sends it; without, a program on this machine and no proxy on it."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    passed_on = settings.TRUSTED_PROXIES or any(name in request.META for name in PASSED_ON)
    return not passed_on and request.META.get("REMOTE_ADDR") in LOOPBACK
