"""The codebook for people: a section for each question, with small tables.

What authors wrote stands escaped and on one line, so that none of it is taken for markup
and every table keeps its columns.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from feedback.exports.codebook.entries import Code, Codebook, Described
from feedback.exports.codebook.signs import shown
from feedback.exports.codebook.wordings import Wording
from feedback.question_types.columns import Dtype

MARKUP = re.compile(r"([\\`*_\[\]<>|~&$])")
MANY = 60  # codes; of more, only those that occur are listed


def written(book: Codebook) -> bytes:
    return ("\n".join(lines(book)) + "\n").encode()


def lines(book: Codebook) -> Iterator[str]:
    yield f"# {_('Codebook')}: {plain(book.title)}"
    yield ""
    yield from told_of_all(book)
    for question, some in groupby(book.variables, key=lambda one: one.question):
        variables = list(some)
        if question:
            yield from section(variables, book)
        else:
            yield from own(variables)


def told_of_all(book: Codebook) -> Iterator[str]:
    yield f"* {_('Survey')}: {plain(book.survey)}"
    if book.responses is not None:
        yield f"* {_('Responses')}: {book.responses}"
    if book.withdrawn:
        yield f"* {_('Withdrawn')}: {book.withdrawn}"
    for name, values in book.selection.items():
        yield f"* {_('Only')}: {plain(name)} = {plain(', '.join(values))}"
    yield f"* {_('Languages')}: {', '.join(book.languages)}"
    for one in book.revisions:
        yield f"* {revision_named(one.number)}: {one.published_at:%Y-%m-%d}"


def own(variables: Sequence[Described]) -> Iterator[str]:
    yield from ("", f"## {_('The response itself')}", "")
    yield from overview(variables, [plain(one.label) for one in variables])
    yield from values(variables)


def section(variables: Sequence[Described], book: Codebook) -> Iterator[str]:
    first = variables[0]
    yield from ("", f"## {first.question}", "", f"**{plain(first.asks)}**", "")
    yield f"* {_('Type')}: {first.kind.replace('_', ' ')}"
    yield from universe(variables, book)
    if first.formula:
        yield f"* {_('Worked out as')}: {plain(first.formula)}"
    if first.address_part:
        yield f"* {_('Taken from the address of the form')}: {plain(first.address_part)}"
    if first.unit:
        yield f"* {_('Unit')}: {plain(first.unit)}"
    if (first.least, first.most) != (None, None):
        yield f"* {_('Range')}: {limit(first.least)} – {limit(first.most)}"
    yield f"* {_('Needs an answer')}: {_('yes') if first.required else _('no')}"
    if first.personal:
        yield f"* {_('Personal: kept apart, encrypted')}"
    yield f"* {_('Asked in revision')}: {', '.join(map(str, revisions_of(variables)))}"
    yield ""
    yield from overview(variables, [rest_of(one) for one in variables])
    yield from values(variables)
    yield from wordings(variables, book)
    yield from changes(variables)


def universe(variables: Sequence[Described], book: Codebook) -> Iterator[str]:
    """Who was asked, once where it is the same of all."""
    found: dict[str, list[str]] = {}
    for one in variables:
        found.setdefault(told(one, book), []).append(code_of(one.name))
    for condition, names in found.items():
        which = "" if len(found) == 1 else f" ({', '.join(names)})"
        if condition:
            yield f"* {_('Asked of those of whom this holds')}{which}: {plain(condition)}"


def told(one: Described, book: Codebook) -> str:
    return one.asked_of.get(book.language) or next(iter(one.asked_of.values()), "")


def revisions_of(variables: Iterable[Described]) -> list[int]:
    return sorted({number for one in variables for number in one.revisions})


def rest_of(one: Described) -> str:
    """What the label of a variable has beside the text of its question."""
    return plain(one.label.removeprefix(one.asks).removeprefix(" – ")) or "·"


def overview(variables: Sequence[Described], labels: Sequence[str]) -> Iterator[str]:
    """The variables with how many cells of each hold what."""
    missing = variables[0].missing
    heads = [_("Variable"), _("Label"), _("Holds"), _("answered"), *(m.label for m in missing)]
    rows = []
    for one, label in zip(variables, labels, strict=True):
        counts = [one.answered, *(code.count for code in one.missing)]
        holds = f"{one.dtype} ({_('in words')})" if one.in_words else str(one.dtype)
        rows.append([code_of(one.name), label, holds, *map(number, counts)])
    counted = variables[0].answered is not None
    yield from table(*((heads, rows) if counted else (heads[:3], [row[:3] for row in rows])))


def values(variables: Sequence[Described]) -> Iterator[str]:
    """Their codes, each with its text and how often it occurs."""
    rows = [
        [code_of(one.name), code_of(code.code), plain(code.label), number(code.count)]
        for one in variables
        for code in listed(one.codes)
    ]
    if rows:
        yield ""
        yield from table([_("Variable"), _("Code"), _("Meaning"), _("Count")], rows)
    for one in variables:
        if left := len(one.codes) - len(listed(one.codes)):
            yield from ("", _("%(name)s has %(n)d further codes, listed in the other codebooks.")
                        % {"name": code_of(one.name), "n": left})  # fmt: skip
        if one.unknown:
            yield from ("", _("%(name)s holds %(n)d answers that are none of its codes.")
                        % {"name": code_of(one.name), "n": one.unknown})  # fmt: skip


def listed(codes: Sequence[Code]) -> Sequence[Code]:
    if len(codes) <= MANY:
        return codes
    return [code for code in codes if code.count] if codes[0].count is not None else codes[:MANY]


def wordings(variables: Sequence[Described], book: Codebook) -> Iterator[str]:
    """The texts of each revision and language, where there is more than one."""
    if len(book.languages) < 2 and all(len(one.wordings) < 2 for one in variables):
        return
    rows = [
        [
            *about(one, numbers),
            language,
            plain(text),
            options(one, wording, language),
        ]
        for one in variables
        for numbers, wording in one.wordings
        for language, text in wording.texts.items()
    ]
    yield ""
    heads = [_("Variable"), _("Revision"), _("Language"), _("Wording"), _("Options")]
    yield from table(heads, rows)


def options(one: Described, wording: Wording, language: str) -> str:
    texts = [(code, own.get(language, code)) for code, own in wording.codes.items()]
    if len(texts) > MANY or one.dtype is Dtype.BOOLEAN:
        return ""
    return "; ".join(f"{code_of(code)} {plain(text)}" for code, text in texts)


def changes(variables: Sequence[Described]) -> Iterator[str]:
    found: dict[tuple[int, str], list[str]] = {}
    for one in variables:
        for change in one.changes:
            found.setdefault((change.revision, change.what), []).append(code_of(one.name))
    if found:
        yield ""
    for (revision, what), names in sorted(found.items(), key=lambda pair: pair[0][0]):
        yield f"* {revision_named(revision)} {plain(what)}: {', '.join(names)}"


def revision_named(number: int) -> str:
    return _("Revision %(number)d") % {"number": number}


def about(one: Described, numbers: Sequence[int]) -> list[str]:
    return [code_of(one.name), ", ".join(map(str, numbers))]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def plain(text: str) -> str:
    """A text that says in Markdown just what it is, on one line."""
    return MARKUP.sub(r"\\\1", shown(" ".join(text.split())))


def code_of(name: str) -> str:
    """Names and codes hold letters, digits and a few signs, so nothing needs escaping."""
    return f"`{name}`" if name else ""


def number(count: int | None) -> str:
    return "" if count is None else str(count)


def limit(value: object) -> str:
    return "…" if value is None else plain(str(value))
