"""The two surveys that ``rust.py`` reads, and answers along a path through one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from feedback.question_types.base import Item
from feedback.questionnaire.definition import Questionnaire
from tests.questionnaires import data, rust
from tests.questionnaires.paths import Path, Stop, stops

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Survey:
    """One document, and the lines whose link leads nowhere with the headings they mean."""

    year: int
    mended: Mapping[int, int]

    def __str__(self) -> str:
        return str(self.year)

    @cached_property
    def text(self) -> str:
        return data.text_of(f"questionnaires/rust/{self.year}-annual-survey_questions.md")

    def definition(self, slug: str = "community") -> dict[str, Any]:
        return rust.read(self.text, slug=slug, mended=self.mended)

    @cached_property
    def asking(self) -> list[Stop]:
        return [stop for stop in stops(self.text, self.mended) if stop.asks]

    def items(self, questionnaire: Questionnaire) -> dict[int, Item]:
        """The items by the lines of their questions."""
        lines = [stop.line for stop in self.asking]
        return dict(zip(lines, questionnaire.items, strict=True))

    def filled(self, path: Path, questionnaire: Questionnaire, chance: Random) -> Fields:
        """Form fields of somebody who goes this path, made up where it does not decide."""
        items = self.items(questionnaire)
        return {
            name: values
            for stop in self.asking
            if stop.line in path.asked
            for name, values in answer(stop, items[stop.line], path, chance).items()
        }


SURVEYS = (Survey(2023, {}), Survey(2024, {19: 76}))


def answer(stop: Stop, item: Item, path: Path, chance: Random) -> Fields:
    if stop.line not in path.chosen:
        return item.made_up(chance)
    option = path.chosen[stop.line]
    if option is None:
        return {}
    codes = list(item.filters())  # more than the document's options where one is a long list
    last = option == len(stop.options) - 1
    return {item.key: [codes[-1] if last else codes[option]]}
