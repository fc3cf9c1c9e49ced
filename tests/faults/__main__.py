"""``make faults``: so many faults on a copy of the product while people answer, and a table.

``FAULTS`` is their number (2,000), ``SEED`` what they are drawn with (1), ``WEBS`` and
``WORKERS`` how many run against the one database (2 and 2). First come the builds that are
known to be wrong: if the harness finds nothing in one of them, it proves nothing. The exit
code is 1 where anything was lost, doubled or half-made, with the seed and the step.
"""

import os
import signal
import sys

from benchmarks.results import FILE, Result, table, write
from feedback.management.progress import Progress
from survey_site.catalogues import compile_all
from survey_site.processes import say
from tests.faults.bad import BAD, BUILD, report_of
from tests.faults.checker import SETTLED
from tests.faults.copy import Build, running
from tests.faults.harness import RECOVERED, Report, possible, run, schedule
from tests.faults.room import small_disk


def main() -> int:
    number, seed, webs, workers = (
        int(os.environ.get(name) or default)
        for name, default in {"FAULTS": 2_000, "SEED": 1, "WEBS": 2, "WORKERS": 2}.items()
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    compile_all()
    if missed := controls(seed):
        say(f"The harness found nothing wrong with: {', '.join(missed)}. It proves nothing.")
        return 1
    say(f"… {number:,} faults, SEED={seed}, {webs} webs, {workers} workers")
    with running(Build(webs=webs, workers=workers)) as copy, small_disk(copy) as why_not:
        if why_not:
            say(f"Left out: table_without_room ({why_not})")
        progress = Progress("faults", total=number)
        planned = schedule(possible(copy), number, seed)
        report = run(copy, planned, seed=seed, done=progress.add)
        progress.end()
    results = figures(report)
    write(results, FILE.with_name("faults.json"))
    say(table(results))
    say(f"Answers: {dict(report.seen.statuses)}")
    if report.violations:
        say(f"Violated: {report.told()}")
        return 1
    return 0


def controls(seed: int) -> list[str]:
    """The bad builds with which the harness found nothing wrong."""
    say("… builds that are known to be wrong")
    missed = []
    with running(BUILD) as copy:
        for name, bad in BAD.items():
            report = report_of(copy, bad, seed=seed)
            told = [found for found in report.violations if found.kind == bad.kind]
            say(f"  {name}: {len(told)} {bad.kind} of {report.acknowledged} acknowledged")
            if not told:
                missed.append(name)
    return missed


def figures(report: Report) -> dict[str, Result]:
    """The run as a whole, then each fault with its slowest recovery."""
    number, seen = sum(report.done.values()), report.seen
    checks = f"{report.checks} checks, SEED={report.seed}; limit: none"
    whole = {
        "violations": Result(len(report.violations), "found", 0, checks),
        "faults": Result(number, "faults", number, f"in {report.seconds:,.0f} s"),
        "stored": Result(
            report.stored, "responses", report.acknowledged, "limit: those acknowledged"
        ),
        "sent_again": Result(
            seen.retried, "requests", report.acknowledged, "lost or 503; limit: acknowledged"
        ),
        "renewed": Result(seen.renewed, "forms", report.acknowledged, "came a day late"),
        "slowest": Result(report.slowest, "s", RECOVERED, "from a fault to the next receipt"),
        "settled": Result(
            report.settled, "s", SETTLED, "until the outbox is empty and the summary made"
        ),
    }
    each = {
        name: Result(max(taken), "s", RECOVERED, f"slowest of {len(taken)} to the next receipt")
        for name, taken in sorted(report.recoveries.items())
    }
    return whole | each


if __name__ == "__main__":
    sys.exit(main())
