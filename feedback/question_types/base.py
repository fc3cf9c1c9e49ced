"""What every question type promises: ``Item`` and the words around it.

An item of a questionnaire *is* an instance of its type. It reads its own fields from a
submitted form, says which columns its answers fill, and counts them. Nobody outside a
type's file asks which type an item is.

The answers of one response are one flat JSON object. ``answers[key]`` is the item's
answer; a part beside it, such as the text of "other", has a name of its own,
``<key>__<part>``, which is also the name of its form field. Four states, told apart:

* absent: not shown to this respondent
* ``null``: shown, left blank
* ``{"state": "refused"}`` or ``{"state": "dont_know"}``: declined
* anything else: the answer. No answer is a JSON object, so an object is a state.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from feedback.question_types.columns import (
    Column,
    Dtype,
    Message,
    State,
    stands,
    state_of,
    text_of,
)
from feedback.question_types.counted import Counted
from feedback.question_types.spans import Span

JSON: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None
Answers: TypeAlias = dict[str, JSON]
Posted: TypeAlias = MultiValueDict[str, str]

Key = Annotated[str, StringConstraints(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=40)]
Code = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([_.-]?[A-Za-z0-9])*$", max_length=60)
]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
Condition = Annotated[str, StringConstraints(max_length=2_000)]
Way = Literal["refused", "dont_know"]
# A plain file name: no folders, nothing hidden, nothing elsewhere.
PictureName = Annotated[
    str, StringConstraints(pattern=r"^([^./\\:\x00-\x1f][^/\\:\x00-\x1f]*)?$", max_length=100)
]

REQUIRED = _("This question needs an answer.")
DECLINED = "declined"  # the part that says how an answer was declined
WAYS: Mapping[Way, Message] = {
    "refused": _("Prefer not to say"),
    "dont_know": _("I don’t know"),
}
INSTEAD = _("Instead of an answer")
ONE_WAY = _("You ticked two ways not to answer. Keep one of them.")
WITHHELD = _("After your earlier answers “%(options)s” is not offered here. Choose another.")
ANSWERED_TOO = _("You answered and also ticked “%(way)s”. Keep one of the two.")


class Kind(StrEnum):
    """What an answer is to a condition; conditions compare only what is of one kind."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    NUMBER = "number"
    TRUTH = "truth"
    DAY = "day"
    TIME = "time"


class Choice(BaseModel):
    """One option of a choice: the code that is stored, the text that is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    text: Wording
    show_if: Condition = Field("", description="Condition; offered only if it holds")
    exclusive: bool = Field(False, description="Goes with no other, such as none of the above")
    fixed: bool = Field(False, description="Keeps its place when the options are shuffled")
    image: PictureName = Field("", description="A picture of it: a file beside the questionnaire")
    alt: str = Field("", max_length=300, description="What the picture shows, in words")

    @model_validator(mode="after")
    def pictures_have_words(self) -> Self:
        if self.image and not self.alt.strip():
            raise ValueError("a picture needs `alt`: what it shows, for those who do not see it")
        if self.alt and not self.image:
            raise ValueError("`alt` tells what a picture shows, and there is none; add `image`")
        return self


@dataclass(frozen=True)
class Example:
    """One item with what it takes and refuses; tests, docs and previews use it.

    Attributes:
        accepts: posted fields and the answers stored for them.
        cells: for each of ``accepts``, what its columns give: value by column name,
            None where the column's state is not ANSWERED.
        refuses: posted fields and a piece of the message that they get.
        before: questions that come before it, where it speaks of them.
    """

    item: "Item"
    accepts: Sequence[tuple[Mapping[str, list[str]], Answers]] = ()
    cells: Sequence[Mapping[str, JSON]] = ()
    refuses: Sequence[tuple[Mapping[str, list[str]], str]] = ()
    before: Sequence["Item"] = ()


class Item(Counted):
    """One item of a questionnaire. A type adds its settings, fields, columns and tally."""

    kind: ClassVar[Kind] = Kind.TEXT
    chart: ClassVar[str | None] = "bars"
    asks: ClassVar[bool] = True  # False for what is only read
    gives_consent: ClassVar[bool] = False  # to keep personal answers before they are sent
    may_be_personal: ClassVar[bool] = True  # only answers that nobody counts can stand apart
    may_be_declined: ClassVar[bool] = True
    in_sentences: ClassVar[bool] = False  # True for what is read rather than counted

    key: Key
    type: str
    text: Wording
    help: str = Field("", max_length=5_000)
    required: bool = False
    personal: bool = False
    show_if: Condition = Field("", description="Condition; asked only if it holds")
    required_if: Condition = Field("", description="Condition; needs an answer if it holds")
    decline: list[Way] = Field([], description="Ways to decline that are offered")

    @model_validator(mode="after")
    def is_personal_only_if_it_may(self) -> Self:
        if self.personal and not self.may_be_personal:
            raise ValueError(f"{self.type} cannot be personal; use a text or single_choice")
        return self

    @property
    def names_somebody(self) -> bool:
        """Whether a personal answer says who the respondent is, so that texts may repeat it."""
        return False

    # -- conditions --------------------------------------------------------------------

    @property
    def formula(self) -> str:
        """The expression whose value is the answer; "" for what people answer themselves."""
        return ""

    @property
    def address_part(self) -> str:
        """The part of the form's address that fills it in; "" for none."""
        return ""

    def operands(self) -> "Mapping[str, Item]":
        """What conditions may speak of, by the name of the stored answer."""
        return {self.key: self} if self.asks else {}

    def codes(self) -> Sequence[str]:
        """The codes of all options that ``offered_if`` may speak of, in order."""
        return []

    def offered_if(self) -> Mapping[str, str]:
        """The conditions of options that are not offered to all, by code."""
        return {}

    @property
    def exclusive(self) -> Sequence[str]:
        """The codes of options that go with no other."""
        return []

    def chosen(self, answers: Answers) -> Sequence[str]:
        """The codes among stored answers that ``offered_if`` may speak of."""
        return []

    # -- answering ---------------------------------------------------------------------

    def field(self) -> forms.Field:
        """The Django field of an item that has just one."""
        raise NotImplementedError(f"{self.type} has neither field() nor fields()")

    def fields(self) -> dict[str, forms.Field]:
        """Form fields by name; fresh ones, labelled in the active language."""
        return {self.key: self.field()}

    def layout(self) -> LayoutObject:
        """Where its fields stand on the page: together, in one block."""
        return Div(*self.fields(), css_class=f"item item-{self.type}")

    def arranged(self, fields: Mapping[str, forms.Field], order: Sequence[str]) -> None:
        """Put the options of its fields in one of its ``orders``."""

    def orders(self, turn: int) -> Sequence[str]:
        """The codes of its options as one respondent sees them; empty if all see the same.

        Args:
            turn: which of the orders that are dealt out, from 0.
        """
        return []

    @cached_property
    def checks(self) -> dict[str, forms.Field]:
        """The fields that validate every response; shared, so never bound or changed."""
        return self.fields()

    @cached_property
    def unanswered(self) -> Answers | None:
        """What is stored where nothing was sent, as mostly nothing is; None if that is refused."""
        try:
            return self.clean(MultiValueDict())
        except ValidationError:
            return None

    @cached_property
    def text_parts(self) -> tuple[str, ...]:
        """The parts that hold text anyone with access may read; kept, as columns are slow."""
        columns = self.columns()
        return tuple(c.part for c in columns if c.dtype is Dtype.TEXT and not c.personal)

    @property
    def lets_quote(self) -> bool:
        """Whether it is the consent to be quoted."""
        return False

    @property
    def declined_part(self) -> str:
        return f"{self.key}__{DECLINED}"

    def ways(self) -> dict[str, forms.Field]:
        """The field for declining, where that is offered."""
        if not self.decline:
            return {}
        field = forms.MultipleChoiceField(
            label=INSTEAD,
            required=False,
            choices=[(way, WAYS[way]) for way in self.decline],
            widget=forms.CheckboxSelectMultiple(attrs={"data-declines": self.key}),
        )
        return {self.declined_part: field}

    @property
    def first_field(self) -> str:
        """The name of the field that a message about the whole item stands at."""
        return next(iter(self.checks), self.key)

    def taken(self, posted: Posted, withheld: Collection[str] = frozenset()) -> Answers:
        """What is stored for a submitted form: the answer, or how it was declined.

        Args:
            withheld: codes of the options that are not offered to this respondent.

        Raises:
            ValidationError: as ``clean``; or it was answered and declined at once, or
                by an option that is withheld.
        """
        said = self.decline and [
            way for way in posted.getlist(self.declined_part) if way in self.decline
        ]
        if said:
            return self.declined(said, self.sent(posted))
        if withheld:
            return self.clean_offered(posted, withheld)
        if self.unanswered is not None and self.checks and not self.sent(posted):
            return dict(self.unanswered)
        return self.clean(posted)

    def sent(self, posted: Posted) -> list[str]:
        """What its fields hold, whatever is empty left out."""
        return [value for name in self.checks for value in posted.getlist(name) if value]

    def declined(self, said: Sequence[Way], sent: Sequence[str]) -> Answers:
        """What is stored for an answer that was declined. Raises: as ``taken``."""
        if len(said) > 1:
            raise ValidationError({self.declined_part: ONE_WAY})
        if any(value.strip() for value in sent):
            message = ValidationError(ANSWERED_TOO, params={"way": WAYS[said[0]]})
            raise ValidationError({self.declined_part: message})
        return {self.key: {"state": said[0]}}

    def clean_offered(self, posted: Posted, withheld: Collection[str]) -> Answers:
        """As ``clean``, for somebody to whom some options are not offered."""
        answers = self.clean(posted)
        if odd := [code for code in self.chosen(answers) if code in withheld]:
            options = ", ".join(str(self.filters().get(code, code)) for code in odd)
            raise ValidationError(
                {self.first_field: ValidationError(WITHHELD, params={"options": options})}
            )
        return answers

    def clean(self, posted: Posted) -> Answers:
        """What is stored for an answer that was not declined, by part.

        Raises:
            ValidationError: by field name, each message saying how to mend it.
        """
        cleaned: dict[str, Any] = {}
        errors: dict[str, ValidationError] = {}
        for name, check in self.checks.items():
            try:
                cleaned[name] = check.clean(check.widget.value_from_datadict(posted, {}, name))
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)
        return self.stored(cleaned)

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        """Cleaned fields as JSON; a type overrides it where parts depend on each other."""
        return cleaned

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        """The form fields that stored answers came from; the reverse of ``clean``."""
        given = {name: answers.get(name) for name in self.checks}
        return {name: [str(answer)] for name, answer in given.items() if answer is not None}

    def posted(self, cells: Mapping[str, str]) -> dict[str, list[str]]:
        """The form fields that a row of a file stands for; the reverse of ``columns``."""
        return {name: [cells[name]] for name in self.checks if name in cells}

    def spellings(self) -> Mapping[str, str]:
        """Other tools' words for its codes, besides their texts, each with its code."""
        return {}

    # -- made-up answers ---------------------------------------------------------------

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        """The fields of a plausible answer, or of a blank one, for demonstrations.

        Args:
            chance: the only source of chance, so that a seed gives the same again.
        """
        raise NotImplementedError(f"{self.type} has no made_up()")

    def skipped(self, chance: Random) -> bool:
        """Whether a made-up respondent leaves the item blank: one in eight, if they may."""
        return not self.required and chance.random() < 0.125

    # -- reading -----------------------------------------------------------------------

    def columns(self) -> list[Column]:
        """Its columns, in the order of an export."""
        return []

    def text_column(self, part: str, label: str) -> Column:
        """A column of text as typed, from ``answers`` or, if personal, ``identity``."""
        value = None if self.personal else text_of(part)
        return Column(part, label, part, Dtype.TEXT, value, state_of(part))

    def parts(self) -> Sequence[str]:
        """The names of the stored answers that there is something to read in."""
        return list(self.checks)

    def words(self, part: str, answer: JSON) -> Message:
        """One stored answer as a person reads it, on receipts and the review desk."""
        return str(answer)

    def where(self, code: str) -> Q:
        """Responses whose answer is, or holds, ``code``: a filter an index can serve."""
        return Q(answers__contains={self.key: code})

    @property
    def span(self) -> Span | None:
        """The ranges one may filter by; none where answers have no order of their own."""
        return None

    @property
    def graded(self) -> bool:
        """Whether the options of its rows are a scale, such as from against to for."""
        return False

    @property
    def limits(self) -> tuple[JSON, JSON]:
        """The least and the greatest answer that is taken, as stored; None where any is."""
        return None, None

    @property
    def measured_in(self) -> str:
        """The unit of its numbers; "" for none."""
        return ""

    def where_state(self, part: str, state: State | Way) -> Q:
        """Responses that stand like this to one of its ``operands``, or declined it this way."""
        return stands(part, state, WAYS)

    def pool(self, older: "Item") -> "Item":
        """This item with what only ``older``, of an earlier revision, could be answered."""
        return self

    @classmethod
    def example(cls) -> Example:
        raise NotImplementedError(f"{cls.__name__} has no example()")


def operands(items: Iterable[Item]) -> dict[str, Item]:
    """What conditions, filters and recalled texts speak of: items, and those they are made of."""
    return {name: part for item in items for name, part in item.operands().items()}
