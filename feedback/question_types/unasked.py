"""What the types share whose answers nobody gives by hand: hidden and computed."""

from typing import ClassVar, Self

from crispy_forms.layout import Layout, LayoutObject
from pydantic import model_validator

from feedback.question_types.base import Item


class Unasked(Item):
    """Stored and exported like an answer, but neither seen on the page nor demanded."""

    may_be_declined: ClassVar[bool] = False

    @model_validator(mode="after")
    def nobody_is_pressed(self) -> Self:
        if self.required or self.required_if or self.decline:
            raise ValueError(
                f"nobody is asked for a {self.type}, so it can neither be required nor"
                " declined; leave out required, required_if and decline"
            )
        return self

    def layout(self) -> LayoutObject:
        """Its fields, if any, without a block of their own."""
        return Layout(*self.fields())
