"""A questionnaire as data: equal data has an equal digest, and names never clash."""

from typing import Any

import pytest
from pydantic import ValidationError

from feedback.questionnaire.definition import Questionnaire, check
from tests import build

TEXT: dict[str, Any] = {"key": "wish", "type": "long_text", "text": "What do you wish for?"}
CHOICE: dict[str, Any] = {
    "key": "visit",
    "type": "single_choice",
    "text": "How often?",
    "choices": [{"code": "often", "text": "Often"}, {"code": "never", "text": "Never"}],
}


def test_the_digest_is_the_same_for_the_same_questionnaire_in_another_order() -> None:
    """Publishing twice must not make a revision because a file's settings changed places."""
    turned = dict(reversed(TEXT.items()))
    assert build.questionnaire([TEXT]).digest == build.questionnaire([turned]).digest


def test_the_digest_does_not_depend_on_what_is_left_at_its_default() -> None:
    """A setting written out as it would be anyway changes nothing for anybody."""
    written_out = TEXT | {"required": False, "help": "", "max_length": 10_000}
    assert build.questionnaire([TEXT]).digest == build.questionnaire([written_out]).digest


def test_the_digest_survives_being_stored_and_read() -> None:
    """A manifest names the digest of what was asked, years after it was published."""
    first = build.questionnaire([TEXT, CHOICE])
    assert Questionnaire.parse(first.definition()).digest == first.digest


def test_the_digest_of_a_known_questionnaire_is_known() -> None:
    """Another version of this program must find the same, or every form gets a new revision."""
    assert build.questionnaire([TEXT]).digest == (
        "12d425f10eea38416b4e82810ae1c366b2dcaa6f08b69f2d90e3ffea26cdd75c"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "What do you wish for? "},
        {"key": "wishes"},
        {"required": True},
        {"personal": True},
        {"help": "Anything at all."},
        {"max_length": 9_999},
        {"type": "short_text"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_digest_changes_with_any_setting_of_an_item(changed: dict[str, Any]) -> None:
    """Whoever answered one wording did not answer the other."""
    assert build.questionnaire([TEXT]).digest != build.questionnaire([TEXT | changed]).digest


@pytest.mark.parametrize(
    "changed",
    [{"title": "A town"}, {"introduction": "Hello"}, {"language": "de"}, {"thank_you": "!"}],
    ids=lambda changed: next(iter(changed)),
)
def test_the_digest_changes_with_any_setting_of_the_whole(changed: dict[str, str]) -> None:
    """What is said around the questions belongs to what was asked."""
    assert build.questionnaire([TEXT]).digest != build.questionnaire([TEXT], **changed).digest


def test_the_digest_changes_with_the_order_of_the_options() -> None:
    """Order effects are real: the first option is chosen more often."""
    turned = CHOICE | {"choices": CHOICE["choices"][::-1]}
    assert build.questionnaire([CHOICE]).digest != build.questionnaire([turned]).digest


def test_nfc_and_nfd_wordings_have_digests_of_their_own() -> None:
    """The digest is of what is stored, and both are stored as written."""
    composed, decomposed = TEXT | {"text": "Caf\u00e9?"}, TEXT | {"text": "Cafe\u0301?"}
    assert build.questionnaire([composed]).digest != build.questionnaire([decomposed]).digest


def test_two_items_of_one_key_are_refused_with_both_places() -> None:
    """One of the two answers would overwrite the other."""
    pages = [{"items": [TEXT]}, {"items": [CHOICE, TEXT]}]

    questionnaire, problems = check({"slug": "town", "title": "T", "pages": pages})

    assert questionnaire is None
    assert "pages[1].items[1].key: the key 'wish' is taken by pages[0].items[0]" in " ".join(
        map(str, problems)
    )


def test_two_items_of_one_key_are_found_beside_other_problems() -> None:
    """Pydantic compares items only once each is sound; the author hears of all at once."""
    pages = [{"items": [TEXT, TEXT | {"colour": "red"}]}]

    _none, problems = check({"slug": "town", "title": "T", "pages": pages})

    told = " ".join(map(str, problems))
    assert "the key 'wish' is taken by" in told and "colour: is not a setting here" in told


def test_trusted_data_with_a_clash_is_refused_as_well() -> None:
    """Importers build questionnaires themselves; none gets round the rule."""
    with pytest.raises(ValidationError, match="the key 'wish' is used by 2 items"):
        build.questionnaire([TEXT, TEXT])


@pytest.mark.parametrize("key", ["visit__often", "visit__", "_visit", "Visit", "1visit", "", "a-b"])
def test_no_key_can_be_taken_for_a_part_of_another(key: str) -> None:
    """``visit__other`` is the text beside an option, so keys have no double underscore."""
    with pytest.raises(ValidationError):
        build.questionnaire([TEXT | {"key": key}])


def test_a_questionnaire_is_frozen() -> None:
    """Every worker keeps one object a revision and answers everybody from it."""
    questionnaire = build.questionnaire([TEXT])
    with pytest.raises(ValidationError, match="frozen"):
        questionnaire.title = "Another"
    with pytest.raises(ValidationError, match="frozen"):
        questionnaire.items[0].text = "Another"


def test_every_field_of_a_full_form_fits_into_the_most_fields() -> None:
    """The limit on fields stops floods, never a person who ticks everything."""
    questionnaire = build.questionnaire()
    choices = sum(len(getattr(f, "choices", ())) or 1 for f in questionnaire_fields(questionnaire))
    assert questionnaire.most_fields >= choices + 1


def questionnaire_fields(questionnaire: Questionnaire) -> list[Any]:
    return [field for item in questionnaire.items for field in item.checks.values()]
