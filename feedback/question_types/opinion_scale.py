"""Opinion scale: whole numbers between two opposite statements, such as 0 to 10."""

from typing import Literal, Self

from pydantic import Field, model_validator

from feedback.question_types.base import Example, Item
from feedback.question_types.scales import Scale


class OpinionScale(Scale):
    type: Literal["opinion_scale"] = "opinion_scale"
    lowest: int = Field(0, ge=-10, le=1)
    highest: int = Field(10, ge=1, le=20)
    low: str = Field(min_length=1, max_length=100, description="What the lowest number means")
    high: str = Field(min_length=1, max_length=100, description="What the highest means")

    @model_validator(mode="after")
    def has_a_length(self) -> Self:
        if self.highest - self.lowest < 2:
            raise ValueError("the highest number must be at least 2 above the lowest")
        return self

    @property
    def ends(self) -> tuple[int, int]:
        return self.lowest, self.highest

    @property
    def end_words(self) -> tuple[str, str]:
        return self.low, self.high

    def pool(self, older: Item) -> Item:
        if not isinstance(older, OpinionScale):
            return self
        ends = min(self.lowest, older.lowest), max(self.highest, older.highest)
        if ends == self.ends:
            return self
        wider = {"lowest": ends[0], "highest": ends[1]}
        return type(self).model_validate({**self.model_dump(), **wider})

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="cars", text="More or fewer cars?", lowest=-2, highest=2, low="Fewer", high="More"
        )
        return Example(
            item,
            accepts=[
                ({"cars": ["-2"]}, {"cars": -2}),
                ({"cars": ["0"]}, {"cars": 0}),
                ({}, {"cars": None}),
            ],
            cells=[{"cars": -2}, {"cars": 0}, {"cars": None}],
            refuses=[({"cars": ["3"]}, "not one of the options")],
        )
