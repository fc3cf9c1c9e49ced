"""What the codebook tells of questions: their wordings, who was asked, and what changed."""

import pytest

from feedback.models import Survey
from tests import build
from tests.exports.codebooks import FIRST, SECOND, agrees, as_csv, as_json


def test_each_revision_and_language_has_its_own_wording(twice: Survey) -> None:
    """Whoever answered the first question did not answer the second one."""
    visit = as_json(twice)["visit"]

    assert [(one["revisions"], one["texts"]) for one in visit["wordings"]] == [
        ([1], {"en": "How often do you visit?"}),
        ([2], {"en": "How often do you come?", "ar": "كم مرة تأتي؟"}),
    ]
    first, second = visit["wordings"]
    assert first["codes"] == {"often": {"en": "Often"}, "never": {"en": "Never"}}
    assert second["codes"]["daily"] == {"en": "Daily", "ar": "يوميا"}
    assert (first["required"], second["required"]) == (False, True)
    assert second["options_offered_if"] == {"daily": "you said yes to “Do you have a dog?”"}
    assert {one["code"]: one["texts"] for one in visit["codes"]} == {
        "often": {"en": "Often", "ar": "كثيرا"},
        "daily": {"en": "Daily", "ar": "يوميا"},
        "never": {"en": "Never"},
    }


def test_labels_are_in_the_language_that_was_chosen(twice: Survey) -> None:
    """A colleague who does not read the main language reads the other one."""
    build.respond(twice, visit="often", dog="yes", stars="1")
    for choices in ("texts_in=ar", "texts_in=ar&texts=labels"):
        agrees(twice, choices)

    visit = as_json(twice, choices="texts_in=ar")["visit"]
    assert visit["label"] == "كم مرة تأتي؟"
    assert [one["label"] for one in visit["codes"]] == ["كثيرا", "يوميا", "Never"]
    rows = {row["column"]: row for row in as_csv(twice, choices="texts_in=ar") if not row["code"]}
    assert "هل لديك كلب؟" in rows["stars"]["asked_of"]


@pytest.mark.django_db
def test_a_language_that_the_interface_does_not_speak_is_no_error() -> None:
    """Authors translate into more languages than we do."""
    asked = {"en": "In which country?", "tlh": "nuq 'oH?", "zh-Hant": "哪個國家？"}
    home = {"key": "home", "type": "country", "text": asked, "show_if": "dog"}
    dog = {"key": "dog", "type": "yes_no", "text": "Dog?"}
    told = as_json(build.survey([dog, home], languages=["tlh", "zh-Hant"]))["home"]

    assert told["texts"] == asked
    assert set(told["asked_of"]) == set(asked)
    norway = next(one["texts"] for one in told["codes"] if one["code"] == "NO")
    assert norway == {"en": "Norway", "tlh": "Norway", "zh-Hant": "挪威"}


def test_revisions_that_ask_alike_are_told_once(twice: Survey) -> None:
    """Ten revisions of one wording are one wording."""
    new = {"key": "new", "type": "short_text", "text": "New?"}
    build.survey([*SECOND, new], languages=["ar"])

    told = as_json(twice)
    assert [one["revisions"] for one in told["visit"]["wordings"]] == [[1], [2, 3]]
    assert [one["revisions"] for one in told["new"]["wordings"]] == [[3]]
    assert told["new"]["changes"] == [{"revision": 3, "what": "asks it for the first time"}]


def test_what_a_revision_changed_is_said(twice: Survey) -> None:
    """A break in a series has its reason here or nowhere."""
    build.survey(SECOND[:1], languages=["ar"])
    build.survey(FIRST)

    told = as_json(twice)

    changes = {(one["revision"], one["what"]) for one in told["visit"]["changes"]}
    assert {
        (2, "words it otherwise (en)"),
        (2, "asks it in ar, too"),
        (2, "adds the option “Daily” (daily)"),
        (2, "drops the option “Never” (never)"),
        (2, "requires an answer of others than before"),
        (3, "no longer asks it"),
        (4, "asks it again"),
    } <= changes
    stars = {(one["revision"], one["what"]) for one in told["stars"]["changes"]}
    assert {(2, "takes answers from 1 to 7"), (2, "asks others than before")} <= stars
    assert (told["stars"]["least"], told["stars"]["most"]) == (1, 7)  # of any revision


def test_who_was_asked_is_said_in_words_of_each_language(twice: Survey) -> None:
    """“Not shown” means something else where everybody was asked."""
    told = as_json(twice)

    assert told["dog"]["asked_of"] == told["visit"]["asked_of"] == {}
    assert told["stars"]["asked_of"]["en"] == "you said yes to “Do you have a dog?”"
    assert "هل لديك كلب؟" in told["stars"]["asked_of"]["ar"]
    first, second = told["stars"]["wordings"]
    assert (first["asked_of"], second["asked_of"]) == ({}, told["stars"]["asked_of"])


@pytest.mark.django_db
def test_who_was_asked_takes_page_and_row_along() -> None:
    """A row of a grid may be offered to fewer than the grid is."""
    rows = [{"code": "day", "text": "Day"}, {"code": "night", "text": "Night", "show_if": "dog"}]
    choices = [{"code": "good", "text": "Good"}]
    grid = {"key": "g", "type": "grid", "text": "How?", "rows": rows, "choices": choices}
    age = {"key": "age", "type": "number", "text": "Age?"}
    pages = [{"items": [SECOND[0], age]}, {"show_if": "age > 5", "items": [grid]}]
    told = as_json(build.survey([], pages=pages, languages=["ar"]))

    assert told["g__day"]["asked_of"]["en"] == "“Age?” is more than 5"
    assert told["g__night"]["asked_of"]["en"] == (
        "“Age?” is more than 5 and you said yes to “Do you have a dog?”"
    )


@pytest.mark.django_db
def test_a_row_that_is_gone_with_an_option_that_came_later_is_no_error() -> None:
    """Their column is in the file, though no revision ever asked it."""
    grid = {"key": "g", "type": "grid", "text": "How?", "several": True}
    parts = [{"code": code, "text": code} for code in ("a", "b")]
    survey = build.survey([{**grid, "rows": parts[:1], "choices": parts[:1]}])
    build.survey([{**grid, "rows": parts[1:], "choices": parts[1:]}])

    agrees(survey, "")
    assert as_json(survey)["g__a__b"]["wordings"] == []
