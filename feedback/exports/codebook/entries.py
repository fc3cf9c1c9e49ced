"""What a codebook says, before it is written in any format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback.exports.codebook.wordings import Change, Wording
from feedback.models import Revision
from feedback.question_types.base import JSON
from feedback.question_types.columns import Dtype

OWN = "response"  # the type of what is of the response itself


@dataclass(frozen=True)
class Code:
    """What stands in a cell, and what it means.

    Attributes:
        texts: by language; empty where authors have no say in it.
        count: in how many cells; None where nothing was counted.
    """

    code: str
    label: str
    texts: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None


@dataclass(frozen=True)
class Described:
    """One variable.

    Attributes:
        texts: what was asked, by language, as the newest revision words it.
        question: the key of its question; "" for the response's own.
        kind: the type of the question.
        in_words: whether the file has the labels of the codes in their place.
        several: whether several codes may stand in one cell.
        least: the least answer that any of the revisions takes; None where any is.
        asked_of: who was asked by the newest revision, in words by language.
        missing: what stands where there is no answer.
        answered: how many cells hold an answer; None where nothing was counted.
        unknown: how many of them hold one that is no code of any revision.
        wordings: with the numbers of the revisions that asked like this, the oldest first.
    """

    name: str
    label: str
    dtype: Dtype
    codes: Sequence[Code]
    missing: Sequence[Code]
    answered: int | None
    unknown: int | None
    question: str = ""
    asks: str = ""
    kind: str = OWN
    texts: Mapping[str, str] = field(default_factory=dict)
    in_words: bool = False
    several: bool = False
    personal: bool = False
    required: bool = False
    unit: str = ""
    least: JSON = None
    most: JSON = None
    formula: str = ""
    address_part: str = ""
    asked_of: Mapping[str, str] = field(default_factory=dict)
    wordings: Sequence[tuple[Sequence[int], Wording]] = ()
    changes: Sequence[Change] = ()

    @property
    def revisions(self) -> list[int]:
        return [number for numbers, _wording in self.wordings for number in numbers]


@dataclass(frozen=True)
class Codebook:
    """All variables of a table in the order of its file.

    Attributes:
        titles: of the newest revision, by language.
        language: that the labels are in.
        responses: how many the counts are of; None where nothing was counted.
        withdrawn: how many rows the file has besides, each of one that was withdrawn.
    """

    survey: str
    title: str
    titles: Mapping[str, str]
    language: str
    languages: Sequence[str]
    revisions: Sequence[Revision]
    selection: Mapping[str, Sequence[str]]
    responses: int | None
    withdrawn: int | None
    variables: Sequence[Described]
