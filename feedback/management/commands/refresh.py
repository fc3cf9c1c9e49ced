"""Do now what beat has done every few seconds: derive all that follows from the responses."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from feedback import refresh


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="from nothing, not only what changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = refresh.rebuild_everything() if options["rebuild"] else refresh.refresh()
        self.stdout.write(f"{done:,} changes worked off; search and summaries are up to date")
