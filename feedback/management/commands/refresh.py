"""Do now what beat has done every few seconds: derive what follows, end acts on many."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from feedback import refresh
from feedback.responses import bulk

HOURS = 7_200.0  # seconds: whatever is unfinished is to be finished


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="from nothing, not only what changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = refresh.rebuild_everything() if options["rebuild"] else refresh.refresh()
        bulk.work_off(seconds=HOURS)
        self.stdout.write(f"{done:,} changes worked off; search and summaries are up to date")
