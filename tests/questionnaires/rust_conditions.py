"""From jumps between questions to conditions: who is asked what lies between.

A question is asked unless a jump that was taken leads past it. So each jump past it takes
answers away from those after which it is asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tests.questionnaires.rust import Question

BLANK = ""  # not answered, or not asked
ONLY_AFTER = re.compile(r'As you selected "([^"]+)"')
# After which answers to which earlier questions, by their numbers, something is asked.
Condition: TypeAlias = Mapping[int, frozenset[str]]


class BadDocument(Exception):
    """What is wrong, and in which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")


def conditions(questions: Sequence["Question"]) -> list[Condition]:
    """When each question is asked; those always asked have an empty condition."""
    when: list[Condition] = []
    for number, question in enumerate(questions):
        allowed: dict[int, frozenset[str]] = {}
        for source, codes in taken_away(number, questions, when):
            if not codes:
                continue
            allowed[source] = allowed.get(source, possible(source, questions, when)) - codes
        if not all(allowed.values()):
            raise BadDocument(question.line, "no path leads here")
        when.append(without_blanks(allowed, questions, when))
    return when


def taken_away(
    number: int, questions: Sequence["Question"], when: Sequence[Condition]
) -> Iterator[tuple[int, frozenset[str]]]:
    """Earlier questions, each with answers after which this one is not asked."""
    for source, earlier in enumerate(questions[:number]):
        yield source, frozenset(code for code, to in earlier.goes.items() if to > number)
        if earlier.skips_to is not None and earlier.skips_to > number:
            yield only_part(when[source], earlier)
    if only := asked_in_words_after(questions, number):
        yield number - 1, possible(number - 1, questions, when) - {only}


def possible(
    source: int, questions: Sequence["Question"], when: Sequence[Condition]
) -> frozenset[str]:
    """All answers to a question; none at all is one, unless everybody must give one."""
    everybody_answers = questions[source].required and not when[source]
    return frozenset([*questions[source].codes, *([] if everybody_answers else [BLANK])])


def only_part(condition: Condition, question: "Question") -> tuple[int, frozenset[str]]:
    """The one thing that a question which is always skipped from waits for."""
    if len(condition) != 1:
        raise BadDocument(question.skip_line, "skips for everybody, or after several answers")
    return next(iter(condition.items()))


def asked_in_words_after(questions: Sequence["Question"], number: int) -> str:
    """The code of the option before that a question's own words name, if they name one."""
    named = ONLY_AFTER.match(questions[number].text)
    if not named:
        return ""
    options = questions[number - 1].lists[0] if number and questions[number - 1].lists else []
    for option in options:
        if option.text == named[1]:
            return option.code
    raise BadDocument(questions[number].line, f"names no option of the question before: {named[1]}")


def without_blanks(
    allowed: Condition, questions: Sequence["Question"], when: Sequence[Condition]
) -> Condition:
    """Whoever is asked this was asked the required questions it waits for, too."""
    return {
        source: codes - {BLANK}
        if questions[source].required and implies(allowed, when[source])
        else codes
        for source, codes in allowed.items()
    }


def implies(condition: Condition, other: Condition) -> bool:
    return all(
        source in condition and condition[source] <= codes for source, codes in other.items()
    )


def written(
    condition: Condition, questions: Sequence["Question"], when: Sequence[Condition]
) -> str:
    """A condition in the product's language, without what follows from its other parts."""
    implied = {
        source
        for later, codes in condition.items()
        if BLANK not in codes
        for source, needed in when[later].items()
        if source in condition and needed <= condition[source]
    }
    parts = []
    for source in sorted(condition.keys() - implied):
        question, codes = questions[source], condition[source]
        listed = [code for code in question.codes if (code in codes) is (BLANK not in codes)]
        words = ", ".join(f'"{code}"' for code in listed)
        test = f"{question.key} in ({words})" if len(listed) > 1 else f"{question.key} = {words}"
        parts.append(f"not ({test})" if BLANK in codes else test)
    return " and ".join(parts)
