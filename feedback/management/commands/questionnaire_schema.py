"""Print the JSON Schema of a questionnaire, for editors that complete and check as you type."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from feedback.questionnaire.definition import Questionnaire


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(Questionnaire.model_json_schema(), indent=2))
