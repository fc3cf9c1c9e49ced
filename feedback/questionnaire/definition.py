"""The questionnaire: pages of items, as data that can be checked, frozen and compared."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from feedback.question_types import AnyItem
from feedback.question_types.base import Condition, Item, Key, Wording, operands
from feedback.question_types.columns import Column
from feedback.questionnaire import imported_from, recall, translations
from feedback.questionnaire.carrying import raw_items, written_out
from feedback.questionnaire.expressions import Tree, parse
from feedback.questionnaire.imported_from import ImportedFrom
from feedback.questionnaire.looks import Looks, unreadable
from feedback.questionnaire.problems import Place, Problem, problems_of
from feedback.questionnaire.relevance import condition_of, unmet

LONGEST = 20_000
TURNS = 24  # orders in which shuffled options are dealt out

Language = Annotated[str, StringConstraints(pattern=translations.CODE)]


class Page(BaseModel):
    """Items that belong together under a heading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field("", max_length=300)
    introduction: str = Field("", max_length=LONGEST)
    show_if: Condition = Field("", description="Condition of all its items")
    items: list[AnyItem] = Field(min_length=1, max_length=1_000)


class Rule(BaseModel):
    """What answers to several items must be like together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds: Condition = Field(min_length=1, description="Checked once all it names are answered")
    message: Wording = Field(description="What is wrong if it does not hold, and what to do")
    at: Key = Field(description="The item that the message is shown at")


class Questionnaire(BaseModel):
    """Everything that one revision asks and says. Frozen; equal data has an equal digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    language: Language = Field("en", description="The main one; staff and exports see its texts")
    languages: list[Language] = Field([], max_length=100, description="Further ones")
    title: Wording
    introduction: str = Field("", max_length=LONGEST)
    submit: str = Field("", max_length=60, description="Wording of the button at the end")
    thank_you: str = Field("", max_length=LONGEST, description="Shown with the receipt")
    closed_text: str = Field("", max_length=LONGEST, description="Shown once it is closed")
    looks: Looks = Field(Looks(), description="Its colour, typeface and logo")
    demonstration: bool = Field(False, description="Say on every page that it is made up")
    rules: list[Rule] = Field([], max_length=200)
    pages: list[Page] = Field(min_length=1, max_length=200)
    imported_from: ImportedFrom | None = Field(None, description="The file that it is drafted from")

    _texts: translations.Texts = PrivateAttr(default_factory=dict)
    _lent: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def parse(cls, definition: Any) -> Self:
        """Read trusted data, such as a stored revision.

        Raises:
            pydantic.ValidationError: it is no questionnaire.
        """
        return cls.model_validate(definition)

    @model_validator(mode="wrap")
    @classmethod
    def in_the_main_language(cls, data: Any, make: ModelWrapValidatorHandler[Self]) -> Self:
        """Translations stand apart, so that items know texts in one language only."""
        plain, texts = translations.parted(data, translations.languages_of(data))
        made = make(plain)
        made._texts = texts
        return made

    @model_validator(mode="after")
    def no_key_is_taken(self) -> Self:
        if "ticket" in self.by_key:
            raise ValueError("the key 'ticket' is taken by the form itself; use another")
        return self

    @model_validator(mode="after")
    def languages_differ(self) -> Self:
        if len(set(self.offered_languages)) < len(self.offered_languages):
            raise ValueError("a language is named twice; languages must differ")
        return self

    @model_validator(mode="after")
    def names_differ(self) -> Self:
        if clashes := list(clashing(self.items)):
            raise ValueError("; ".join(problem.message for problem in clashes))
        return self

    # -- languages ---------------------------------------------------------------------

    @property
    def offered_languages(self) -> list[str]:
        return [self.language, *self.languages]

    @cached_property
    def localized(self) -> "dict[str, Questionnaire]":
        """What ``in_language`` made so far."""
        return {}

    def in_language(self, language: str) -> "Questionnaire":
        """The same with the texts of one of its languages; what lacks one is as it is here."""
        if language == self.language:
            return self
        if language not in self.localized:
            plain = translations.localized(self.plain(), self._texts, language)
            made = self.localized[language] = Questionnaire.model_validate(plain)
            places = translations.lacking(self.plain(), self._texts, language)
            made._lent = dict.fromkeys(translations.lent(plain, set(places)), self.language)
        return self.localized[language]

    @property
    def lent(self) -> Mapping[str, str]:
        """The language of what stands here in another than the one it was asked for in.

        By place ("title", "pages.0.items.2"), where no text at or below it was translated, so
        that a page can say it to whoever has it read aloud.
        """
        return self._lent

    def missing_translations(self) -> dict[str, list[Place]]:
        """The places that lack a text, by further language."""
        return translations.missing(self.plain(), self._texts, self.offered_languages)

    # -- items -------------------------------------------------------------------------

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
    def operands(self) -> dict[str, Item]:
        """What conditions and recalled texts may speak of, by the name of the answer."""
        return operands(self.items)

    @cached_property
    def demands(self) -> dict[str, Tree]:
        """When items need an answer that do not always."""
        return {item.key: parse(item.required_if) for item in self.items if item.required_if}

    @cached_property
    def offers(self) -> dict[str, dict[str, Tree]]:
        """When options are offered that are not offered to all, by item and code."""
        found = {item.key: item.offered_if() for item in self.items}
        return {
            key: {code: parse(condition) for code, condition in own.items()}
            for key, own in found.items()
            if own
        }

    @cached_property
    def formulas(self) -> dict[str, Tree]:
        """What computed items are computed by."""
        return {item.key: parse(item.formula) for item in self.items if item.formula}

    @cached_property
    def unconditional(self) -> frozenset[str]:
        """The items for which it is all the same what comes before them, as for most it is."""
        depending = (self.conditions, self.demands, self.offers, self.formulas)
        return frozenset(self.by_key).difference(*depending)

    @cached_property
    def address_parts(self) -> dict[str, str]:
        """The parts of the form's address that fill an item in, by its key."""
        return {item.key: item.address_part for item in self.items if item.address_part}

    @cached_property
    def turns(self) -> int:
        """In how many orders the options are dealt out."""
        return TURNS if any(item.orders(0) for item in self.items) else 1

    def orders(self, turn: int) -> Mapping[str, list[str]]:
        """The options of shuffled items as one respondent sees them, by key."""
        found = {item.key: list(item.orders(turn)) for item in self.items}
        return {key: order for key, order in found.items() if order}

    @cached_property
    def field_names(self) -> dict[str, Item]:
        """Whose form field each name is."""
        return {name: item for item in self.items for name in (*item.checks, *item.ways())}

    def names_on_page(self, number: int) -> set[str]:
        """The form fields of one page, counted from 1; none of a page that is not there."""
        items = self.pages[number - 1].items if 0 < number <= len(self.pages) else []
        return {name for item in items for name in (*item.checks, *item.ways(), item.key)}

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
        """As data with all translations, without what was left at its default."""
        found: dict[str, Any] = translations.put(self.plain(), self._texts)
        return found

    def plain(self) -> dict[str, Any]:
        """As data in the main language alone."""
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
    names = [
        {*item.checks, *item.ways(), *(column.name for column in item.columns())} for item in items
    ]
    for name, count in Counter(name for own in names for name in own).items():
        if count > 1:
            yield Problem((), f"two items both have a column '{name}'; rename one key")


def check(data: Any) -> tuple[Questionnaire | None, list[Problem]]:
    """The questionnaire that the data stands for, or all that is wrong with it at once."""
    data, found = written_out(data)
    languages = translations.languages_of(data)
    found += translations.problems_with(data, languages)
    try:
        questionnaire = Questionnaire.model_validate(data)
    except ValidationError as error:
        plain, _texts = translations.parted(data, languages)
        told = {problem.place for problem in found}
        found += [problem for problem in problems_of(error, plain) if problem.place not in told]
        # Pydantic compares items only once each is sound; an author wants to hear all at once.
        found += repeated_keys(data)
        return None, sorted(set(found), key=lambda problem: problem.place_order)
    found += unsound(questionnaire)
    return (None, found) if found else (questionnaire, [])


def unsound(questionnaire: Questionnaire) -> Iterator[Problem]:
    """What is wrong with a questionnaire whose every part is sound by itself."""
    told = (*unmet(questionnaire.pages, questionnaire.rules), *unreadable(questionnaire.looks))
    for place, message in told:
        yield Problem(place, message)
    if questionnaire.imported_from:
        for place, message in imported_from.unmet(
            questionnaire.imported_from, questionnaire.by_key
        ):
            yield Problem(place, message)
    for language in questionnaire.offered_languages:
        try:
            own = questionnaire.in_language(language)
        except ValidationError as error:
            yield from problems_of(error, questionnaire.plain())
            continue
        for place, message in recall.unmet(own.pages):
            yield Problem(place, message if language == own.language else f"{language}: {message}")


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
