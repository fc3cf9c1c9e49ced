"""What the names in a file stand for in one questionnaire: columns, texts, codes, conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import translation
from django.utils.translation import gettext as _

from feedback.exports.variables import LABEL, Variable
from feedback.question_types.base import JSON, Item
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.changes import named
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.expressions import Tree
from feedback.questionnaire.relevance import in_words

RANGED = (Dtype.INTEGER, Dtype.DECIMAL, Dtype.DATE)


@dataclass(frozen=True)
class Facet:
    """One name of a file in one questionnaire.

    Attributes:
        codes: the texts of the codes that its cells hold; empty for what has none.
        columns: what it is made of: one, or the ticks that stand joined in one cell.
    """

    item: Item
    text: str
    codes: Mapping[str, str]
    columns: Sequence[Column]
    joined: bool = False

    @property
    def names(self) -> set[str]:
        return {name for column in self.columns for name in (column.name, column.part)}

    @property
    def limits(self) -> tuple[JSON, JSON]:
        ranged = all(column.dtype in RANGED for column in self.columns)
        least, most = self.item.limits if ranged else (None, None)
        return whole(least), whole(most)

    @property
    def unit(self) -> str:
        numbers = all(column.dtype in RANGED for column in self.columns)
        return self.item.measured_in if numbers else ""


def whole(limit: JSON) -> JSON:
    """A limit as its author wrote it, 5 rather than 5.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def facets(items: Iterable[Item]) -> dict[str, Facet]:
    """All that a file with these questions may have, by name, in the active language."""
    return {name: facet for item in items for name, facet in of_item(item).items()}


def of_item(item: Item) -> dict[str, Facet]:
    columns = item.columns()
    found = {
        column.name: Facet(item, column.label, codes_of(column, item), [column])
        for column in columns
    }
    operands = item.operands()
    for part in dict.fromkeys(column.part for column in columns if column.tick):
        ticks = [column for column in columns if column.tick and column.part == part]
        asked = operands.get(part, item)
        words = {tick.tick: str(asked.filters().get(tick.tick, tick.tick)) for tick in ticks}
        found[part] = Facet(item, asked.text, words, ticks, joined=True)
    return found


def codes_of(column: Column, item: Item) -> Mapping[str, str]:
    if column.dtype is not Dtype.BOOLEAN:
        return {code: str(text) for code, text in column.labels.items()}
    if column.tick:
        return {"1": _("yes"), "0": _("no")}
    return {code: str(item.words(column.part, code == "1")) for code in ("1", "0")}


def name_in(known: Mapping[str, Facet], variable: Variable) -> str:
    """The name that a variable has among facets; a column of texts is told with its codes."""
    if variable.name in known:
        return variable.name
    return variable.name.removesuffix(LABEL)


@dataclass(frozen=True)
class Spoken:
    """A questionnaire in one of its languages."""

    questionnaire: Questionnaire
    language: str
    facets: Mapping[str, Facet]

    def asked_of(self, facet: Facet) -> str:
        """Who is asked, in words; "" for everybody."""
        key, known = facet.item.key, self.questionnaire
        trees = [known.conditions.get(key)]
        offers = known.offers.get(key, {})
        trees += [tree for code, tree in offers.items() if f"{key}__{code}" in facet.names]
        return self.worded([tree for tree in trees if tree])

    def options_if(self, facet: Facet) -> dict[str, str]:
        """To whom its options are offered that are not offered to all, by code."""
        offers = self.questionnaire.offers.get(facet.item.key, {})
        return {code: self.worded([offers[code]]) for code in facet.codes if code in offers}

    def needed_if(self, facet: Facet) -> str:
        demand = self.questionnaire.demands.get(facet.item.key)
        return self.worded([demand] if demand else [])

    def worded(self, trees: Sequence[Tree]) -> str:
        with translation.override(self.language):
            whole = trees[0] if len(trees) == 1 else ["and", *trees]
            return in_words(whole, self.operands) if trees else ""

    @cached_property
    def operands(self) -> Mapping[str, Item]:
        known = self.questionnaire.operands
        return {name: named(item, known) for name, item in known.items()}


def spoken(questionnaire: Questionnaire, language: str) -> Spoken:
    own = questionnaire.in_language(language)
    with translation.override(language):
        found = facets(named(item, own.operands) for item in own.questions)
    return Spoken(own, language, found)
