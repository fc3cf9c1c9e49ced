"""Earlier answers recalled in a later text: ``What do you like about {{tool}}?``

On the page each stands as a mark that scripts fill in as one types; without scripts it
is filled in where the server knows the answer, and names the question where it does not.
What respondents wrote is put in as text and never read for marks of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from feedback.question_types.base import Answers, Item
from feedback.questionnaire.problems import Place
from feedback.questionnaire.translations import readable

MARK = re.compile(r"\{\{ ?([a-z](?:_{0,2}[a-z0-9])*) ?\}\}")

Words = Callable[[str], str]


def keys_in(text: str) -> list[str]:
    """The names of the answers that a text recalls."""
    return MARK.findall(text)


def placeholder(item: Item) -> str:
    """What stands for an answer that is not known."""
    return f"[{filled(item.text, lambda key: '…')}]"


def filled(text: str, words: Words) -> str:
    """The text with the answers in their places."""
    return MARK.sub(lambda mark: words(mark[1]), text)


def marked(text: str, words: Words) -> SafeString:
    """The text as HTML, each recalled answer in an element that scripts find."""
    pieces = MARK.split(text)
    marks = [format_html('<bdi data-recall="{}">{}</bdi>', key, words(key)) for key in pieces[1::2]]
    plain = [escape(piece) for piece in pieces[::2]]
    woven = [piece for pair in zip(plain, [*marks, ""], strict=True) for piece in pair]
    return mark_safe("".join(woven))  # noqa: S308 - every piece was escaped above


def words_for(operands: Mapping[str, Item], answers: Answers) -> Words:
    """How to put an answer into words, from the answers so far."""

    def words(key: str) -> str:
        item, answer = operands.get(key), answers.get(key)
        if item is None:
            return f"[{key}]"
        if answer is None or isinstance(answer, dict):
            return placeholder(item)
        return str(item.words(key, answer))

    return words


def unmet(pages: Sequence[Any]) -> Iterator[tuple[Place, str]]:
    """Each mark that recalls what cannot be known where it stands."""
    earlier: set[str] = set()
    for p, page in enumerate(pages):
        head = {"title": page.title, "introduction": page.introduction}
        yield from unknown(("pages", p), head, earlier)
        for i, item in enumerate(page.items):
            yield from unknown(("pages", p, "items", i), item.model_dump(), earlier)
            earlier |= item.operands().keys()


def unknown(place: Place, data: Any, earlier: set[str]) -> Iterator[tuple[Place, str]]:
    for where, text in readable(data, place):
        for key in keys_in(text):
            if key not in earlier:
                message = f"recalls '{key}', which is no earlier item; check its spelling"
                yield where, f"{message}, or move that item up"
