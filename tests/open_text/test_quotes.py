"""Quotes: to the letter, of different people, not the same thing twice, none held back."""

import numpy as np

from feedback.open_text.lsa import Lsa
from feedback.open_text.quotes import excerpt, quotes
from feedback.open_text.themes import find
from tests.open_text.answers import labelled

TEXTS, _SUBJECTS = labelled()


def test_quotes_are_verbatim() -> None:
    """Whatever was written, with its blanks and capitals."""
    texts = [f"  {text}\n" for text in TEXTS]
    found = find(texts, embedder=Lsa.new(), number=4)
    given = quotes(texts, found.top, found.closeness)
    assert all(quote.text == texts[quote.row] for one in given for quote in one)
    assert all(found.top[quote.row] == theme for theme, one in enumerate(given) for quote in one)


def test_each_quote_is_somebody_elses() -> None:
    """One person does not speak for a theme three times."""
    found = find(TEXTS, embedder=Lsa.new(), number=4)
    authors = [at % 2 for at in range(len(TEXTS))]
    for one in quotes(TEXTS, found.top, found.closeness, authors=authors):
        assert len({authors[quote.row] for quote in one}) == len(one) <= 2


def test_near_copies_are_quoted_once() -> None:
    """The second quote says something that the first did not."""
    texts = ["The bus is always late in the morning", "the bus is always late in the morning!!"]
    texts += ["Drivers leave before the time that is printed on the sign"]
    (given,) = quotes(texts, np.zeros(3, dtype=np.int64), np.array([0.9, 0.8, 0.7]))
    assert [quote.row for quote in given] == [0, 2]


def test_what_is_held_back_is_not_quoted() -> None:
    """Screened-out and moderated answers count, but nobody reads them in a report."""
    found = find(TEXTS, embedder=Lsa.new(), number=4)
    allowed = np.arange(len(TEXTS)) % 3 == 0
    given = quotes(TEXTS, found.top, found.closeness, allowed=allowed)
    assert all(allowed[quote.row] for one in given for quote in one)


def test_readable_lengths_come_first() -> None:
    """A single word tells nothing, a page is not read; they stand in only where all are so."""
    texts = ["Bus", "The bus comes when it likes to, not when it should", "long " * 200]
    (given,) = quotes(texts, np.zeros(3, dtype=np.int64), np.array([0.9, 0.5, 0.95]), number=1)
    assert given[0].row == 1


def test_an_excerpt_is_a_part_of_the_text() -> None:
    """Cut at a sentence or a word, never changed."""
    text = "First sentence that is long enough. " * 20
    assert text.startswith(excerpt(text, longest=100))
    assert excerpt(text, longest=100).endswith(".")
    assert excerpt("short") == "short"
