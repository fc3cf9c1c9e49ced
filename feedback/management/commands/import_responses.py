"""Take in responses from a file: all of its rows, or none and each refused row's reason.

The file is the survey's own export, as CSV or as JSON Lines, or that of another tool, for a
survey that was drafted from it (draft_survey): what its columns are then stands in the
questionnaire under imported_from.

Of an export in CSV only the columns that it has are read, and a question without a column is
stored as not shown. Cells hold codes, as the export writes them by default: [not_shown],
[refused] and [dont_know] for these states, 1 and 0 for ticks, or the codes of the ticked
options joined by " | " in one column; one apostrophe before a text is taken off. Of the
response's own columns received_at (UTC unless it names an offset), language, source, seconds,
status and reasons are read; the others may stand there and are ignored, as each row becomes a
new response to the live revision. Responses that were withdrawn are counted and skipped. The
same file again stores nothing twice.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.management.commands.seed_demo import published
from feedback.management.progress import Progress
from feedback.models import Survey
from feedback.moving import take_in
from feedback.questionnaire.readers.records import BadFile
from feedback.responses import importing

MOST_TOLD = 50


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path, help="CSV with a header, or JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        survey, file = published(options["slug"]).survey, options["file"]
        report = self.imported(survey, file)
        self.stdout.write(f"{report.stored:,} responses stored in {survey}")
        if report.there_already:
            self.stdout.write(f"{report.there_already:,} of the file were there already")
        if report.withdrawn:
            self.stdout.write(f"{report.withdrawn:,} were withdrawn, and are left out")
        if report.absent:
            self.stdout.write(f"not in the file, so not shown: {', '.join(report.absent)}")

    def imported(self, survey: Survey, file: Path) -> importing.Report:
        progress = Progress("rows", total=None)
        try:
            with file.open("rb") as raw:
                return take_in(survey, raw, actor=None, most=MOST_TOLD, read=progress.add)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}. Check the path.") from error
        except BadFile as error:
            raise CommandError(f"{file}, {error} Nothing was stored.") from error
        except importing.Refused as refused:
            progress.end()
            self.tell(file, refused.report)
            raise CommandError(f"{refused}; nothing was stored") from refused
        finally:
            progress.end()

    def tell(self, file: Path, report: importing.Report) -> None:
        for refusal in report.refusals:
            self.stderr.write(f"{file}, {refusal}")
        if more := report.reasons - len(report.refusals):
            self.stderr.write(f"… and {more:,} more")
