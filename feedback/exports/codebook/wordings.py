"""How each revision asked for a variable, in every language, and what changed between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from django.utils.translation import gettext as _

from feedback.exports.codebook.facets import Spoken, spoken
from feedback.question_types.base import JSON
from feedback.responses.in_field import revision


@dataclass(frozen=True)
class Wording:
    """How a revision asked.

    Attributes:
        texts: by language.
        codes: the texts of each code, by language.
        asked_of: who was asked, in words by language; empty for everybody.
        needed_if: when it needed an answer that it did not always need; likewise.
        options_if: to whom options were offered that were not offered to all, by code.
        ways: how it could be declined.
        unit: by language; empty for none.
    """

    texts: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    asked_of: Mapping[str, str]
    needed_if: Mapping[str, str]
    options_if: Mapping[str, str]
    required: bool
    personal: bool
    ways: Sequence[str]
    least: JSON
    most: JSON
    unit: Mapping[str, str]


# Of one name: the number of each revision, and how it asked; None where it did not.
History: TypeAlias = list[tuple[int, Wording | None]]


@dataclass(frozen=True)
class Change:
    """What a revision did otherwise than the one before it."""

    revision: int
    what: str


def histories(names: Iterable[str], oldest_first: Sequence[int]) -> dict[str, History]:
    """How each revision asked for each of the names.

    Args:
        oldest_first: primary keys of the revisions.
    """
    found: dict[str, History] = {name: [] for name in names}
    for pk in oldest_first:
        asked = revision(pk).questionnaire
        speakers = [spoken(asked, language) for language in asked.offered_languages]
        for name, history in found.items():
            before = history[-1][1] if history else None
            now = wording(name, speakers)
            history.append((revision(pk).number, before if now == before else now))
    return found


def wording(name: str, speakers: Sequence[Spoken]) -> Wording | None:
    """Args: speakers: one revision in each of its languages, the main one first."""
    facets = {one.language: one.facets[name] for one in speakers if name in one.facets}
    if not facets:
        return None
    facet = facets[speakers[0].language]
    least, most = facet.limits
    return Wording(
        texts={language: own.text for language, own in facets.items()},
        codes={
            code: {language: own.codes.get(code, code) for language, own in facets.items()}
            for code in facet.codes
        },
        asked_of=said({one.language: one.asked_of(one.facets[name]) for one in speakers}),
        needed_if=said({one.language: one.needed_if(one.facets[name]) for one in speakers}),
        options_if=speakers[0].options_if(facet),
        required=facet.item.required,
        personal=facet.item.personal,
        ways=list(facet.item.decline),
        least=least,
        most=most,
        unit=said({language: own.unit for language, own in facets.items()}),
    )


def said(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def grouped(history: History) -> list[tuple[list[int], Wording]]:
    """Each wording once, with the revisions one after another that had it."""
    found: list[tuple[list[int], Wording]] = []
    before = None
    for number, now in history:
        if now is not None and now == before:
            found[-1][0].append(number)
        elif now is not None:
            found.append(([number], now))
        before = now
    return found


def changes(history: History) -> list[Change]:
    """What each revision did otherwise than the one before it."""
    found: list[Change] = []
    asked = False
    for (_number, before), (number, after) in pairwise(history):
        asked = asked or before is not None
        found += [Change(number, what) for what in between(before, after, asked=asked)]
    return found


def between(before: Wording | None, after: Wording | None, *, asked: bool) -> Iterator[str]:
    if before is None and after is not None:
        yield _("asks it again") if asked else _("asks it for the first time")
    if before is not None and after is None:
        yield _("no longer asks it")
    if before is None or after is None:
        return
    yield from reworded(before, after)
    yield from of_options(before, after)
    if before.asked_of != after.asked_of:
        yield _("asks others than before")
    if (before.required, before.needed_if) != (after.required, after.needed_if):
        yield _("requires an answer of others than before")
    if before.personal != after.personal:
        yield _("keeps it apart as personal") if after.personal else _("no longer keeps it apart")
    if before.ways != after.ways:
        yield _("lets it be declined in other ways")
    if (before.least, before.most) != (after.least, after.most):
        yield _("takes answers from %(least)s to %(most)s") % {
            "least": "…" if after.least is None else after.least,
            "most": "…" if after.most is None else after.most,
        }
    if before.unit != after.unit:
        yield _("asks for another unit")


def reworded(before: Wording, after: Wording) -> Iterator[str]:
    for language in after.texts:
        if language not in before.texts:
            yield _("asks it in %(language)s, too") % {"language": language}
        elif before.texts[language] != after.texts[language]:
            yield _("words it otherwise (%(language)s)") % {"language": language}
    for language in [one for one in before.texts if one not in after.texts]:
        yield _("no longer asks it in %(language)s") % {"language": language}


def of_options(before: Wording, after: Wording) -> Iterator[str]:
    for code in [code for code in after.codes if code not in before.codes]:
        yield _("adds the option “%(option)s” (%(code)s)") % one(after, code)
    for code in [code for code in before.codes if code not in after.codes]:
        yield _("drops the option “%(option)s” (%(code)s)") % one(before, code)
    for code, texts in after.codes.items():
        old = before.codes.get(code, texts)
        if any(old.get(language, text) != text for language, text in texts.items()):
            yield _("words the option “%(option)s” (%(code)s) otherwise") % one(after, code)
    if before.options_if != after.options_if:
        yield _("offers options to others than before")


def one(wording: Wording, code: str) -> dict[str, str]:
    return {"code": code, "option": next(iter(wording.codes[code].values()))}
