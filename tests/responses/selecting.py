"""Selections by the questions of the town, read from an address."""

from django.http import QueryDict

from feedback.questionnaire.definition import Questionnaire
from feedback.responses.selection import Selection
from tests import build

QUESTIONNAIRE: Questionnaire = build.questionnaire()
ITEMS = QUESTIONNAIRE.questions


def read(query: str) -> Selection:
    return Selection.from_query(QueryDict(query), ITEMS)
