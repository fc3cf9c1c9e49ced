"""Answers whose writer had seen nothing of the catalogue but which families it has.

A language model wrote and labelled them by reading, one label a naming; no rule and no name of
ours was changed for what came out. In each line of the file: whether the question asked for
models, the families that are named, the text.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from feedback.open_text.mentions import Finder

FILE = Path(__file__).with_suffix(".jsonl")


class Answer(NamedTuple):
    asked: bool
    names: list[str]
    text: str


def answers_apart() -> list[Answer]:
    return [Answer(**json.loads(line)) for line in FILE.read_text("utf-8").splitlines()]


def scores(finder: Finder, answers: Iterable[Answer]) -> tuple[int, int, int]:
    """Names found rightly, all that were found, all that there are.

    Tools and closed models were not labelled; families that nobody named do not count.
    """
    answers = list(answers)
    labelled = {name for answer in answers for name in answer.names}
    right = given = there = 0
    for answer in answers:
        wanted = Counter(answer.names)
        found = (one.family for one in finder.find(answer.text, asked=answer.asked))
        got = Counter(family for family in found if family in labelled)
        right += (wanted & got).total()
        given += got.total()
        there += wanted.total()
    return right, given, there
