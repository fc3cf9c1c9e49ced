"""The columns of a file put together to questions, each with its ideas in order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from feedback.authoring.drafting import groups, guesses
from feedback.authoring.drafting.headings import Heading
from feedback.authoring.drafting.ideas import Idea, Subject, says_other
from feedback.authoring.drafting.naming import Keys
from feedback.authoring.drafting.options import several_of
from feedback.authoring.drafting.seen import Seen
from feedback.authoring.drafting.trial import fits

Columns = Sequence[tuple[Heading, Seen]]


@dataclass
class Question:
    """A question with the ideas that are left for it, the first being the one at hand."""

    subject: Subject
    ideas: Iterator[Idea]
    idea: Idea

    @classmethod
    def of(cls, subject: Subject, around: Mapping[str, Any]) -> "Question | None":
        """None where no idea takes what the columns hold."""
        single = len(subject.columns) == 1
        made = guesses.ideas(subject) if single else groups.ideas(subject)
        fitting = (idea for idea in made if fits(idea, subject.everything, around))
        first = next(fitting, None)
        return cls(subject, fitting, first) if first else None

    def another(self) -> bool:
        """Go on to the next idea. Returns: whether there was one."""
        found = next(self.ideas, None)
        self.idea = found or self.idea
        return found is not None


def grouped(columns: Columns) -> list[Columns]:
    """Neighbours of one question together; all others by themselves."""
    found: list[Columns] = []
    for _group, run in groupby(columns, key=lambda pair: pair[0].group):
        own = list(run)
        parts = [heading for heading, _seen in own if heading.part or heading.types_other]
        whole = len(own) > 1 and len(parts) >= len(own) - 1
        found += [own] if whole else [[pair] for pair in own]
    return found


def subject_of(columns: Columns, keys: Keys, tool: str) -> Subject:
    """A question of these columns; a text that was typed in as other is put aside."""
    typed = [pair for pair in columns if pair[0].types_other]
    asked = [pair for pair in columns if not pair[0].types_other] or list(columns)
    first = asked[0][0]
    alone = len(columns) == 1
    text = first.header if alone and first.part else first.text
    key = keys.key(code=first.code, text=text, number=first.place + 1)
    named = [
        keys.key(
            code=f"{h.code}_{h.part}" if h.code and h.part else h.code,
            text=h.header if h.part or h.types_other else h.text,
            number=h.place + 1,
        )
        for h, _seen in (columns if not alone else [])
    ]
    aside = typed[0] if typed and typed[0] not in asked else None
    return Subject(key, text, asked, aside, tool, [*named, key] if not aside else named)


def each_alone(subject: Subject) -> Iterator[Subject]:
    """The columns of a question as questions of their own."""
    for (heading, seen), key in zip(subject.everything, subject.keys, strict=False):
        text = f"{heading.text} – {heading.part}" if heading.part else heading.text
        yield Subject(key, text, [(heading, seen)], tool=subject.tool, keys=[key])


def adopts(main: Subject, typed: Heading, beside: Sequence[str]) -> bool:
    """Whether the question before a column "if other, please say" had other chosen there."""
    if len(main.columns) > 1 or main.typed or not beside:
        return False
    found = several_of(main.columns[0][1])
    separator = found.separator if found else ""
    return all(
        any(says_other(piece.strip()) for piece in (cell.split(separator) if separator else [cell]))
        for cell in beside
    )


def with_typed(main: Subject, typed: tuple[Heading, Seen], key: str) -> Subject:
    return replace(main, typed=typed, keys=[*main.keys, key])
