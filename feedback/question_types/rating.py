"""Rating: a whole number from 1 to a few, with words at both ends."""

from typing import Literal

from pydantic import Field

from feedback.question_types.base import Example, Item
from feedback.question_types.scales import Scale


class Rating(Scale):
    type: Literal["rating"] = "rating"
    highest: int = Field(5, ge=2, le=11)
    low: str = Field("", max_length=100, description="What 1 means")
    high: str = Field("", max_length=100, description="What the highest number means")

    @property
    def ends(self) -> tuple[int, int]:
        return 1, self.highest

    @property
    def end_words(self) -> tuple[str, str]:
        return self.low, self.high

    def pool(self, older: Item) -> Item:
        if not isinstance(older, Rating) or older.highest <= self.highest:
            return self
        return type(self).model_validate({**self.model_dump(), "highest": older.highest})

    @classmethod
    def example(cls) -> Example:
        item = cls(key="clean", text="How clean is the park?", low="Filthy", high="Spotless")
        return Example(
            item,
            accepts=[
                ({"clean": ["4"]}, {"clean": 4}),
                ({"clean": [""]}, {"clean": None}),
                ({}, {"clean": None}),
            ],
            cells=[{"clean": 4}, {"clean": None}, {"clean": None}],
            refuses=[
                ({"clean": ["6"]}, "not one of the options"),
                ({"clean": ["4.5"]}, "not one of the options"),
                ({"clean": ["9" * 5000]}, "not one of the options"),
            ],
        )
