"""Make a cluster of the newest copy that PostgreSQL, started on it, brings to a moment."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from survey_site import backups
from survey_site.processes import CannotStart


def moment(text: str) -> datetime:
    """Raises: ValueError: it is none, or says no zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="of the copies, as given to backup")
        parser.add_argument("cluster", type=Path, help="the new data directory; must not exist")
        parser.add_argument("--archive", type=Path, required=True, help="of the WAL")
        parser.add_argument("--until", type=moment, help="as in 2027-03-01T12:00:00+00:00")
        parser.add_argument("--copy", type=Path, help="this one instead of the newest")

    def handle(self, *args: Any, **options: Any) -> None:
        cluster: Path = options["cluster"]
        if cluster.exists():
            raise CommandError(f"{cluster} exists: name a folder that does not.")
        try:
            copy = options["copy"] or backups.newest(options["folder"])
            archive = options["archive"].resolve()
            backups.lay_out(copy, cluster, archive=archive, until=options["until"])
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Start PostgreSQL on {cluster}; its log tells when it is there.")
