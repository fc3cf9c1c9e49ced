"""Write any export to a file, without the web: what the staff page gives, on the server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.exports import FORMATS
from feedback.exports.csv import Choices
from feedback.models import Survey
from feedback.models.audit import record
from feedback.responses.in_field import items_of
from feedback.responses.selection import BadSelection, Selection


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--filter", default="", help="as in the address: status=new&q=park")
        parser.add_argument("--labels", action="store_true", help="of options, not their codes")
        parser.add_argument("--bom", action="store_true", help="for spreadsheets that need it")
        parser.add_argument("--personal", action="store_true", help="personal columns as well")

    def handle(self, *args: Any, **options: Any) -> None:
        survey = Survey.objects.filter(slug=options["slug"]).first()
        if survey is None:
            known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no survey {options['slug']}. There are: {known}.")
        items = items_of(survey)
        try:
            selection = Selection.read(options["filter"], items)
            selection.responses(survey, items)  # tells of whom or what there is none
        except BadSelection as error:
            raise CommandError(str(error)) from error
        choices = Choices(**{name: options[name] for name in ("labels", "bom", "personal")})
        record("export", actor=None, survey=survey, personal=choices.personal)
        self.write(options["output"], FORMATS[options["format"]](survey, items, selection, choices))

    def write(self, output: Path, blocks: Any) -> None:
        """Write beside the place and move it there, so that half a file never has the name."""
        unfinished = output.with_name(output.name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                for block in blocks:
                    file.write(block)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{output}: {error.strerror}. Nothing was written.") from error
        unfinished.replace(output)
        self.stdout.write(f"{output}: {output.stat().st_size:,} bytes")
