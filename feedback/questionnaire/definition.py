"""The questionnaire: pages of items, as data that can be checked, frozen and compared."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from feedback.question_types import AnyItem
from feedback.question_types.base import Column, Item, Wording
from feedback.questionnaire.expressions import Tree
from feedback.questionnaire.looks import Looks, unreadable
from feedback.questionnaire.problems import Place, Problem, problems_of
from feedback.questionnaire.relevance import condition_of, unmet

LONGEST = 20_000


class Page(BaseModel):
    """Items that belong together under a heading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field("", max_length=300)
    introduction: str = Field("", max_length=LONGEST)
    show_if: str = Field("", max_length=2_000, description="Condition of all its items")
    items: list[AnyItem] = Field(min_length=1, max_length=1_000)


class Questionnaire(BaseModel):
    """Everything that one revision asks and says. Frozen; equal data has an equal digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    title: Wording
    introduction: str = Field("", max_length=LONGEST)
    submit: str = Field("", max_length=60, description="Wording of the button at the end")
    thank_you: str = Field("", max_length=LONGEST, description="Shown with the receipt")
    closed_text: str = Field("", max_length=LONGEST, description="Shown once it is closed")
    looks: Looks = Field(Looks(), description="Its colour, typeface and logo")
    demonstration: bool = Field(False, description="Say on every page that it is made up")
    pages: list[Page] = Field(min_length=1, max_length=200)

    @classmethod
    def parse(cls, definition: Any) -> Self:
        """Read trusted data, such as a stored revision.

        Raises:
            pydantic.ValidationError: it is no questionnaire.
        """
        return cls.model_validate(definition)

    @model_validator(mode="after")
    def names_differ(self) -> Self:
        if clashes := list(clashing(self.items)):
            raise ValueError("; ".join(problem.message for problem in clashes))
        return self

    @cached_property
    def items(self) -> list[Item]:
        """Every item in order, statements included."""
        return [item for page in self.pages for item in page.items]

    @cached_property
    def questions(self) -> list[Item]:
        """The items that ask something."""
        return [item for item in self.items if item.asks]

    @cached_property
    def by_key(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def conditions(self) -> dict[str, Tree]:
        """When each item is asked, its page's condition included; those always asked lack."""
        found = {
            item.key: condition_of(page.show_if, item.show_if)
            for page in self.pages
            for item in page.items
        }
        return {key: tree for key, tree in found.items() if tree is not None}

    @cached_property
    def field_names(self) -> dict[str, Item]:
        """Whose form field each name is."""
        return {name: item for item in self.items for name in item.checks}

    @cached_property
    def most_fields(self) -> int:
        """More fields than any page of this form can send, doubled for other revisions."""
        options = [
            getattr(check, "choices", ()) for item in self.items for check in item.checks.values()
        ]
        return 2 * sum(max(1, len(choices)) for choices in options) + 50

    @cached_property
    def columns(self) -> list[Column]:
        return [column for item in self.items for column in item.columns()]

    def definition(self) -> dict[str, Any]:
        """As plain data, without what was left at its default."""
        return self.model_dump(mode="json", exclude_defaults=True) | {
            "pages": [
                page.model_dump(mode="json", exclude_defaults=True, exclude={"items"})
                | {"items": [as_data(item) for item in page.items]}
                for page in self.pages
            ]
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical definition, in hexadecimal."""
        text = json.dumps(self.definition(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def as_data(item: Item) -> dict[str, Any]:
    return {"type": item.type, **item.model_dump(mode="json", exclude_defaults=True)}


def clashing(items: list[Item]) -> Iterator[Problem]:
    """A problem for each key, form field or column that stands for two things."""
    for key, count in Counter(item.key for item in items).items():
        if count > 1:
            yield Problem((), f"the key '{key}' is used by {count} items; keys must differ")
            return
    names = [{*item.checks, *(column.name for column in item.columns())} for item in items]
    for name, count in Counter(name for own in names for name in own).items():
        if count > 1:
            yield Problem((), f"two items both have a column '{name}'; rename one key")


def check(data: Any) -> tuple[Questionnaire | None, list[Problem]]:
    """The questionnaire that the data stands for, or all that is wrong with it at once."""
    try:
        questionnaire = Questionnaire.model_validate(data)
        told = (*unmet(questionnaire.pages), *unreadable(questionnaire.looks))
        found = [Problem(place, message) for place, message in told]
        return (None, found) if found else (questionnaire, [])
    except ValidationError as error:
        found = problems_of(error, data)
    # Pydantic compares items only once each is sound; an author wants to hear all at once.
    return None, sorted({*found, *repeated_keys(data)}, key=lambda problem: problem.place_order)


def repeated_keys(data: Any) -> Iterator[Problem]:
    """Problems of keys used twice, from data that may be wrong everywhere else."""
    first: dict[str, Place] = {}
    for place, item in raw_items(data):
        key = item.get("key")
        if isinstance(key, str) and key in first:
            where = Problem.path(first[key])
            yield Problem((*place, "key"), f"the key '{key}' is taken by {where}; keys must differ")
        elif isinstance(key, str):
            first[key] = place


def raw_items(data: Any) -> Iterator[tuple[Place, dict[str, Any]]]:
    pages = data.get("pages") if isinstance(data, dict) else None
    for p, page in enumerate(pages if isinstance(pages, list) else []):
        items = page.get("items") if isinstance(page, dict) else None
        for i, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield ("pages", p, "items", i), item
