"""A catalogue of names: what answers may name, under which spellings, of what kind.

A catalogue is a YAML file (``catalogues/``), and it lives: what staff decide on names that
it does not know lies over it as `Decisions`, one for each spelling, and holds for every
answer that has the spelling, old or new.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import re2
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from feedback.open_text.folding import folded

FOLDER = Path(__file__).parent / "catalogues"
SEPARATORS = re.compile(r"[\s\-]+")


class CatalogueWrong(ValueError):
    """The catalogue cannot be used; the message says where and why, a line each."""


class Kind(StrEnum):
    """What is named. People asked for models name products and tools as well."""

    MODEL = "model"
    PRODUCT = "product"
    RUNTIME = "runtime"
    TOOL = "tool"
    COMPANY = "company"
    OTHER = "other"


def runnable(pattern: str) -> str:
    try:
        re2.compile(pattern, options=quiet())
    except re2.error as error:
        reason = error.args[0] if error.args else error
        reason = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"the pattern {pattern!r} cannot be run: {reason}") from error
    return pattern


def quiet() -> Any:
    options = re2.Options()
    options.log_errors = False  # a text of the author's belongs in no log
    return options


def spelt(alias: str) -> str:
    """An alias with letters in it, as they are compared."""
    if not key(alias):
        raise ValueError(f"the alias {alias!r} has no letter and no figure")
    return alias


def key(text: str) -> str:
    """Spellings that are the same name: joined or split, in whatever case."""
    return SEPARATORS.sub("", folded(text).text)


class Entity(BaseModel):
    """One thing with a name. Several with one id are one thing under different rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    kind: Kind = Kind.MODEL
    maker: str = ""
    family: str = ""  # what it is counted under; its own id unless given
    aliases: tuple[Annotated[str, AfterValidator(spelt)], ...] = ()
    patterns: tuple[Annotated[str, AfterValidator(runnable)], ...] = ()
    versions: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    ambiguous: bool | Literal["everyday"] = False
    cased: tuple[str, ...] = ()
    tune: bool = False

    @model_validator(mode="after")
    def has_a_spelling(self) -> Self:
        if not self.aliases and not self.patterns:
            raise ValueError(f"{self.id}: give at least one alias or pattern")
        return self

    @property
    def counted_under(self) -> str:
        return self.family or self.id


class Catalogue(BaseModel):
    """All names of one field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    entities: tuple[Entity, ...]
    asks: tuple[Kind, ...] = ()  # kinds that a question for such names asks for
    not_names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def each_spelling_is_one_thing(self) -> Self:
        owners: dict[str, str] = {}
        for entity in self.entities:
            for alias in entity.aliases:
                other = owners.setdefault(key(alias), entity.id)
                if other != entity.id:
                    raise ValueError(f"the alias {alias!r} belongs to {other} and {entity.id}")
        return self

    def named(self, entity_id: str) -> Entity:
        """The first entity of this id.

        Raises:
            KeyError: there is none.
        """
        for entity in self.entities:
            if entity.id == entity_id:
                return entity
        raise KeyError(entity_id)

    def under(self, decisions: "Decisions") -> "Catalogue":
        """This catalogue with what staff decided; the file stays as it is.

        A spelling that is decided belongs to what was decided, whoever had it before.

        Raises:
            CatalogueWrong: a decision names an entity that is not there.
        """
        taken = {key(spelling) for spelling in decisions.by_spelling}
        entities = [without(entity, taken) for entity in self.entities]
        entities += decisions.new
        found = {entity.id for entity in entities if entity}
        found |= {entity.id for entity in self.entities}
        for spelling, entity_id in decisions.by_spelling.items():
            if entity_id is None:
                continue
            if entity_id not in found:
                raise CatalogueWrong(f"{spelling!r} is decided to be {entity_id!r}: no such entity")
            told = next(one for one in (*self.entities, *decisions.new) if one.id == entity_id)
            entities.append(
                told.model_copy(
                    update={"aliases": (spelling,), "patterns": (), "ambiguous": False, "cased": ()}
                )
            )
        refused = tuple(s for s, entity_id in decisions.by_spelling.items() if entity_id is None)
        return self.model_copy(
            update={
                "entities": tuple(entity for entity in entities if entity),
                "not_names": self.not_names + refused,
            }
        )


def without(entity: Entity, taken: set[str]) -> Entity | None:
    """The entity less the spellings that were given away; None when it has no other."""
    left = tuple(alias for alias in entity.aliases if key(alias) not in taken)
    if not left and not entity.patterns:
        return None
    return (
        entity if len(left) == len(entity.aliases) else entity.model_copy(update={"aliases": left})
    )


@dataclass(frozen=True)
class Decisions:
    """What staff decided on spellings: an entity's id, or None for "not a name"."""

    by_spelling: Mapping[str, str | None] = field(default_factory=dict)
    new: tuple[Entity, ...] = ()  # entities that the catalogue does not have

    def deciding(self, spelling: str, entity_id: str | None) -> "Decisions":
        """With one more; the latest on a spelling is the one that holds."""
        others = {s: e for s, e in self.by_spelling.items() if key(s) != key(spelling)}
        return Decisions({**others, spelling: entity_id}, self.new)

    def adding(self, entity: Entity) -> "Decisions":
        return Decisions(self.by_spelling, (*self.new, entity))


def read(text: str) -> Catalogue:
    """A catalogue written by hand.

    Raises:
        CatalogueWrong: with every mistake that was found, and where.
    """
    try:
        return Catalogue.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise CatalogueWrong(f"this is not YAML: {error}") from error
    except ValidationError as error:
        lines = (
            ".".join(map(str, one["loc"])) + ": " + one["msg"].removeprefix("Value error, ")
            for one in error.errors()
        )
        raise CatalogueWrong("\n".join(line.removeprefix(": ") for line in lines)) from error


@lru_cache(maxsize=8)
def shipped(name: str) -> Catalogue:
    """One of the catalogues that come with the software, such as ``open_models``."""
    return read((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
