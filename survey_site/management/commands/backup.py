"""Copy the whole database into a folder, check the copy, and delete those that are too old."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from survey_site import backups
from survey_site.environment import optional
from survey_site.processes import CannotStart


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="one for all copies, on another disk")
        parser.add_argument("--keep", type=int, default=0, help="so many of them; all if 0")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            keys = backups.names_of(settings.IDENTITY_KEYS)
            copy = backups.take(optional("DATABASE_URL"), folder, keys=keys)
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{copy} is whole.")
        self.stdout.write(f"It takes these IDENTITY_KEYS to read: {', '.join(keys)}")
        if keep := options["keep"]:
            for old in sorted(path.parent for path in folder.glob(f"*Z/{backups.TOLD}"))[:-keep]:
                shutil.rmtree(old)
                self.stdout.write(f"{old} deleted.")
