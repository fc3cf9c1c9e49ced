"""Stored answers as a person reads them: question, answer, or why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedback.question_types.base import JSON, Answers, Item
from feedback.question_types.columns import Message, State
from feedback.questionnaire.definition import Page, Questionnaire


@dataclass(frozen=True)
class Reading:
    """One item of a response. ``lines`` are its answer; None where it is kept apart."""

    item: Item
    state: State
    lines: list[Message]
    kept_apart: bool = False

    @property
    def answered(self) -> bool:
        return self.state is State.ANSWERED

    @property
    def blank(self) -> bool:
        return self.state is State.BLANK

    @property
    def declined(self) -> bool:
        return self.state is State.DECLINED


def pages_read(
    questionnaire: Questionnaire, answers: Answers, identity: Answers
) -> list[tuple[Page, list[Reading]]]:
    """Each page with its questions as answered.

    Args:
        identity: the personal answers; empty for whoever may not see them.
    """
    return [
        (page, [read(item, answers, identity) for item in page.items if item.asks])
        for page in questionnaire.pages
    ]


def read(item: Item, answers: Answers, identity: Answers) -> Reading:
    state = state_in(answers, item.key)
    if state is not State.ANSWERED:
        return Reading(item, state, [])
    known = identity if item.personal else answers
    if item.personal and item.key not in identity:
        return Reading(item, state, [], kept_apart=True)
    return Reading(item, state, list(lines(item, known)))


def lines(item: Item, answers: Answers) -> Iterator[Message]:
    for part in item.parts():
        if state_in(answers, part) is State.ANSWERED:
            yield item.words(part, answers[part])


def state_in(answers: Answers, part: str) -> State:
    if part not in answers:
        return State.NOT_SHOWN
    answer: JSON = answers[part]
    if answer is None:
        return State.BLANK
    return State.DECLINED if isinstance(answer, dict) else State.ANSWERED
