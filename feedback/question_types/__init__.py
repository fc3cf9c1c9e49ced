"""The registry of question types: one line a type, and nothing else knows them all."""

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from feedback.question_types.base import Item
from feedback.question_types.computed import Computed
from feedback.question_types.consent import Consent
from feedback.question_types.country import Country
from feedback.question_types.date import Date
from feedback.question_types.email import Email
from feedback.question_types.grid import Grid
from feedback.question_types.hidden import Hidden
from feedback.question_types.long_text import LongText
from feedback.question_types.multiple_choice import MultipleChoice
from feedback.question_types.nps import NPS
from feedback.question_types.number import Number
from feedback.question_types.opinion_scale import OpinionScale
from feedback.question_types.ranking import Ranking
from feedback.question_types.rating import Rating
from feedback.question_types.short_text import ShortText
from feedback.question_types.single_choice import SingleChoice
from feedback.question_types.statement import Statement
from feedback.question_types.time import Time
from feedback.question_types.url import Url
from feedback.question_types.yes_no import YesNo

REGISTRY: tuple[type[Item], ...] = (
    ShortText,
    LongText,
    Email,
    Url,
    Number,
    Date,
    Time,
    Country,
    YesNo,
    SingleChoice,
    MultipleChoice,
    Ranking,
    Grid,
    Rating,
    OpinionScale,
    NPS,
    Consent,
    Statement,
    Hidden,
    Computed,
)

# What pydantic reads an item as, by its "type"; to the type checker it is any Item.
if TYPE_CHECKING:
    AnyItem = Item
else:
    AnyItem = Annotated[Union[REGISTRY], Field(discriminator="type")]  # noqa: UP007 - a tuple
