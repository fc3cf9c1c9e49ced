"""Texts in several languages: taken apart, put together, and told of where one is missing."""

from typing import Any

import pytest

from feedback.questionnaire.definition import check
from feedback.questionnaire.translations import (
    localized,
    missing,
    parted,
    problems_with,
    put,
)

LANGUAGES = ["en", "de"]
DATA: dict[str, Any] = {
    "slug": "town",
    "languages": ["de"],
    "title": {"en": "The town", "de": "Die Stadt"},
    "pages": [{"items": [{"key": "wish", "type": "long_text", "text": {"en": "Your wish?"}}]}],
}
TITLE, WISH = ("title",), ("pages", 0, "items", 0, "text")


def told(**changes: Any) -> list[str]:
    """What an author reads of a questionnaire with these settings."""
    _questionnaire, problems = check(DATA | changes)
    return [str(problem) for problem in problems]


def asking(**item: Any) -> list[dict[str, Any]]:
    return [{"items": [{"key": "wish", "type": "long_text", **item}]}]


def test_data_is_parted_into_the_main_language_and_all_texts() -> None:
    """So that types and exports need not know that there are languages."""
    plain, texts = parted(DATA, LANGUAGES)

    assert plain["title"] == "The town"
    assert plain["pages"][0]["items"][0]["text"] == "Your wish?"
    assert texts == {TITLE: DATA["title"], WISH: {"en": "Your wish?"}}


def test_what_was_parted_is_put_together_as_it_was() -> None:
    """A stored revision has every translation, and its digest is of the same data."""
    plain, texts = parted(DATA, LANGUAGES)

    assert put(plain, texts) == DATA
    assert plain["title"] == "The town"  # the original stays


def test_a_language_shows_its_own_texts_and_the_main_ones_where_it_has_none() -> None:
    """Half a translation is better than none, and a form never has an empty question."""
    german = localized(*parted(DATA, LANGUAGES), "de")

    assert german["title"] == "Die Stadt"
    assert german["pages"][0]["items"][0]["text"] == "Your wish?"


def test_what_lacks_a_translation_is_reported_by_its_place() -> None:
    """Plain texts as well as those that have some language, but not this one."""
    plain, texts = parted(DATA | {"thank_you": "Thanks", "closed_text": " "}, LANGUAGES)

    assert set(missing(plain, texts, LANGUAGES)["de"]) == {WISH, ("thank_you",)}
    assert missing(plain, texts, ["en"]) == {}


def test_settings_that_look_like_languages_are_no_texts() -> None:
    """An option's ``code`` and a logo's ``alt`` have short names as languages do."""
    data = {"choices": [{"id": "a", "no": "b"}], "looks": {"alt": "A tree", "de": 3}}

    assert parted(data, LANGUAGES) == (data, {})
    assert list(problems_with(data, LANGUAGES)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ({"de": "Wunsch?"}, "has no text in en, the main language; add it"),
        ({"en": "Wish?", "fr": "Voeu ?"}, "has a text in fr; add fr to `languages`"),
        (
            {"fr": "Voeu ?"},
            "has a text in fr, and none in en, the main language; add that, and fr to `languages`",
        ),
        (
            {"de": "Wunsch?", "fr": "Voeu ?"},
            "has a text in fr, and none in en, the main language; add that, and fr to `languages`",
        ),
        ({"en": " ", "de": "Wunsch?"}, "has no text in en, the main language; add it"),
    ],
)
def test_a_wrong_translation_is_told_once_and_says_what_to_do(
    text: dict[str, str], message: str
) -> None:
    """At its place, and without what the missing text leads to further on."""
    assert told(pages=asking(text=text)) == [f"{place()}: {message}"]


def place() -> str:
    return "pages[0].items[0].text"


def test_a_wrong_translation_hides_no_other_problem() -> None:
    """An author wants to hear of all at once."""
    problems = told(pages=asking(text={"fr": "Voeu ?"}, required="perhaps", unknown=1))

    assert len(problems) == 3
    assert sum("has a text in fr" in problem for problem in problems) == 1


def test_settings_with_a_wrong_name_are_not_taken_for_a_translation() -> None:
    """Whoever mistypes the settings of ``looks`` is not told to add a language."""
    assert not any("languages" in p for p in told(looks={"font": "serif", "ink": "#000000"}))


def test_a_sound_questionnaire_has_no_problem() -> None:
    """Control: the texts above are what is wrong with the others."""
    assert told() == []


def test_what_is_lent_by_the_main_language_is_known_by_its_place() -> None:
    """Read aloud in the voice of another language, words are no longer understood."""
    items = [
        {"key": "wish", "type": "long_text", "text": "Your wish?", "help": "One is enough."},
        {
            "key": "half",
            "type": "short_text",
            "text": {"en": "Half?", "de": "Halb?"},
            "help": "So.",
        },
    ]
    questionnaire, _problems = check(DATA | {"pages": [{"title": "Wishes", "items": items}]})
    assert questionnaire is not None

    german = questionnaire.in_language("de").lent
    assert german["pages.0.items.0"] == german["pages.0.title"] == "en"
    # What is half translated is in neither, and is read as the rest of the page.
    assert not {"pages.0.items.1", "title", "pages", "pages.0"} & german.keys()
    assert german["pages.0.items.1.help"] == "en"
    assert not questionnaire.lent
