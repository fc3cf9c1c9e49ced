"""The long form that is measured: what it is said to be, and answered as it asks."""

from random import Random

from django.utils.datastructures import MultiValueDict

from benchmarks.doors import filled_in
from benchmarks.hundred import hundred
from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.definition import check


def test_a_hundred_items_are_asked_forty_of_them_conditionally() -> None:
    """Its figures mean something only while it stays as long and as forked as it was."""
    questionnaire, problems = check(hundred())

    assert problems == [] and questionnaire is not None
    assert len(questionnaire.pages) == 10
    assert len(questionnaire.items) == 100
    assert len(questionnaire.conditions) == 40
    assert len({item.type for item in questionnaire.items}) >= 7
    assert hundred() == hundred()


def test_who_answers_what_is_asked_sends_nothing_else() -> None:
    """Fields that the server drops would make a submission look dearer than it is."""
    questionnaire, _problems = check(hundred())
    assert questionnaire is not None
    chance, lengths = Random(1), set()

    for _respondent in range(50):
        fields = filled_in(questionnaire, chance)
        stored = clean_answers(questionnaire, MultiValueDict(fields)).answers
        assert fields.keys() <= stored.keys()
        lengths.add(len(stored))

    assert min(lengths) < 90 and len(lengths) > 5  # control: people differ
