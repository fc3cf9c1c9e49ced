"""Stored answers read back: each question as its respondent read it."""

from feedback.questionnaire.changes import pooled
from feedback.questionnaire.reading import pages_read
from tests import build

ITEMS = [
    {"key": "name", "type": "short_text", "text": "Your name?", "personal": True},
    {"key": "n", "type": "number", "text": "How many?"},
    {"key": "why", "type": "long_text", "text": "{{name}}, why {{n}}?"},
]
ANSWERS = {"name": True, "n": 3, "why": "because"}


def question(identity: dict) -> str:
    ((_page, readings),) = pages_read(build.questionnaire(ITEMS), ANSWERS, identity)
    return readings[2].question


def test_a_recalled_answer_stands_in_the_question() -> None:
    """“Why {{n}}?” is no question that anybody was asked."""
    assert question({"name": "Ada"}) == "Ada, why 3?"


def test_a_personal_answer_is_not_told_by_a_later_question() -> None:
    """Covered on its own line, it must not stand uncovered in the next."""
    assert question({}) == "[Your name?], why 3?"


def test_figures_and_lists_name_the_question_that_is_recalled() -> None:
    """They speak of everybody's answers, so nobody's can stand there."""
    assert [item.text for item in pooled([build.questionnaire(ITEMS)])][2] == (
        "[Your name?], why [How many?]?"
    )
