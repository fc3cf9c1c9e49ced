"""What one question of a file may be: definitions, how its cells are read, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.authoring.drafting.headings import OTHER_OPTION, Heading
from feedback.authoring.drafting.naming import Codes
from feedback.authoring.drafting.seen import Seen
from feedback.questionnaire.foreign import squeezed

LONGEST_TEXT = 50_000  # characters that a text can have at most
Definition = dict[str, Any]


@dataclass(frozen=True)
class Idea:
    """One way to ask what a few columns tell.

    Attributes:
        items: as a questionnaire defines them.
        columns: what each column of the file is, by its place; see ``imported_from``.
        why: told beside the first item.
    """

    items: Sequence[Definition]
    columns: Mapping[int, Definition]
    why: str


@dataclass(frozen=True)
class Subject:
    """The columns of one question, with what they hold.

    Attributes:
        typed: the column of texts that were typed in as other, where there is one.
    """

    key: str
    text: str
    columns: Sequence[tuple[Heading, Seen]]
    typed: tuple[Heading, Seen] | None = None
    tool: str = ""
    keys: Sequence[str] = field(default_factory=tuple)  # of each column, if asked by itself

    @property
    def everything(self) -> list[tuple[Heading, Seen]]:
        return [*self.columns, *([self.typed] if self.typed else [])]


def wording(text: str) -> str:
    """A text as a questionnaire may have it: never blank, never recalling an answer."""
    return squeezed(text).replace("{{", "{ {")[:5_000] or "–"


def choices_of(texts: Iterable[str], *reserved: str) -> list[Definition]:
    codes = Codes(*reserved)
    return [{"code": codes.code(squeezed(text)), "text": wording(text)} for text in texts]


def parted_by_other(texts: Sequence[str]) -> tuple[list[str], str]:
    """The options, and the one among them that stands for all others; "" for none."""
    others = [text for text in texts if says_other(text)]
    if not others:
        return list(texts), ""
    return [text for text in texts if text != others[0]], others[0]


def says_other(text: str) -> bool:
    return text == "-oth-" or bool(OTHER_OPTION.fullmatch(text))


def lines_for(text: str, seen: Seen, key: str) -> Definition:
    """A text, short or long, with room for all that is there."""
    short = seen.longest <= 200 and seen.mean_length <= 50 and not seen.more
    if short and not any("\n" in cell for cell in seen.counts):
        return {"key": key, "type": "short_text", "text": wording(text)}
    long: Definition = {"key": key, "type": "long_text", "text": wording(text)}
    if seen.longest > 10_000:
        long["max_length"] = LONGEST_TEXT
    return long
