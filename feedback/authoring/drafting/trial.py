"""Whether what a file holds would be stored, by the very code that imports it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as Unfit
from pydantic import ValidationError

from feedback.authoring.drafting.headings import Heading
from feedback.authoring.drafting.ideas import Idea
from feedback.authoring.drafting.seen import Seen
from feedback.questionnaire.answers import Cleaned
from feedback.questionnaire.cells import Wrong, present, take_up
from feedback.questionnaire.codebook import NOT_SHOWN
from feedback.questionnaire.definition import Questionnaire, unsound
from feedback.questionnaire.foreign import Cells, reader_by

Columns = Sequence[tuple[Heading, Seen]]


class Trial:
    """Some columns of a file, read as an idea has them.

    Raises:
        ValidationError: the idea is no questionnaire.
    """

    def __init__(self, idea: Idea, headings: Iterable[Heading], around: Mapping[str, Any]) -> None:
        self.headings = [heading for heading in headings if heading.place in idea.columns]
        columns = [mapped(heading, idea) for heading in self.headings]
        imported = {**around, "columns": columns}
        self.questionnaire = Questionnaire.parse(
            {"slug": "x", "title": "x", "pages": [{"items": idea.items}], "imported_from": imported}
        )
        names = [(heading.header, heading.nth) for heading in self.headings]
        self.reader = reader_by(self.questionnaire, names)
        self.present = present(self.questionnaire.questions, self.reader.header)
        self.unread = dict.fromkeys(self.reader.header, NOT_SHOWN)

    def takes(self, values: Sequence[str]) -> bool:
        """Whether a row with these cells, one for each of the headings, would be stored."""
        cells: Cells = dict(self.unread)
        try:
            for place, _header, read in self.reader.reads:
                cells |= read(values[place])
            for one in self.present:
                take_up(Cleaned(), one, cells)
        except (Wrong, Unfit):
            return False
        return True

    def takes_row(self, row: Sequence[str]) -> bool:
        """Likewise of a whole row of the file."""
        return self.takes([row[heading.place] for heading in self.headings])


def mapped(heading: Heading, idea: Idea) -> dict[str, Any]:
    """The line of ``imported_from`` for one column."""
    nth = {"nth": heading.nth} if heading.nth > 1 else {}
    return {"header": heading.header, **nth, **idea.columns[heading.place]}


def fits(idea: Idea, columns: Columns, around: Mapping[str, Any]) -> bool:
    """Whether every different cell of the columns, each by itself, would be stored."""
    try:
        trial = Trial(idea, [heading for heading, _seen in columns], around)
    except ValidationError:
        return False
    if next(iter(unsound(trial.questionnaire)), None):
        return False
    if idea.items[0]["type"] == "ranking":  # one rank by itself is none
        return True
    known = {heading.place: seen for heading, seen in columns}
    blank = [""] * len(trial.headings)
    for at, heading in enumerate(trial.headings):
        for text in known[heading.place].counts:
            if not trial.takes([*blank[:at], text, *blank[at + 1 :]]):
                return False
    return True
