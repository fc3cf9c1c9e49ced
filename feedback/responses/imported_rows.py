"""How a file is read: our own export as CSV or as JSON Lines, or another tool's table.

Each way gives the same rows, cleaned item by item as the form would; what becomes of them
is for ``importing.py``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Survey
from feedback.question_types.base import JSON, WAYS, Answers, Item
from feedback.questionnaire.answers import Cleaned
from feedback.questionnaire.cells import (
    Present,
    Ticks,
    Wrong,
    names_of,
    plain_texts,
    present,
    reasons_against,
    take_posted,
    take_up,
    ticks_of,
)
from feedback.questionnaire.changes import pooled
from feedback.questionnaire.codebook import MISSING_CODES, NOT_SHOWN
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.foreign import Reader, reader_of
from feedback.questionnaire.readers.records import BadFile, lines, records, shape_of
from feedback.responses.imported_cells import IGNORED, OWN, WITHDRAWN, as_cell

DROPPED = gettext_lazy("the survey no longer asks this. Empty the cell or drop the column.")
THEME_ENDS = ("__theme", "__theme_name")  # of columns that are derived, and found anew
OWN_NAMES = {*OWN, *IGNORED, WITHDRAWN}  # what an export has besides answers
Given = tuple[int, Mapping[str, str], Sequence[tuple[str, str]]]  # line, cells, what is wrong


@dataclass
class Row:
    """One record: what would be stored of it, and what is wrong with it, by column."""

    line: int
    own: dict[str, Any] = field(default_factory=dict)
    cleaned: Cleaned = field(default_factory=Cleaned)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    withdrawn: bool = False  # all that is left of it is that it was


class Source(Protocol):
    """A file that is being read."""

    def rows(self) -> Iterator[Row]: ...

    @property
    def absent(self) -> list[str]:
        """Questions that no row read so far tells of: stored as not shown."""
        ...


def source_of(survey: Survey, raw: BinaryIO) -> Source:
    """How a file is to be read, by its beginning.

    Raises:
        BadFile: it is none of this survey's.
    """
    if survey.live is None:
        raise BadFile(_("%(survey)s is not published. Publish it first.") % {"survey": survey})
    start = raw.read(100).removeprefix(b"\xef\xbb\xbf").lstrip()
    raw.seek(0)
    if start.startswith(b"{"):
        return JSONLines(survey.live.questionnaire, raw)
    live = survey.live.questionnaire
    if live.imported_from is None:
        return ours(survey, live, raw)
    head = head_of(raw, live.imported_from.header_rows)
    try:
        reader = reader_of(live, head)
    except BadFile:
        if head and not OWN_NAMES.isdisjoint(head[0]):
            raw.seek(0)
            return ours(survey, live, raw)
        raise
    return Table(live, reader.header, not_ours(reader, raw))


# -- tables ----------------------------------------------------------------------------


@dataclass
class Table:
    """Rows by our own columns, whoever's the file is."""

    questionnaire: Questionnaire
    header: Sequence[str]
    given: Iterator[Given]
    dropped: frozenset[str] = frozenset()  # columns that the live revision no longer has

    def __post_init__(self) -> None:
        self.present: list[Present] = present(self.questionnaire.questions, self.header)

    @property
    def absent(self) -> list[str]:
        asked = {one.item.key for one in self.present}
        return [item.key for item in self.questionnaire.questions if item.key not in asked]

    def rows(self) -> Iterator[Row]:
        for line, cells, wrong in self.given:
            row = Row(line, wrong=list(wrong), withdrawn=bool(cells.get(WITHDRAWN)))
            if not row.withdrawn:
                read_own(row, cells)
                self.read_answers(row, cells)
            yield row

    def read_answers(self, row: Row, cells: Mapping[str, str]) -> None:
        for name in self.dropped:
            if cells.get(name, "") not in MISSING_CODES:
                row.wrong.append((name, str(DROPPED)))
        for one in self.present:
            try:
                take_up(row.cleaned, one, cells)
            except Wrong as error:
                row.wrong.append((one.item.key, str(error)))
            except ValidationError as error:
                row.wrong += reasons_against(error).items()


def read_own(row: Row, cells: Mapping[str, str]) -> None:
    """The response's own columns, where they are filled."""
    for name, read in OWN.items():
        if cell := cells.get(name):
            try:
                row.own[name] = read(cell)
            except Wrong as error:
                row.wrong.append((name, str(error)))


def ours(survey: Survey, live: Questionnaire, raw: BinaryIO) -> Table:
    """A file with the columns of our own export. Raises: BadFile, as above."""
    rows = records(raw)
    header = next(rows, (1, []))[1]
    revisions = survey.revisions.order_by("-number")
    ever = names_of(
        c for item in pooled(r.questionnaire for r in revisions) for c in item.columns()
    )
    asked = names_of(live.columns)
    themes = {f"{key}{end}" for key in (*asked, *ever) for end in THEME_ENDS} & set(header)
    check_header(header, asked=asked, known={*OWN_NAMES, *asked, *ever, *themes})
    refuse_both(header, ticks_of(live.columns))
    given = ((line, dict(zip(header, cells, strict=True)), ()) for line, cells in rows)
    return Table(live, header, given, frozenset(ever - asked) & set(header))


def check_header(header: Sequence[str], *, asked: set[str], known: set[str]) -> None:
    if twice := sorted({name for name in header if header.count(name) > 1}):
        message = _("line 1: there twice: %(names)s. Leave one of each out.")
        raise BadFile(message % {"names": ", ".join(twice)})
    if unknown := [name for name in header if name not in known]:
        message = _(
            "line 1: the survey has no column %(names)s. Rename it or leave it out; the survey’s "
            "export shows how they are called."
        )
        raise BadFile(message % {"names": ", ".join(map(repr, unknown))})
    if not asked & set(header):
        raise BadFile(_("line 1: no column holds an answer. Is the first line the header?"))


def refuse_both(header: Sequence[str], ticks: Mapping[str, Ticks]) -> None:
    """Raises: BadFile, if options stand joined in one column and also in their own."""
    present_names = set(header)
    twice = [
        part
        for part, names in ticks.items()
        if part in present_names and not present_names.isdisjoint(names.values())
    ]
    if twice:
        message = _("line 1: there twice: %(names)s. Leave one of each out.")
        raise BadFile(message % {"names": ", ".join(twice)})


def head_of(raw: BinaryIO, count: int) -> list[list[str]]:
    raw.seek(0)
    rows = records(raw, shape_of(raw))
    return [cells for (_line, cells), _n in zip(rows, range(count), strict=False)]


def not_ours(reader: Reader, raw: BinaryIO) -> Iterator[Given]:
    """The rows of another tool's file by our own columns; empty ones are left out."""
    raw.seek(0)
    rows = records(raw, shape_of(raw))
    unread = {name: "" if name in OWN else NOT_SHOWN for name in reader.header}
    for number, (line, values) in enumerate(rows):
        if number >= reader.told.header_rows and any(value.strip() for value in values):
            cells, wrong = reader.cells(values)
            yield line, unread | cells, wrong


def is_text(data: object) -> bool:
    """Whether all of it can be stored: JSON may name half a pair of surrogates."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


# -- JSON Lines ------------------------------------------------------------------------


@dataclass
class JSONLines:
    """Rows as our export in JSON Lines has them: answers just as they are stored."""

    questionnaire: Questionnaire
    raw: BinaryIO
    told: set[str] = field(default_factory=set)  # the questions that some line tells of

    @property
    def absent(self) -> list[str]:
        return [item.key for item in self.questionnaire.questions if item.key not in self.told]

    def rows(self) -> Iterator[Row]:
        for number, text in enumerate(lines(self.raw), 1):
            if text.strip():
                yield self.row(number, text)

    def row(self, number: int, text: str) -> Row:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            message = _("line %(line)d is no JSON. Is it an export in JSON Lines?")
            raise BadFile(message % {"line": number}) from error
        if not isinstance(data, dict):
            message = _("line %(line)d is no object. Is it an export in JSON Lines?")
            raise BadFile(message % {"line": number})
        if not is_text(data):
            message = _("line %(line)d holds half a character, which is no text.")
            raise BadFile(message % {"line": number})
        row = Row(number, withdrawn=WITHDRAWN in data)
        if not row.withdrawn:
            cells = dict[str, str]()
            for name in OWN.keys() & data.keys():
                try:
                    cells[name] = as_cell(name, data[name])
                except Wrong as error:
                    row.wrong.append((name, str(error)))
            read_own(row, cells)
            self.read_answers(row, data.get("answers"), data.get("identity", {}))
        return row

    def read_answers(self, row: Row, answers: Any, identity: Any) -> None:
        if not isinstance(answers, dict) or not isinstance(identity, dict):
            row.wrong.append(("answers", _("it holds no answers by name.")))
            return
        by_item: dict[str, Answers] = {}
        for part, answer in answers.items():
            by_item.setdefault(part.partition("__")[0], {})[part] = answer
        for key, own in by_item.items():
            item = self.questionnaire.by_key.get(key)
            if item is None or not item.asks:
                if any(answer is not None and not declines(answer) for answer in own.values()):
                    row.wrong.append((key, str(DROPPED)))
                continue
            try:
                if take_stored(row.cleaned, item, own, identity):
                    self.told.add(key)
            except Wrong as error:
                row.wrong.append((key, str(error)))
            except ValidationError as error:
                row.wrong += reasons_against(error).items()


def declines(answer: JSON) -> bool:
    return isinstance(answer, dict) and len(answer) == 1 and answer.get("state") in WAYS


def take_stored(cleaned: Cleaned, item: Item, own: Answers, identity: Answers) -> bool:
    """Add a stored answer, once the form that would give it is found to give just that.

    Returns:
        Whether there was one: a personal answer that the file does not hold is left out.

    Raises:
        Wrong: no form would give this answer.
        ValidationError: as ``take_up``.
    """
    if item.key not in own:
        message = _("%(part)s stands there without %(key)s itself.")
        raise Wrong(message % {"part": next(iter(own)), "key": item.key})
    answer = own[item.key]
    if isinstance(answer, dict):
        if not declines(answer) or len(own) > 1:
            raise Wrong(_("“%(cell)s” is no way to decline.") % {"cell": str(answer)[:60]})
        cleaned.answers[item.key] = answer
        return True
    whole = own
    if item.personal:
        if any(told is not None and told is not True for told in own.values()):
            raise Wrong(_("it is personal, so only its state stands here. Was the file changed?"))
        apart = [part for part, told in own.items() if told is not None]
        if not identity.keys() >= set(apart):
            return False
        whole = own | {part: identity[part] for part in apart}
    again = Cleaned()
    take_posted(again, item, posted_again(item, whole))
    found = again.answers | again.identity
    found = {part: told for part, told in found.items() if part in whole or told is not None}
    if found != whole:
        raise Wrong(_("no form gives this answer. Was the file changed?"))
    cleaned.answers.update({part: again.answers[part] for part in whole})
    cleaned.identity.update(again.identity)
    return True


def posted_again(item: Item, answers: Answers) -> Mapping[str, list[str]]:
    """The form fields that stored answers came from; a computed one as a file has it."""
    return item.posted(plain_texts(answers)) if item.formula else item.refilled(answers)
