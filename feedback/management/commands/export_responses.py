"""Write any export to a file, without the web: what the staff page gives, on the server.

Beside it goes its manifest, which `verify_export` compares it with.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from feedback.exports import FORMATS
from feedback.exports.choices import Choices
from feedback.exports.making import make
from feedback.exports.manifest import written_beside
from feedback.exports.table import Table
from feedback.management.progress import Progress
from feedback.models import Survey
from feedback.models.audit import record
from feedback.responses.counting import count
from feedback.responses.in_field import items_of
from feedback.responses.selection import BadSelection, Selection


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--filter", default="", help="as in the address: status=new&q=park")
        parser.add_argument(
            "--choices",
            default="",
            help="likewise: texts=labels&with=personal&without=open_text&zone=Europe/Paris",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = Survey.objects.filter(slug=options["slug"]).first()
        if survey is None:
            known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no survey {options['slug']}. There are: {known}.")
        try:
            selection = Selection.read(options["filter"], items_of(survey))
            choices = Choices.from_query(QueryDict(options["choices"]))
            table = Table.of(survey, selection, choices, reader=None)
        except BadSelection as error:
            raise CommandError(str(error)) from error
        kind, output = FORMATS[options["format"]], options["output"]
        table = kind.fitted(table)
        for warning in kind.warnings(table, expected := count(table.rows, survey).number):
            self.stderr.write(str(warning))
        record("export", actor=None, survey=survey, personal=choices.personal, format=kind.name)
        progress = Progress("responses", total=expected)
        try:
            told = make(table, kind, output, tick=progress.add)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}. Nothing was written.") from error
        finally:
            progress.end()
        beside = written_beside(output, told)
        self.stdout.write(
            f"{output}: {told['rows']:,} rows, {told['bytes']:,} bytes; {beside.name}"
        )
