"""What the columns of another tool's file are, for a survey that was drafted from it.

Part of the questionnaire, so that its rows are read with no further word; an author may
change it by hand. Respondents never see it, and most questionnaires have none.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from feedback.question_types.base import Code, Item, Key
from feedback.questionnaire.problems import Place
from feedback.questionnaire.zones import zones

Header = Annotated[str, StringConstraints(max_length=10_000)]
Cell = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
OWN = Literal["received_at", "language", "source", "seconds"]
PARTS = ("option", "row", "other", "separator", "means")


def known_zone(name: str) -> str:
    if name not in zones():
        raise ValueError(f"“{name}” is no time zone; write it like Europe/Paris")
    return name


class Meaning(BaseModel):
    """A cell that stands for a code without being its text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: Cell
    code: str = Field(min_length=1, max_length=60)


class ImportedColumn(BaseModel):
    """One column of the file: a question's or a part of one, the response's own, or nobody's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: Header = Field(description="Its cells in the header rows, joined by “ | ”")
    nth: int = Field(1, ge=1, le=5_000, description="Which of the columns with this header")
    item: Key | None = None
    option: Code | None = Field(None, description="Its cells tell whether it was chosen, or rank")
    row: Code | None = Field(None, description="Of a grid")
    other: bool = Field(False, description="Its cells are what was typed in as other")
    separator: str = Field("", max_length=5, description="Between several options in a cell")
    format: str = Field("", max_length=60, description="Of days and times, as strptime has it")
    means: list[Meaning] = Field([], max_length=1_000)
    column: OWN | None = None
    ignored: bool = False

    @model_validator(mode="after")
    def is_one_thing(self) -> Self:
        if (self.item is not None) + (self.column is not None) + self.ignored != 1:
            raise ValueError("tell one of `item`, `column` and `ignored: true`")
        if self.item is None and (odd := [name for name in PARTS if getattr(self, name)]):
            raise ValueError(f"`{odd[0]}` goes with `item`; remove it")
        if self.other and (self.option or self.row):
            raise ValueError("`other` is a text of the whole item; remove `option` and `row`")
        return self

    @property
    def stem(self) -> str:
        """The name that its own column or columns have in our export, or begin with."""
        parts = [self.item or "", self.row or "", self.option or ("other" if self.other else "")]
        return "__".join(part for part in parts if part)


class ImportedFrom(BaseModel):
    """The file that a questionnaire was drafted from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header_rows: int = Field(1, ge=1, le=5)
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        "UTC", description="Of times that name none"
    )
    blank: list[Cell] = Field([], max_length=50, description="Cells that mean: left blank")
    not_shown: list[Cell] = Field([], max_length=50, description="Cells that mean: not asked")
    columns: list[ImportedColumn] = Field(min_length=1, max_length=20_000)


def unmet(told: ImportedFrom, items: dict[str, Item]) -> Iterator[tuple[Place, str]]:
    """Each column that speaks of what the questionnaire does not have."""
    taken: set[str] = set()
    for number, column in enumerate(told.columns):
        place: Place = ("imported_from", "columns", number)
        if column.item is not None and column.item not in items:
            yield (*place, "item"), f"'{column.item}' is no item here; check its spelling"
            continue
        filled = targets(items[column.item], column) if column.item else [column.column or ""]
        if not filled:
            yield place, f"{column.item} has no such part; check its option, row or other"
        elif twice := taken.intersection(filled):
            yield place, f"an earlier column is {min(twice)} already; let one of them be ignored"
        taken |= {name for name in filled if name}


def targets(item: Item, column: ImportedColumn) -> list[str]:
    """The names of the columns of our export that a column of the file fills."""
    own = item.columns()
    ticks = {f"{each.part}__{each.tick}": each.name for each in own if each.tick}
    if column.option and column.stem in ticks:
        return [ticks[column.stem]]
    if any(column.stem == each.name for each in own if not each.tick):
        return [column.stem]
    return [each.name for each in own if each.tick and each.part == column.stem]
