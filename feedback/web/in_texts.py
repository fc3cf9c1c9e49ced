"""What was found in answers in words, of the responses that a desk shows: themes, names, codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.safestring import SafeString

from feedback.analysis.tallies import Figures
from feedback.analysis.themes import Themes, counted, themes_of
from feedback.models import OpenQuestion
from feedback.open_text.naming import called
from feedback.responses import in_answers
from feedback.responses.asked import CODE, NAME, THEME
from feedback.web import tables
from feedback.web.desk import Desk
from feedback.web.tables import Links

MOST_NAMES = 12  # that a report tells; the page of names has all


class Found(NamedTuple):
    """Names or codes with the number of answers that have each, most first.

    ``base`` is the number of answers in which they were looked for; so many ``more`` are
    rarer, and not told.
    """

    counts: Sequence[tuple[str, str, int]]  # id, words, number
    base: int
    more: int = 0


@dataclass(frozen=True)
class InTexts:
    """Each by question, and of none where nothing is looked for."""

    themes: Mapping[str, Themes]
    names: Mapping[str, Found]
    codes: Mapping[str, Found]

    @classmethod
    def of(cls, at: Desk, figures: Figures) -> "InTexts":
        return cls(themes_at(at), named_at(at, figures), codes_at(at))

    def drawn(self, key: str, links: Links) -> dict[str, SafeString | None]:
        """As tables with links to the answers behind each number; None where there are none."""
        themes, names, codes = self.themes.get(key), self.names.get(key), self.codes.get(key)
        return {
            "themes": tables.themes(themes.counted, links.of(THEME + key)) if themes else None,
            "names": tables.names(names.counts, names.base, links.of(NAME + key))
            if names
            else None,
            "codes": tables.codes(codes.counts, codes.base, links.of(CODE + key))
            if codes
            else None,
        }


def themes_at(at: Desk) -> dict[str, Themes]:
    if not at.offered.themes:
        return {}
    rows = at.rows if at.selection else None
    return {kept.item: counted(kept, rows) for kept in themes_of(at.survey)}


def named_at(at: Desk, figures: Figures) -> dict[str, Found]:
    """Of those who answered, how many named what; nothing where nobody named anything."""
    if not at.offered.naming:
        return {}
    rows = at.rows if at.selection else None
    found = {}
    for question in OpenQuestion.objects.filter(survey=at.survey).exclude(catalogue=""):
        words = called(question)
        counts = in_answers.families(at.survey, question.part, rows).counts
        base = figures["items"].get(question.part, {}).get("answered", 0)
        if counts and base:
            told = [(code, words.get(code, code), n) for code, n in counts.items()]
            found[question.part] = Found(told[:MOST_NAMES], base, max(len(told) - MOST_NAMES, 0))
    return found


def codes_at(at: Desk) -> dict[str, Found]:
    """Of the answers that were read by people, how many have which code."""
    rows = at.rows if at.selection else None
    found = {}
    for part in sorted({code.of for code in at.offered.codes}):
        words = {code.number: code.name for code in at.offered.codes if code.of == part}
        given = in_answers.codes(at.survey, part, rows)
        if given.looked_at:
            told = [(str(number), words[number], n) for number, n in given.counts.items()]
            found[part] = Found(told, given.looked_at)
    return found
