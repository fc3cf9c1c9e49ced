"""Bring the newest copy back on a server of its own, and see whether it is worth something.

Run it from a timer: a backup that was never restored is a hope. Compares nothing with the
live database, which has moved on; it walks the audit chain and opens a personal answer.
"""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from survey_site import backups
from survey_site.environment import BASE_DIR, optional
from survey_site.processes import CannotStart


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="of the copies, as given to backup")
        parser.add_argument("--archive", type=Path, required=True, help="of the WAL")

    def handle(self, *args: Any, **options: Any) -> None:
        archive = options["archive"].resolve()
        try:
            copy = backups.newest(options["folder"])
            with (
                tempfile.TemporaryDirectory(prefix="soundings-drill-") as folder,
                backups.running(
                    copy, Path(folder), archive=archive, until=None, url=optional("DATABASE_URL")
                ) as server,
            ):
                for name, held in backups.checksums(server.url).items():
                    self.stdout.write(f"{held.rows:>12,}  {name}")
                self.asked(server.url, "verify_audit")
                self.asked(server.url, "verify_identity")
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{copy} came back.")

    def asked(self, url: str, command: str) -> None:
        """Run one of our commands on the database that came back."""
        done = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=BASE_DIR,
            env=os.environ | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        self.stdout.write(done.stdout.strip())
        if done.returncode:
            raise CommandError(f"{command} on what came back: {done.stderr.strip()}")
