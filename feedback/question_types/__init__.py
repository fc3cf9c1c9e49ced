"""The registry of question types: one line a type, and nothing else knows them all."""

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from feedback.question_types.base import Item
from feedback.question_types.consent import Consent
from feedback.question_types.country import Country
from feedback.question_types.email import Email
from feedback.question_types.long_text import LongText
from feedback.question_types.multiple_choice import MultipleChoice
from feedback.question_types.rating import Rating
from feedback.question_types.short_text import ShortText
from feedback.question_types.single_choice import SingleChoice
from feedback.question_types.statement import Statement
from feedback.question_types.url import Url

REGISTRY: tuple[type[Item], ...] = (
    ShortText,
    LongText,
    Email,
    Url,
    Country,
    SingleChoice,
    MultipleChoice,
    Rating,
    Consent,
    Statement,
)

# What pydantic reads an item as, by its "type"; to the type checker it is any Item.
if TYPE_CHECKING:
    AnyItem = Item
else:
    AnyItem = Annotated[Union[REGISTRY], Field(discriminator="type")]  # noqa: UP007 - a tuple
