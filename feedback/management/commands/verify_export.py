"""Compare an export with its manifest; the first thing that is wrong ends with exit code 1."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.exports.manifest import ENDING, NotWhole, verify


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--manifest", type=Path, help="by default FILE" + ENDING)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        place: Path = options["manifest"] or file.with_name(file.name + ENDING)
        try:
            told = json.loads(place.read_text())
            verify(file, told)
        except OSError as error:
            raise CommandError(f"{place}: {error.strerror}. Say where with --manifest.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{place} is no manifest of an export.") from error
        except NotWhole as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {told['rows']:,} rows, whole and unaltered.")
