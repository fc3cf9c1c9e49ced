"""What a search asks for: words, "phrases", -exclusions, beginnings*, and OR between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from feedback.responses.folding import folded, words_of

# A quote opens a phrase only where a word could begin: Hebrew has it within words.
TERM = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>\S+)')
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」『』", '"') | dict.fromkeys("−－", "-"))
OR = "OR"
MOST = 200  # words of a query


@dataclass(frozen=True)
class Term:
    """Words that stand one after the other, at these distances from the first."""

    words: Sequence[str]
    places: Sequence[int]
    excluded: bool = False
    begins: bool = False  # the last word may go on

    def tsquery(self, scopes: Sequence[str]) -> str:
        """As PostgreSQL reads it, within any one of the scopes."""
        found = " | ".join(self.phrase(scope) for scope in scopes)
        return f"{'!' if self.excluded else ''}({found})"

    def phrase(self, scope: str) -> str:
        text = f"'{scope}{self.words[0]}'"
        for i in range(1, len(self.words)):
            text += f" <{self.places[i] - self.places[i - 1]}> '{scope}{self.words[i]}'"
        return f"{text}:*" if self.begins else text


Alternatives: TypeAlias = Sequence[Sequence[Term]]  # one of these, and all of its terms


@lru_cache(maxsize=256)
def parsed(words: str) -> Alternatives:
    """The alternatives that were typed; none if there is no word in it to look for."""
    alternatives: list[list[Term]] = [[]]
    count = 0
    for found in TERM.finditer(words.translate(QUOTES)):
        if found["word"] == OR:
            alternatives.append([])
            continue
        term = term_of(found)
        count += len(term.words)
        if term.words and count <= MOST:
            alternatives[-1].append(term)
    return [terms for terms in alternatives if terms]


def term_of(found: re.Match[str]) -> Term:
    if found["word"] is None:
        return term(found["phrase"], excluded=bool(found["minus"]), begins=False)
    word = found["word"]
    excluded = word.startswith("-") and len(word) > 1
    return term(word, excluded=excluded, begins=word.endswith("*"))


def term(text: str, *, excluded: bool, begins: bool) -> Term:
    placed = [(word, place) for word, place, *_ in words_of(folded(text), asked=True)]
    words, places = [word for word, _ in placed], [place for _, place in placed]
    return Term(words, places, excluded, begins)


def tsquery(alternatives: Alternatives, scopes: Sequence[str]) -> str:
    """The whole query within these scopes, as PostgreSQL reads it."""
    return " | ".join(
        "(" + " & ".join(term.tsquery(scopes) for term in terms) + ")" for terms in alternatives
    )
