"""A draft: a file read once to count, its questions guessed, and read again to be sure.

The second reading runs each row through the code that imports it. A question that would
refuse a row is asked in another way, in the end as a text, so that what was drafted from a
file takes all of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from feedback.authoring.drafting.headings import Heading
from feedback.authoring.drafting.ideas import Subject
from feedback.authoring.drafting.layouts import MOST_HEADER_ROWS, Layout, layout_of
from feedback.authoring.drafting.naming import Keys
from feedback.authoring.drafting.own import LEFT_OUT, Own, own_columns
from feedback.authoring.drafting.seen import Seen, meaning_nothing
from feedback.authoring.drafting.subjects import (
    Question,
    adopts,
    each_alone,
    grouped,
    subject_of,
    with_typed,
)
from feedback.authoring.drafting.trial import Trial
from feedback.questionnaire.readers.records import BadFile, Shape, records, shape_of

UNASKED = "N/A"  # of LimeSurvey: a condition hid the question
NUMBERS = ("id", "#", "no", "no.", "nr", "nr.", "number")
BESIDE = 200  # different cells beside a text of other that are looked at
Tick = Callable[[int], None]


@dataclass
class Draft:
    """What was understood of a file."""

    layout: Layout
    shape: Shape
    rows: int = 0
    seen: list[Seen] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)
    not_shown: list[str] = field(default_factory=list)
    own: dict[str, Own] = field(default_factory=dict)
    left_out: list[tuple[Heading, str]] = field(default_factory=list)  # with the reason
    questions: list[Question] = field(default_factory=list)

    @property
    def around(self) -> dict[str, Any]:
        """What ``imported_from`` says of all columns."""
        said: dict[str, Any] = {}
        if self.layout.header_rows > 1:
            said["header_rows"] = self.layout.header_rows
        if self.layout.time_zone != "UTC":
            said["time_zone"] = self.layout.time_zone
        if self.blank:
            said["blank"] = self.blank
        if self.not_shown:
            said["not_shown"] = self.not_shown
        return said


def draft(raw: BinaryIO, *, read: Tick = lambda rows: None) -> Draft:
    """What a file of another tool holds.

    Args:
        read: called now and then with the number of rows read since.

    Raises:
        BadFile: it is no table.
    """
    shape = shape_of(raw)
    head = [
        cells
        for (_line, cells), _n in zip(records(raw, shape), range(MOST_HEADER_ROWS), strict=False)
    ]
    if not head or not any(cell.strip() for cell in head[0]):
        raise BadFile(_("line 1: there is no header. Is it a table with one row a response?"))
    found = Draft(layout_of(head), shape)
    beside = count(found, raw, read)
    found.blank = meaning_nothing(found.seen)
    if found.layout.tool == "LimeSurvey" and any(seen.counts[UNASKED] for seen in found.seen):
        found.blank = [text for text in found.blank if text != UNASKED]
        found.not_shown = [UNASKED]
    meaningless = {*found.blank, *found.not_shown}
    found.seen = [seen.without(meaningless) for seen in found.seen]
    sort_out(found, beside)
    make_sure(found, raw, read)
    if not found.questions:
        raise BadFile(
            _("line 1: no column holds answers to a question. Is it an export of answers?")
        )
    return found


def rows_of(draft: Draft, raw: BinaryIO) -> Iterator[list[str]]:
    """The filled rows below the header."""
    raw.seek(0)
    for number, (_line, cells) in enumerate(records(raw, draft.shape)):
        if number >= draft.layout.header_rows and any(cell.strip() for cell in cells):
            yield cells


def count(draft: Draft, raw: BinaryIO, read: Tick) -> dict[int, Counter[str]]:
    """Count the cells of each column; and for each text of other, the cells of its question."""
    headings = draft.layout.headings
    draft.seen = [Seen() for _heading in headings]
    mains = {h.place: main_of(h, headings) for h in headings if h.types_other}
    beside: dict[int, Counter[str]] = {place: Counter() for place in mains}
    for row in rows_of(draft, raw):
        draft.rows += 1
        for seen, cell in zip(draft.seen, row, strict=True):
            seen.add(cell)
        for place, main in mains.items():
            if row[place].strip() and len(beside[place]) < BESIDE:
                beside[place][row[main].strip()] += 1
        if not draft.rows % 1_000:
            read(1_000)
    return beside


def main_of(typed: Heading, headings: Sequence[Heading]) -> int:
    """The column before it that is a question."""
    before = [h.place for h in headings[: typed.place] if not h.types_other and not h.role]
    return before[-1] if before else typed.place


def sort_out(draft: Draft, beside: dict[int, Counter[str]]) -> None:
    """Each column as a question's, as the response's own, or as left out."""
    columns = list(zip(draft.layout.headings, draft.seen, strict=True))
    draft.own = own_columns(columns, draft.layout.time_zone)
    places = {one.heading.place for one in draft.own.values()}
    asked = []
    for heading, seen in columns:
        if heading.place in places:
            continue
        reason = why_not_asked(heading, seen, draft)
        if reason:
            draft.left_out.append((heading, reason))
        else:
            asked.append((heading, seen))
    keys = Keys()
    subjects: list[Subject] = []
    for group in grouped(asked):
        subject = subject_of(group, keys, draft.layout.tool)
        typed = subject.columns[0][0]
        alone = len(group) == 1 and typed.types_other
        if alone and subjects and adopts(subjects[-1], typed, [*beside[typed.place]]):
            subjects[-1] = with_typed(subjects[-1], group[0], subject.key)
        else:
            subjects.append(subject)
    for subject in subjects:
        draft.questions += questions_of(subject, draft)


def why_not_asked(heading: Heading, seen: Seen, draft: Draft) -> str:
    """Why a column is left out; "" for one that is a question."""
    if not heading.header and not seen.filled:
        return _("neither a header nor a filled cell")
    if not heading.place and heading.header.casefold() in NUMBERS and told_apart(seen):
        return str(LEFT_OUT["id"])
    if heading.types_other and not seen.filled:
        return _("no cell is filled")
    if not heading.role or (heading.role == "person" and seen.filled):
        return ""
    of_tool = draft.layout.tool not in ("a table", "Google Forms")
    if heading.role not in ("id", "person") and not of_tool and heading.role not in draft.own:
        return ""  # it holds something else than its header says
    return str(LEFT_OUT[heading.role])


def told_apart(seen: Seen) -> bool:
    """Whether each cell is another whole number, as a tool numbers its rows."""
    return not seen.more and len(seen.counts) == seen.filled and all(map(str.isdigit, seen.counts))


def questions_of(subject: Subject, draft: Draft) -> list[Question]:
    """The question, or one for each column where no idea puts them together."""
    found = Question.of(subject, draft.around)
    if found:
        return [found]
    apart = [Question.of(one, draft.around) for one in each_alone(subject)]
    return [question for question in apart if question]


# -- the second reading ----------------------------------------------------------------


def make_sure(draft: Draft, raw: BinaryIO, read: Tick) -> None:
    """Change what would refuse a row of the file, until nothing does."""
    doubtful = list(draft.questions)
    while doubtful:
        refusing = refused_by(draft, doubtful, raw, read)
        doubtful = []
        for question in refusing:
            if question.another():
                doubtful.append(question)
            else:
                at = draft.questions.index(question)
                apart = [Question.of(one, draft.around) for one in each_alone(question.subject)]
                draft.questions[at : at + 1] = told = [one for one in apart if one]
                doubtful += told


def refused_by(
    draft: Draft, questions: Sequence[Question], raw: BinaryIO, read: Tick
) -> list[Question]:
    """The questions that do not take each row; a column of the response's own goes at once."""
    headings = draft.layout.headings
    trials = {n: Trial(q.idea, headings, draft.around) for n, q in enumerate(questions)}
    refusing: list[Question] = []
    for number, row in enumerate(rows_of(draft, raw), 1):
        for n in [n for n, trial in trials.items() if not trial.takes_row(row)]:
            refusing.append(questions[n])
            del trials[n]
        for name in [
            name for name, one in draft.own.items() if not one.takes(row[one.heading.place])
        ]:
            draft.left_out.append(
                (draft.own.pop(name).heading, _("a cell of it is no %(name)s") % {"name": name})
            )
        if not number % 1_000:
            read(1_000)
    return refusing
