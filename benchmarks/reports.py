"""Reports of twelve questions: pages, crosstabs, building frames; beside an engine's own time.

The engine is polars, reading the same columns from one Parquet file in the same run, with
the same filter, and counting each question's answers and nothing else.
"""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import polars as pl
import psutil
import psycopg
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.bulk import timed
from benchmarks.exports import psql
from benchmarks.results import Result
from feedback import refresh
from feedback.analysis.compile import figures
from feedback.analysis.crosstab import Crosstab
from feedback.analysis.groupings import of_items
from feedback.analysis.sample import Sample
from feedback.frames import cache
from feedback.frames.build import CHUNK_ROWS, chunk_number
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.management.progress import Progress
from feedback.models import FrameChunk, Membership, Response, Role, Survey
from feedback.models.copying import copied
from feedback.responses import made_up
from feedback.responses.selection import Selection
from survey_site.site import ROOT

SURVEY, SLUG = "benchmarks/report.yaml", "report-bench"
ROUNDS = 7
NEW = 1_000
GOALS = {
    "report_filtered": (0.250, "the report's page with a filter nobody asked for before"),
    "report_words": (0.0, "the same with words in the filter besides; no goal of its own"),
    "report_stored": (0.020, "the report's page without a filter, as compiled"),
    "crosstab_kept": (0.060, "a crosstab, with the frames in the process"),
    "crosstab_cold": (0.400, "a crosstab in a process that has read no frame yet"),
}


def survey() -> Survey:
    return Survey.objects.select_related("live").get(slug=SLUG)


def fill_up(total: int) -> None:
    """Publish the survey, if it is not, and make up responses until it has ``total``."""
    if not Survey.objects.filter(slug=SLUG).exists():
        call_command("load_survey", SURVEY, "--publish")
    missing = total - Response.objects.filter(survey=survey()).count()
    live = survey().live
    if missing > 0 and live is not None:
        progress = Progress("responses", total=missing)
        # Another seed each time: the same would make up the same attempts again.
        made_up.seed(live, responses=missing, seed=total, now=timezone.now(), stored=progress.add)
        progress.end()


def reports(url: str, folder: Path, *, small: int, large: int) -> dict[str, Result]:
    """Every figure at ``small`` and at ``large``; the growth beside each other."""
    fill_up(small)
    refresh.refresh()
    at_small = all_times()
    fresh_small = refreshed()
    fill_up(large)
    connection.cursor().execute("ANALYZE feedback_response")
    results = {"frames_built": built(url)}
    refresh.rebuild_outdated()
    refresh.compile_outdated()
    seconds = all_times()
    for name, (goal, about) in GOALS.items():
        note = f"{about}; at {large:,} responses; limit: the goal"
        results[name] = Result(seconds[name], "s", goal, note)
    for name, value in seconds.items():
        note = f"value: at {large:,} responses; limit: at {small:,}"
        results[f"{name}_growth"] = Result(value, "s", at_small[name], note)
    engine = engine_seconds(folder / "frame.parquet")
    note = "figures of a fresh filter, without the page; limit: polars from Parquet"
    results["report_engine"] = Result(seconds["figures_filtered"], "s", engine, note)
    note = f"refresh after {NEW:,} new at {large:,}; limit: at {small:,}"
    results["report_refresh"] = Result(refreshed(), "s", fresh_small, note)
    note = "of it PostgreSQL's, CPU, mean of rounds through a chunk; limit: the goal"
    results["report_refresh_database"] = Result(database_seconds(), "s", 0.1, note)
    note = "largest resident memory of a process that makes a report; limit: the goal"
    results["report_memory"] = Result(memory() / 1e6, "MB", 600, note)
    return results


def all_times() -> dict[str, float]:
    """Median seconds of each thing, warm but for what is meant to be cold."""
    person, _made = get_user_model().objects.get_or_create(username="bench")
    Membership.objects.get_or_create(survey=survey(), user=person, role=Role.OWNER)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    page, queries = reverse("summary", args=[SLUG]), fresh_queries()

    def get(**more: str) -> None:
        answer = client.get(f"{page}?{urlencode([*next(queries), *more.items()])}")
        assert answer.status_code == 200, answer.status_code

    def stored() -> None:
        assert client.get(page).status_code == 200

    def counted() -> None:
        items = layout_of(survey()).items
        figures(survey(), Selection.from_query(QueryDict(urlencode(next(queries))), items))

    def cold() -> None:
        cache.forget()
        crossed()

    return {
        "report_filtered": middle(get),
        "report_words": middle(lambda: get(q="please")),
        "report_stored": middle(stored),
        "figures_filtered": middle(counted),
        "crosstab_kept": middle(crossed),
        "crosstab_cold": middle(cold),
    }


def middle(work: Callable[[], object]) -> float:
    work()
    return median(timed(work) for _round in range(ROUNDS))


def fresh_queries() -> Iterator[list[tuple[str, str]]]:
    """Filters on three closed questions, each combination once."""
    ages, dogs = ("18-29", "30-49", "50-64", "65"), ("yes", "no")
    least = map(str, range(1, 60))
    for minutes, age, dog in itertools.product(least, ages, dogs):
        yield [("answer.age", age), ("answer.dog", dog), ("from.minutes", minutes)]


def crossed() -> None:
    sample = Sample.of(survey())
    by_name = {one.name: one for one in of_items(sample.layout.items)}
    assert Crosstab.of(sample.frame, by_name["district"], by_name["good"]).test.p <= 1


def refreshed() -> float:
    """Median seconds of ``refresh`` after so many new responses."""
    refresh.refresh()
    seconds, there = [], Response.objects.count()
    for number in range(3):
        live = survey().live
        assert live is not None
        made_up.seed(live, responses=NEW, seed=there + 1 + number, now=timezone.now())
        seconds.append(timed(refresh.refresh))
    return median(seconds)


def database_seconds() -> float:
    """CPU seconds of PostgreSQL in one ``refresh`` after so many new responses.

    The mean of as many as fill a chunk, as the last chunk grows and is stored whole.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [[pid]] = cursor.fetchall()
    backend, rounds, there = psutil.Process(pid), CHUNK_ROWS // NEW, Response.objects.count()
    live, taken = survey().live, 0.0
    assert live is not None
    for number in range(rounds):
        made_up.seed(live, responses=NEW, seed=there + 100 + number, now=timezone.now())
        before = backend.cpu_times()
        refresh.refresh()
        after = backend.cpu_times()
        taken += after.user + after.system - before.user - before.system
    return taken / rounds


def built(url: str) -> Result:
    """All chunks from nothing, beside psql's COPY of the same columns."""
    found, layout = survey(), layout_of(survey())
    rows = Response.objects.filter(survey=found).order_by("id")
    sql, params = copied(rows, layout.expressions.values(), how="FORMAT csv")
    connection.ensure_connection()
    statement = psycopg.ClientCursor(connection.connection).mogrify(sql, params)
    limit = timed(lambda: psql(url, statement))
    FrameChunk.objects.filter(survey=found).delete()
    first, last = rows.first(), rows.last()
    assert first is not None and last is not None
    numbers = range(chunk_number(first.pk), chunk_number(last.pk) + 1)
    anew: dict[int, tuple[int, ...]] = dict.fromkeys(numbers, ())
    with transaction.atomic():
        seconds = timed(lambda: refresh.rebuild_chunks(found, anew, layout))
    return Result(seconds, "s", limit, "frames of all responses; limit: psql's COPY of the columns")


def engine_seconds(file: Path) -> float:
    """The same filters and counts by polars alone, read from the file each time."""
    frame_of(survey(), layout_of(survey())).write_parquet(file)
    single = ["district", "age", "home", "good", "recommend", "safe", "dog"]
    single += ["parts__lake", "parts__lawn", "parts__gate"]
    several = [f"uses__{code}" for code in ("walk", "rest", "play", "sport", "meet")]
    several += [f"wants__{code}" for code in ("bench", "shade", "water", "light")]
    queries = fresh_queries()

    def count() -> None:
        query = dict(next(queries))
        kept = pl.scan_parquet(file).filter(
            (pl.col("age") == query["answer.age"])
            & (pl.col("dog") == (query["answer.dog"] == "yes"))
            & (pl.col("minutes") >= int(query["from.minutes"]))
        )
        plans: list[Any] = [kept.group_by(name).len() for name in single]
        plans.append(kept.select(pl.col(several).sum()))
        plans.append(kept.select(pl.col("minutes").mean(), pl.col("order__trees").mean()))
        pl.collect_all(plans)

    return middle(count)


def memory() -> float:
    """Bytes, of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.report_memory"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(json.loads(ended.stdout.splitlines()[-1]))
