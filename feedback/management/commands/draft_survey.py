"""Draft a questionnaire from the export of any survey tool, with each guess explained.

Reads what Google Forms, Microsoft Forms, SurveyMonkey, LimeSurvey, Qualtrics and others
export as CSV, and plain tables: with commas, semicolons or tabs, in UTF-8, UTF-16 or
Windows-1252. Look it over, publish it with load_survey, and take in the rows of the same
file with import_responses.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.authoring.drafting.draft import Draft, draft
from feedback.authoring.drafting.language import language_of
from feedback.authoring.drafting.written import written
from feedback.management.progress import Progress
from feedback.questionnaire.readers import document
from feedback.questionnaire.readers.records import BadFile


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or another table of text, with a header")
        parser.add_argument("--slug", required=True, help="address of the survey: small-letters")
        parser.add_argument("--output", type=Path, required=True, help="YAML")
        parser.add_argument("--title", help="by default made of the slug")
        parser.add_argument("--language", help="of its texts, such as de; guessed by default")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, output = options["slug"], options["output"]
        found = self.understood(options["file"])
        title = options["title"] or slug.replace("-", " ").capitalize()
        language = options["language"] or language_of(found)
        text = written(found, slug=slug, title=title, language=language)
        _questionnaire, problems = document.read(text)
        if problems:
            told = "; ".join(str(problem) for problem in problems[:5])
            raise CommandError(f"No questionnaire could be drafted: {told}")
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}. Nothing was written.") from error
        asked = sum(len(question.idea.items) for question in found.questions)
        self.stdout.write(
            f"{output}: {asked} questions from {found.rows:,} rows of {found.layout.tool}"
            f" ({found.shape}), {len(found.left_out)} columns left out"
        )

    def understood(self, file: Path) -> Draft:
        progress = Progress("rows read", total=None)
        try:
            with file.open("rb") as raw:
                return draft(raw, read=progress.add)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}. Check the path.") from error
        except BadFile as error:
            raise CommandError(f"{file}, {error}") from error
        finally:
            progress.end()
