"""Store made-up responses to a published survey; the same seed gives the same ones."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from feedback.management.progress import Progress
from feedback.models import Response, Revision
from feedback.responses import made_up


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--responses", type=count, default=2_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if the survey has responses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        revision = published(options["slug"])
        survey = revision.survey
        if options["if_empty"] and Response.objects.filter(survey=survey).exists():
            self.stdout.write(f"{survey} has responses; none were made up")
            return
        progress = Progress("responses", total=options["responses"])
        try:
            made_up.seed(
                revision,
                responses=options["responses"],
                seed=options["seed"],
                now=timezone.now(),
                stored=progress.add,
            )
        except IntegrityError as error:
            raise CommandError(
                f"{survey} has responses made up from the seed {options['seed']} already. "
                "Choose another --seed."
            ) from error
        except made_up.CannotMakeUp as error:
            raise CommandError(f"{error}. Nothing more was stored.") from error
        seconds = progress.end()
        if not revision.questionnaire.demonstration:
            self.stderr.write(f"{survey} is no demonstration: filter by the source “demo…”.")
        self.stdout.write(f"{options['responses']:,} made-up responses in {seconds:.1f} s")


def count(text: str) -> int:
    """A number of responses, such as 2000 or 1_000_000."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise ArgumentTypeError(f"{text} is no number of responses; write one like 2000")
    return number


def published(slug: str) -> Revision:
    """The live revision of the survey at this address."""
    live = Revision.objects.filter(survey__slug=slug, survey__live=F("pk"))
    revision = live.select_related("survey").first()
    if revision is None:
        raise CommandError(
            f"No survey is published as {slug}. "
            "Publish it first: manage.py load_survey FILE --publish"
        )
    return revision
