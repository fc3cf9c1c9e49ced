"""The code frame of an open question: codes made, reworded, moved, retired; as CSV too.

Codes are never deleted: what has one keeps it, and its number means the same for good.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from feedback.models import Code, OpenQuestion, Survey
from feedback.models.audit import record
from feedback.open_text.questions import locked
from feedback.questionnaire.codebook import guarded, unguarded
from feedback.responses.acts import NotPossible

COLUMNS = ("number", "parent", "name", "definition", "examples", "retired")
MOST = 500  # codes
LONGEST = 5_000  # characters of a definition, and of examples


@dataclass(frozen=True)
class Placed:
    """A code and how deep in the tree it stands."""

    code: Code
    depth: int


def tree(codes: Sequence[Code]) -> list[Placed]:
    """Each code below its parent, in their order."""
    below: dict[int | None, list[Code]] = {}
    for code in codes:
        below.setdefault(code.parent_id, []).append(code)

    def walk(parent: int | None, depth: int) -> Iterator[Placed]:
        for code in below.get(parent, []):
            yield Placed(code, depth)
            yield from walk(code.pk, depth + 1)

    return list(walk(None, 0))


def codes_of(survey: Survey, part: str, *, retired: bool = True) -> list[Code]:
    """In the order of the tree."""
    rows = list(Code.objects.filter(survey=survey, part=part).select_related("parent"))
    return [one.code for one in tree(rows) if retired or not one.code.retired]


@transaction.atomic
def add(survey: Survey, part: str, fields: Mapping[str, Any], *, actor: Any) -> Code:
    """A new code behind the others, with the next number.

    Raises:
        NotPossible: it has no name, or there are too many.
    """
    locked(survey, part)
    code = new(survey, part)
    fill(code, fields)
    approve_anew(survey, part)
    record("code_made", actor=actor, survey=survey, part=part, code=code.number)
    return code


@transaction.atomic
def change(code: Code, fields: Mapping[str, Any], *, actor: Any) -> None:
    """Reword it, move it, retire it or bring it back.

    Raises:
        NotPossible: it has no name, or would stand below itself.
    """
    locked(code.survey, code.part)
    name = code.name
    fill(code, fields)
    if code.name != name:
        approve_anew(code.survey, code.part)
    record(
        "code_changed",
        actor=actor,
        survey=code.survey,
        part=code.part,
        code=code.number,
        retired=code.retired,
    )


@transaction.atomic
def publish(survey: Survey, part: str, *, on: bool, actor: Any) -> None:
    """Let results for everyone tell how many answers have which code, or no longer."""
    question = locked(survey, part)
    question.codes_public = on
    question.save(update_fields=["codes_public"])
    record("codes_public", actor=actor, survey=survey, part=part, on=on)


def approve_anew(survey: Survey, part: str) -> None:
    """Codes have other names now: reviewers write them, and editors answer for what is public."""
    OpenQuestion.objects.filter(survey=survey, part=part).update(codes_public=False)


def new(survey: Survey, part: str, number: int | None = None) -> Code:
    rows = Code.objects.filter(survey=survey, part=part)
    if rows.count() >= MOST:
        raise NotPossible(_("A code frame has at most %(most)d codes.") % {"most": MOST})
    last = rows.aggregate(number=Max("number"), position=Max("position"))
    number = number or (last["number"] or 0) + 1
    return Code(survey=survey, part=part, number=number, position=(last["position"] or 0) + 1)


def fill(code: Code, fields: Mapping[str, Any]) -> None:
    code.name = one_line(fields.get("name", ""))
    if not code.name or len(code.name) > 100:
        raise NotPossible(_("A code’s name has 1 to 100 characters."))
    code.definition = plain(fields.get("definition", ""))
    code.examples = plain(fields.get("examples", ""))
    code.retired = bool(fields.get("retired"))
    code.parent = parent_of(code, str(fields.get("parent", "")).strip())
    code.save()


def parent_of(code: Code, number: str) -> Code | None:
    if not number:
        return None
    found = Code.objects.filter(survey=code.survey, part=code.part)
    parent = found.filter(number=int(number)).first() if number.isdecimal() else None
    if parent is None:
        raise NotPossible(_("There is no code %(number)s to stand below.") % {"number": number[:9]})
    above: Code | None = parent
    while above is not None:
        if above.pk == code.pk and code.pk is not None:
            raise NotPossible(_("A code cannot stand below itself."))
        above = above.parent
    return parent


def one_line(text: Any) -> str:
    return " ".join(str(text).replace("\0", "").split())


def plain(text: Any) -> str:
    said = str(text).replace("\0", "").strip()
    if len(said) > LONGEST:
        raise NotPossible(_("That is too long: %(most)d characters at most.") % {"most": LONGEST})
    return said


def as_csv(codes: Sequence[Code]) -> str:
    """The frame as a spreadsheet reads it; ``from_csv`` takes it back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for code in codes:
        texts = [guarded(text) for text in (code.name, code.definition, code.examples)]
        parent = code.parent.number if code.parent else ""
        writer.writerow([code.number, parent, *texts, "yes" if code.retired else ""])
    return out.getvalue()


@transaction.atomic
def from_csv(survey: Survey, part: str, text: str, *, actor: Any) -> int:
    """Take a frame from a file: codes of a known number are reworded, others are made.

    Returns:
        How many codes the file has.

    Raises:
        NotPossible: with the line that cannot be taken; then none of it is.
    """
    locked(survey, part)
    rows = rows_of_file(text)
    known = {code.number: code for code in codes_of(survey, part)}
    for line, row in enumerate(rows, start=2):  # each first without its parent, which may follow
        try:
            given = row["number"].strip()
            if given and not (given.isdecimal() and 0 < int(given) < 1_000_000):
                raise NotPossible(_("“%(text)s” is no number of a code.") % {"text": given[:20]})
            number = int(given) if given else None
            code = known.get(number or 0) or new(survey, part, number)
            fill(code, {**row, "parent": "", "retired": row["retired"].strip()})
            row["number"] = str(code.number)
            known[code.number] = code
        except NotPossible as error:
            raise on_line(line, error) from error
    for line, row in enumerate(rows, start=2):
        code = known[int(row["number"])]
        try:
            code.parent = parent_of(code, row["parent"].strip())
        except NotPossible as error:
            raise on_line(line, error) from error
        code.save(update_fields=["parent"])
    approve_anew(survey, part)
    record("code_frame", actor=actor, survey=survey, part=part, codes=len(rows))
    return len(rows)


def on_line(line: int, error: NotPossible) -> NotPossible:
    return NotPossible(_("Line %(line)d: %(what)s") % {"line": line, "what": error})


def rows_of_file(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        if "name" not in names:
            raise NotPossible(
                _("The first line has to name the columns: %(names)s.")
                % {"names": ", ".join(COLUMNS)}
            )
        reader.fieldnames = names
        rows = [
            {name: unguarded(row.get(name) or "") for name in COLUMNS}
            for row in reader
            if any(row.values())
        ]
    except csv.Error as error:
        raise NotPossible(_("The file cannot be read as CSV.")) from error
    if len(rows) > MOST:
        raise NotPossible(_("A code frame has at most %(most)d codes.") % {"most": MOST})
    return rows
