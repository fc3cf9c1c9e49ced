"""Texts in several languages: beside each other in the definition, one at a time elsewhere.

Wherever a questionnaire has a text it may have ``{en: Yes, de: Ja}`` instead. The main
language's texts are what types, exports and staff see; ``localized`` puts another's in
their places, so that nothing else knows of languages. What lacks a translation is shown
in the main language, and ``missing`` reports it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from feedback.questionnaire.problems import Place, Problem

CODE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Texts: TypeAlias = Mapping[Place, Mapping[str, str]]


def languages_of(data: Any) -> list[str]:
    """The languages that raw data declares, the main one first."""
    if not isinstance(data, dict):
        return ["en"]
    further = data.get("languages", [])
    names = [data.get("language", "en"), *(further if isinstance(further, list) else [])]
    return [name for name in names if isinstance(name, str)]


def parted(data: Any, languages: Sequence[str]) -> tuple[Any, Texts]:
    """The data with the main language's texts alone, and all texts that stood in several."""
    texts: dict[Place, Mapping[str, str]] = {}

    def plain(value: Any, place: Place) -> Any:
        if is_translated(value, languages):
            texts[place] = value
            return value.get(languages[0])
        if isinstance(value, dict):
            return {name: plain(part, (*place, name)) for name, part in value.items()}
        if isinstance(value, list):
            return [plain(part, (*place, number)) for number, part in enumerate(value)]
        return value

    return plain(data, ()), texts


def is_translated(value: Any, languages: Collection[str]) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(name in languages for name in value)
        and all(isinstance(text, str) for text in value.values())
    )


def put(data: Any, texts: Mapping[Place, Any]) -> Any:
    """The data with something else at these places; the original stays as it is."""

    def changed(value: Any, place: Place) -> Any:
        if place in texts:
            return texts[place]
        if isinstance(value, dict):
            return {name: changed(part, (*place, name)) for name, part in value.items()}
        if isinstance(value, list):
            return [changed(part, (*place, number)) for number, part in enumerate(value)]
        return value

    return changed(data, ())


def localized(data: Any, texts: Texts, language: str) -> Any:
    """Plain data with the texts of one language, where it has them."""
    return put(data, {place: own[language] for place, own in texts.items() if language in own})


def problems_with(data: Any, languages: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the translations in raw data: one problem for each text."""
    main = languages[0]
    for place, value in mappings(data, ()):
        # Elsewhere short names of settings, such as ``alt``, may look like languages.
        meant = main in value or (place and place[-1] in TEXTS.get(names_in(place[:-1]), ()))
        if not is_translated(value, languages) and not (meant and looks_translated(value)):
            continue
        lacks_main = not value.get(main, "").strip()
        if undeclared := ", ".join(name for name in value if name not in languages):
            further = (
                f", and none in {main}, the main language; add that, and" if lacks_main else "; add"
            )
            yield Problem(place, f"has a text in {undeclared}{further} {undeclared} to `languages`")
        elif lacks_main:
            yield Problem(place, f"has no text in {main}, the main language; add it")


def looks_translated(value: dict[str, Any]) -> bool:
    return bool(value) and all(
        re.match(CODE, str(name)) and isinstance(text, str) for name, text in value.items()
    )


def mappings(value: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(value, dict):
        yield place, value
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from mappings(part, (*place, name))


def names_in(place: Place) -> tuple[str, ...]:
    """A place without the numbers of what is in lists."""
    return tuple(name for name in place if isinstance(name, str))


# Settings whose value is read by respondents, by where they stand.
TEXTS = {
    (): ("title", "introduction", "submit", "thank_you", "closed_text"),
    ("looks", "logo"): ("alt",),
    ("rules",): ("message",),
    ("pages",): ("title", "introduction"),
    ("pages", "items"): (
        "text", "help", "other", "low", "high", "unit", "pattern_message",
    ),
    ("pages", "items", "choices"): ("text", "alt"),
    ("pages", "items", "rows"): ("text", "alt"),
}  # fmt: skip


def readable(data: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text of plain data that a respondent may read, with its place."""
    if isinstance(data, list):
        for number, part in enumerate(data):
            yield from readable(part, (*place, number))
    elif isinstance(data, dict):
        own = TEXTS.get(names_in(place), ())
        for name, part in data.items():
            if name in own and isinstance(part, str) and part.strip():
                yield (*place, name), part
            elif isinstance(part, dict | list):
                yield from readable(part, (*place, name))


def missing(data: Any, texts: Texts, languages: Sequence[str]) -> dict[str, list[Place]]:
    """The places without a text, by further language; the report of what is left to translate."""
    return {language: lacking(data, texts, language) for language in languages[1:]}


def lacking(data: Any, texts: Texts, language: str) -> list[Place]:
    """The places whose text one language has not."""
    return [place for place, _text in readable(data) if language not in texts.get(place, {})]


def lent(data: Any, lacking: Collection[Place]) -> set[str]:
    """Where every text, at a place or below it, is among those that are lacking.

    Returns:
        Places as templates name them: "title", "pages.0", "pages.0.items.2".
    """
    own: set[str] = set()
    others: set[str] = set()
    for place, _text in readable(data):
        names = [str(part) for part in place]
        found = others if place in lacking else own
        found.update(".".join(names[:end]) for end in range(1, len(names) + 1))
    return others - own
