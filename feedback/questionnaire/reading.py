"""Stored answers as a person reads them: question, answer, or why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback.question_types.base import JSON, Answers, Item
from feedback.question_types.columns import Message, State
from feedback.questionnaire.comparing import Piece, compared
from feedback.questionnaire.definition import Page, Questionnaire
from feedback.questionnaire.recall import filled, words_for


@dataclass(frozen=True)
class Reading:
    """One item of a response: ``question`` as it read then, ``lines`` its answer.

    No lines where there is no answer, or where it is kept apart.
    """

    item: Item
    state: State
    lines: list[Message]
    kept_apart: bool = False
    question: str = ""

    @property
    def answered(self) -> bool:
        return self.state is State.ANSWERED

    @property
    def blank(self) -> bool:
        return self.state is State.BLANK

    @property
    def declined(self) -> bool:
        return self.state is State.DECLINED


@dataclass(frozen=True)
class Whole:
    """Stored answers with the personal ones beside them, which are empty where covered."""

    answers: Answers
    identity: Answers


@dataclass(frozen=True)
class Difference:
    """One item that reads otherwise after a change than before it."""

    item: Item
    before: Reading
    after: Reading

    @property
    def marked(self) -> list[Piece]:
        """The text with what was put in and what was taken out, where both are texts."""
        if not (self.item.in_sentences and self.before.lines and self.after.lines):
            return []
        return compared(*("\n".join(map(str, r.lines)) for r in (self.before, self.after)))


def pages_read(
    questionnaire: Questionnaire, answers: Answers, identity: Answers
) -> list[tuple[Page, list[Reading]]]:
    """Each page with its questions as answered.

    Args:
        identity: the personal answers; empty for whoever may not see them.
    """
    words = words_for(questionnaire.operands, open_to(questionnaire, answers, identity))

    def in_full(item: Item) -> Reading:
        return replace(read(item, answers, identity), question=filled(item.text, words))

    return [
        (page, [in_full(item) for item in page.items if item.asks]) for page in questionnaire.pages
    ]


def open_to(questionnaire: Questionnaire, answers: Answers, identity: Answers) -> Answers:
    """The answers that a reader may see, personal ones among them if ``identity`` has them."""
    personal = {item.key for item in questionnaire.items if item.personal}
    return {
        key: a for key, a in answers.items() if key.partition("__")[0] not in personal
    } | identity


def read(item: Item, answers: Answers, identity: Answers) -> Reading:
    state = state_in(answers, item.key)
    if state is not State.ANSWERED:
        return Reading(item, state, [])
    known = identity if item.personal else answers
    if item.personal and item.key not in identity:
        return Reading(item, state, [], kept_apart=True)
    return Reading(item, state, list(lines(item, known)))


def differences(questionnaire: Questionnaire, before: Whole, after: Whole) -> list[Difference]:
    """What a change changed, in the order of the questionnaire.

    Of covered answers only that they came or went; that one replaced another is not told.
    """
    found = []
    for item in questionnaire.questions:
        old, new = (read(item, own.answers, own.identity) for own in (before, after))
        if said(old) != said(new):
            found.append(Difference(item, old, new))
    return found


def said(reading: Reading) -> tuple[State, bool, list[str]]:
    return reading.state, reading.kept_apart, [str(line) for line in reading.lines]


def orders_read(
    questionnaire: Questionnaire, orders: Mapping[str, Sequence[str]]
) -> list[tuple[Item, list[Message]]]:
    """The options of each shuffled item in the order that one respondent saw."""
    shuffled = [(item, orders[item.key]) for item in questionnaire.items if item.key in orders]
    return [(item, [item.filters().get(code, code) for code in order]) for item, order in shuffled]


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
