"""Print the reference of question types: docs/question-types.md is its output."""

from typing import Any

from django.core.management.base import BaseCommand

from feedback.questionnaire.type_docs import reference


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(reference(), ending="")
