"""Read a questionnaire from a file, say every problem with its place, publish it if asked."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from feedback.authoring import pictures
from feedback.authoring.making import make_owner
from feedback.authoring.publish import Refused, publish
from feedback.models import Picture
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.problems import Problem
from feedback.questionnaire.readers import document


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="YAML or JSON")
        parser.add_argument("--publish", action="store_true", help="publish it if it is sound")
        parser.add_argument("--owner", help="user name of who becomes the survey's owner")

    def handle(self, *args: Any, **options: Any) -> None:
        questionnaire, drawn, problems = read(options["file"])
        for problem in problems:
            self.stderr.write(f"{options['file']}: {problem}")
        if questionnaire is None or problems:
            raise CommandError(f"{len(problems)} to mend in {options['file']}; nothing was changed")
        for language, places in questionnaire.missing_translations().items():
            if places:
                where = ", ".join(Problem.path(place) for place in places)
                self.stderr.write(f"{language}: {len(places)} texts are missing: {where}")
        if not options["publish"]:
            asked = len(questionnaire.questions)
            self.stdout.write(f"{questionnaire.slug} is sound: {asked} questions. --publish it.")
            return
        with transaction.atomic():
            pictures.keep(drawn)
            try:
                revision, is_new = publish(questionnaire)
            except Refused as error:
                raise CommandError(str(error)) from error
            if options["owner"]:
                make_owner(user_called(options["owner"]), revision.survey, actor=None)
        self.stdout.write(f"{revision} is {'now' if is_new else 'already'} live")
        if not revision.survey.memberships.exists():
            self.stderr.write("It has no member yet, so no staff page shows it: --owner NAME")


def read(file: Path) -> tuple[Questionnaire | None, list[Picture], list[Problem]]:
    """The questionnaire with the pictures it needs, or all that is wrong with both."""
    text = text_of(file)
    questionnaire, problems = document.read(text)
    if questionnaire is None:
        return None, [], problems
    questionnaire, drawn, problems = pictures.taken_in(questionnaire, folder=file.parent)
    return questionnaire, drawn, document.placed(problems, text)


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text. Save it as UTF-8.") from error


def user_called(name: str) -> Any:
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name}. Make one: manage.py createsuperuser")
    return user
