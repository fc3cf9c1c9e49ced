"""``make bench``: measure, print a table, write ``benchmarks/results/bench.json``.

``ONLY=name`` or ``--only name`` measures one of form_page, submission, exports, refresh,
desk (the pages of the review desk), tagging (staff tagging many while responses come in),
hundred, a form of a hundred items beside the sample, and report, the figures of twelve
questions beside an engine's own time.
``BENCH_RESPONSES`` sets how many responses are stored for the large measurements
(1,000,000). Everything runs on servers of its own, which are gone at the end.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.results import Result, Results, table, write
from benchmarks.servers import SURVEY, Web, database, web
from survey_site.processes import Server, say

NAMES = ("form_page", "submission", "exports", "refresh", "desk", "tagging", "hundred", "report")
SMALL = 10_000


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; 2 where there is no such measurement."""
    only = [word.removeprefix("ONLY=") for word in arguments if word != "--only"]
    if unknown := set(only) - set(NAMES):
        say(f"There is no measurement {', '.join(sorted(unknown))}: use {', '.join(NAMES)}.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    large = max(SMALL, int(os.environ.get("BENCH_RESPONSES", "1_000_000")))
    try:
        with ExitStack() as stack:
            postgres = stack.enter_context(database())
            results = measure(stack, postgres, set(only or NAMES), large=large)
    except KeyboardInterrupt:
        say("\nStopped; nothing was written.")
        return 130
    write(results)
    say(table(results))
    return 0


def measure(stack: ExitStack, postgres: Server, names: set[str], *, large: int) -> Results:
    """Everything in an order that fills the database once."""
    prepare()
    from benchmarks import bulk, desk, desk_acts, doors, exports  # Django must be set up before

    results: dict[str, Result] = {}
    small_refresh = 0.0
    if names - {"report"}:
        bulk.fill_up(SMALL, seed=1)
    if names & {"form_page", "submission", "exports", "tagging", "hundred"}:
        product = stack.enter_context(web("survey_site.wsgi:application"))
    if names & {"form_page", "submission"}:
        bare = bare_beside(product, stack)
    if "form_page" in names:
        say("… form_page")
        results |= doors.form_page(product, bare, postgres)
    if "refresh" in names:
        say(f"… refresh at {SMALL:,}")
        small_refresh = bulk.refresh_after_new(seed=1_000)
    if "submission" in names:
        say(f"… submission at {SMALL:,}")
        results |= doors.submission("submission", product, bare, postgres)
        at_small = results["submission"]
    if names & {"submission", "exports", "refresh", "desk", "tagging"} and large > SMALL:
        say(f"… filling up to {large:,}")
        results["seed"] = bulk.seed(large)
    if "submission" in names and large > SMALL:
        say(f"… submission at {large:,}")
        results |= doors.submission("submission_large", product, bare, postgres)
        at_large = results["submission_large"]
        bare_too = f"bare: {at_large.limit:,.0f} against {at_small.limit:,.0f}"
        note = f"value: at {large:,} stored; limit: at {SMALL:,}; {bare_too}"
        results["submission_growth"] = Result(at_large.value, "requests/s", at_small.value, note)
    if "exports" in names:
        say("… exports")
        results |= exports.exports(postgres, product, rows=large)
    if "refresh" in names:
        say("… refresh of all, then of 1,000 new")
        results["refresh_all"] = bulk.refresh_of_all()
        results["refresh"] = bulk.refresh_of_new(small_refresh, small=SMALL)
    if "desk" in names:
        say("… desk")
        results |= desk.pages()
        results["desk_indexes"] = desk.indexes(postgres.url)
    if "tagging" in names:
        say("… tagging")
        results |= desk_acts.tagging(product)
    if "hundred" in names:  # last, as the others count on all responses being the sample's
        say("… hundred")
        results |= doors.long_form(product, postgres)
    if "report" in names:  # a survey of its own, so that nothing above counts its responses
        from benchmarks import reports

        say("… report")
        results |= reports.reports(
            postgres.url, Path(os.environ["DATA_DIR"]), small=SMALL, large=large
        )
    return results


def bare_beside(product: Web, stack: ExitStack) -> Web:
    """The bare Django, which returns the same page."""
    from benchmarks import doors

    page = Path(os.environ["DATA_DIR"], "page.gz")
    doors.save_page(product[0], page)
    return stack.enter_context(web("benchmarks.bare:application", BARE_PAGE=str(page)))


def prepare() -> None:
    """An empty database becomes one with the survey published."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", "--noinput", verbosity=0)
    call_command("load_survey", SURVEY, "--publish")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
