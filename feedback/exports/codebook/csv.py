"""The codebook as CSV: a row for each variable, then one for each code and each missing code.

Cells are guarded as those of the export, but for codes, which are looked up as they are.
"""

from collections.abc import Iterator, Sequence

from feedback.exports.codebook.entries import Code, Codebook, Described
from feedback.exports.copying import line
from feedback.questionnaire.codebook import BLANK, guarded

HEADER = (
    *("column", "item", "type", "question", "holds", "code", "label", "personal", "required"),
    *("count", "answered", "unit", "least", "most", "revisions", "asked_of", "worked_out"),
    "changes",
)
BETWEEN = "; "


def written(book: Codebook) -> bytes:
    return b"".join(line(row) for row in rows(book))


def rows(book: Codebook) -> Iterator[Sequence[object]]:
    named = [f"{part}__{code}" for code in book.languages for part in ("question", "label")]
    yield (*HEADER, *named)
    for variable in book.variables:
        blank, *missing = variable.missing
        yield (*row(variable, blank), *whole(variable, book), *texts(variable, blank, book))
        for code in (*variable.codes, *missing):
            yield (*row(variable, code), *[""] * (len(HEADER) - 10), *texts(variable, code, book))


def row(one: Described, code: Code) -> Sequence[object]:
    """What stands in every row; a count is left out where nothing was counted."""
    about = (one.name, one.question, one.kind, guarded(one.label), str(one.dtype))
    # The row of the variable itself is that of its blank cells, too.
    label = "" if code.code == BLANK else guarded(code.label)
    flags = (yes_no(one.personal), yes_no(one.required))
    return (*about, code.code, label, *flags, plain(code.count))


def whole(one: Described, book: Codebook) -> Sequence[object]:
    """What is told once of a variable."""
    told = (f"r{change.revision}: {change.what}" for change in one.changes)
    return (
        plain(one.answered),
        guarded(one.unit),
        plain(one.least),
        plain(one.most),
        BETWEEN.join(map(str, one.revisions)),
        guarded(one.asked_of.get(book.language) or next(iter(one.asked_of.values()), "")),
        guarded(one.formula),
        BETWEEN.join(told),
    )


def texts(one: Described, code: Code, book: Codebook) -> Iterator[str]:
    for language in book.languages:
        yield guarded(one.texts.get(language, ""))
        yield guarded(code.texts.get(language, ""))


def plain(value: object) -> object:
    return "" if value is None else value


def yes_no(flag: bool) -> str:
    return "yes" if flag else "no"
