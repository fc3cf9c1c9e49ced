"""The codebook of a table: what its revisions asked put beside what its rows hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from babel import Locale, UnknownLocaleError
from django.db.models import Expression, F
from django.utils.translation import gettext as _

from feedback.exports.choices import LABELS
from feedback.exports.codebook import counting
from feedback.exports.codebook.entries import Code, Codebook, Described
from feedback.exports.codebook.facets import Facet, facets, name_in
from feedback.exports.codebook.wordings import (
    History,
    Wording,
    changes,
    grouped,
    histories,
)
from feedback.exports.format import Tick, silent
from feedback.exports.table import Table, languages_of, snapshot
from feedback.exports.variables import Variable
from feedback.question_types.base import JSON, WAYS
from feedback.question_types.columns import Dtype
from feedback.questionnaire.codebook import BLANK, DECLINED_CODES, MISSING_CODES, NOT_SHOWN
from feedback.responses.in_field import revision


def described(table: Table, *, counts: bool = True, tick: Tick = silent) -> Codebook:
    """The codebook of a table.

    Args:
        counts: whether the rows are read, once, to count what is in them.
        tick: told how many further rows are counted.
    """
    known = facets(table.items)
    with snapshot():
        revisions = [revision(pk) for pk in reversed(table.revisions)]
        found = counting.counted(table, cells(table, known), tick) if counts else None
        stones = table.tombstones.count() if counts else None
    names = {name_in(known, one) for one in table.variables if one.item}
    history = histories(names, [one.pk for one in revisions])
    newest = revisions[-1].questionnaire
    spoken = {code: newest.in_language(code).title for code in newest.offered_languages}
    language = table.choices.language or newest.language
    languages = languages_of(table.revisions)
    variables = []
    for variable in table.variables:
        if variable.item is None:
            variables.append(own(variable, languages, found, stones or 0))
        else:
            name = name_in(known, variable)
            told = asked(variable, known[name], history[name], found)
            variables.append(replace(told, in_words=in_words(variable, known[name], table)))
    return Codebook(
        survey=table.survey.slug,
        title=spoken.get(language, newest.title),
        titles=spoken,
        language=language,
        languages=languages,
        revisions=revisions,
        selection=table.selection.to_json(),
        responses=sum(found["response"].values()) if found else None,
        withdrawn=stones,
        variables=variables,
    )


# -- counting ----------------------------------------------------------------------------


def cells(table: Table, known: Mapping[str, Facet]) -> dict[str, Expression | F]:
    """What is counted: each of the response's own, and each column of a question."""
    found: dict[str, Expression | F] = {}
    for variable in table.variables:
        if variable.item is None:
            found[variable.name] = counting.of_own(variable)
            continue
        facet = known[name_in(known, variable)]
        for column in facet.columns:
            found[column.name] = counting.of_column(column, coded=bool(facet.codes))
    return found


Counts = Mapping[str, Counter[str]]


def with_counts(codes: Sequence[Code], counts: Mapping[str, int] | None) -> list[Code]:
    if counts is None:
        return list(codes)
    return [Code(one.code, one.label, one.texts, counts.get(one.code, 0)) for one in codes]


# -- of the response itself ----------------------------------------------------------------


def own(
    variable: Variable, languages: Sequence[str], found: Counts | None, stones: int
) -> Described:
    labels = {code: str(label) for code, label in variable.labels.items()}
    if variable.name == "language":
        labels = {code: language_named(code) for code in languages}
    codes = [Code(code, label) for code, label in labels.items()]
    empty = [Code(BLANK, _("empty"))]
    whole = found[variable.name] if found else None
    counts, answered = None, None
    if whole is not None:
        counts = counting.by_code(whole) if codes else whole
        answered = whole.total() - whole[BLANK]
        if variable.name in ("response", "withdrawn_at"):
            answered += stones
    return Described(
        name=variable.name,
        label=variable.label,
        dtype=variable.dtype,
        codes=with_counts(codes, counts),
        missing=with_counts(empty, counts),
        answered=answered,
        unknown=unknown(codes, counts) if codes else None,
        several=variable.several,
    )


def language_named(code: str) -> str:
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def unknown(codes: Sequence[Code], counts: Mapping[str, int] | None) -> int | None:
    if counts is None:
        return None
    known = {*MISSING_CODES, *(one.code for one in codes)}
    return sum(number for code, number in counts.items() if code not in known)


# -- of questions --------------------------------------------------------------------------


def asked(variable: Variable, facet: Facet, history: History, found: Counts | None) -> Described:
    item, wordings = facet.item, grouped(history)
    # A row that is gone, with an option that came later, is in the file, but nobody asked it.
    newest = wordings[-1][1] if wordings else None
    codes = [Code(code, label, texts_of(code, wordings)) for code, label in facet.codes.items()]
    counts = tallied(facet, found) if found else None
    by_code = None if facet.columns[0].personal else counts
    return Described(
        name=variable.name,
        label=variable.label,
        dtype=variable.dtype,
        codes=with_counts(codes, by_code),
        missing=with_counts(no_answer(), counts),
        answered=answered(found[facet.columns[0].name]) if found else None,
        unknown=unknown(codes, by_code) if codes else None,
        question=item.key,
        asks=item.text,
        kind=item.type,
        texts=newest.texts if newest else {},
        several=facet.joined,
        personal=item.personal,
        required=item.required,
        unit=facet.unit,
        least=widest([one.least for _numbers, one in wordings], min),
        most=widest([one.most for _numbers, one in wordings], max),
        formula=item.formula,
        address_part=item.address_part,
        asked_of=newest.asked_of if newest else {},
        wordings=wordings,
        changes=changes(history),
    )


def tallied(facet: Facet, found: Counts) -> Counter[str]:
    """How often each code and each missing code stands in its cells."""
    first = found[facet.columns[0].name]
    if not facet.joined:
        return first
    missing = {code: first[code] for code in MISSING_CODES}
    return Counter(missing | {one.tick: found[one.name]["1"] for one in facet.columns})


def answered(counts: Counter[str]) -> int:
    return counts.total() - sum(counts[code] for code in MISSING_CODES)


def no_answer() -> list[Code]:
    ways = [Code(code, str(WAYS[way])) for code, way in DECLINED_CODES.items()]
    return [
        Code(BLANK, _("left blank")),
        Code(NOT_SHOWN, _("not shown to this respondent")),
        *ways,
    ]


def in_words(variable: Variable, facet: Facet, table: Table) -> bool:
    """Whether the file has texts where the question has codes."""
    if facet.joined:
        return table.choices.texts == LABELS
    return bool(facet.codes) and variable.dtype is Dtype.TEXT


def texts_of(code: str, wordings: Sequence[tuple[Sequence[int], Wording]]) -> Mapping[str, str]:
    """The texts of a code in the newest revision that had it."""
    for _numbers, wording in reversed(wordings):
        if code in wording.codes:
            return wording.codes[code]
    return {}


def widest(limits: Sequence[Any], choose: Any) -> JSON:
    """The limit over all revisions; none where one of them has none."""
    return None if None in limits else choose(limits, default=None)
