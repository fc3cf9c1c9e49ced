"""Personal data is hidden from whoever reads a quote; figures and versions are not."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.open_text import masking
from feedback.open_text.masking import Hidden, masked, personal, words_of
from tests.open_text.personal_answers import CLEAN, MARKED, NAMES
from tests.open_text.real import ORGANIC, there

MARK = re.compile(r"\[(email|phone|handle|profile|link|account|card|network|name):(.*?)\]", re.S)
WORDS = words_of(NAMES)


@pytest.mark.parametrize("marked", MARKED)
def test_what_a_reader_marked_is_found_and_nothing_else(marked: str) -> None:
    """Where exactly, and as what."""
    text = MARK.sub(lambda mark: mark[2], marked)

    found = [(span.kind.value, text[span.start : span.end]) for span in personal(text, words=WORDS)]

    assert found == MARK.findall(marked)


@pytest.mark.parametrize("text", CLEAN)
def test_figures_versions_and_code_are_left_alone(text: str) -> None:
    """An answer full of brackets is no longer worth quoting."""
    assert [text[span.start : span.end] for span in personal(text, words=WORDS)] == []


def test_a_masked_text_says_what_was_there() -> None:
    """Readers still understand the sentence; the answer itself is untouched."""
    text = "I am Zoë, zoe@example.org or +49 30 901820."

    shown = masked(text, personal(text, words=words_of(["Zoe"])))

    assert shown == "I am [name], [e-mail] or [telephone]."
    assert text == "I am Zoë, zoe@example.org or +49 30 901820."


@pytest.mark.parametrize(
    ("pattern", "looked_for"),
    [
        (masking.LINK, masking.may_link),
        (masking.EMAIL, masking.may_address),
        (masking.HANDLE, lambda text: "@" in text),
        *((one, masking.DIGIT.search) for one in (masking.IBAN, masking.CARD, masking.FOUR)),
        (masking.PHONE, masking.DIGIT.search),
    ],
    ids=["link", "email", "handle", "account", "card", "network", "phone"],
)
@given(data=st.data())
def test_no_expression_is_left_out_of_a_text_that_it_matches(
    pattern: re.Pattern[str], looked_for: Callable[[str], object], data: st.DataObject
) -> None:
    """What decides whether to look at all must be blind to nothing."""
    assert looked_for(data.draw(st.from_regex(pattern)))


@given(st.data(), st.lists(st.text(max_size=12), min_size=1, max_size=3))
def test_no_text_with_a_name_in_it_is_passed_over(data: st.DataObject, names: list[str]) -> None:
    """The same for names, which are looked for with an expression of their own."""
    if words := words_of(names):
        assert masking.may_name(data.draw(st.from_regex(masking.as_words(words))), words)


@given(st.text(max_size=80))
def test_every_character_of_a_plain_text_has_its_place(text: str) -> None:
    """Whole texts are made plain at once; letter by letter it has to be the same."""
    plain, places = masking.plain(text), masking.places(text)

    assert plain == "".join(masking.plain(letter) for letter in text)
    assert len(places) == len(plain) and list(places) == sorted(places)


def test_each_span_says_why() -> None:
    """Staff who doubt it see the reason."""
    (span,) = personal("pay DE89 3704 0044 0532 0130 00")

    assert span.kind is Hidden.ACCOUNT
    assert "check digits" in str(span.reason)


def test_a_wrong_check_digit_is_no_account() -> None:
    """Order numbers look the same."""
    assert personal("pay DE88 3704 0044 0532 0130 00") == []
    assert personal("card 4111 1111 1111 1112") == []


def test_particles_of_a_name_are_words_like_others() -> None:
    """Ludwig van Beethoven must not make every "van" a person."""
    text = "a van for de Vries"

    assert masked(text, personal(text, words=words_of(["Ludwig van Beethoven"]))) == text
    assert masked(text, personal(text, words=words_of(["Jan de Vries"]))) == "a van for de [name]"


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=3))
def test_spans_are_in_order_and_within_the_text(text: str, names: list[str]) -> None:
    """Whatever is typed, and whatever somebody calls themselves."""
    spans = personal(text, words=words_of(names))

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@there
def test_real_answers_are_hardly_touched() -> None:
    """Thousands of answers on other matters: links and a few addresses are all there is."""
    found = [
        (span.kind, text[span.start : span.end]) for text in ORGANIC for span in personal(text)
    ]
    numbers = [one for one in found if one[0] in (Hidden.PHONE, Hidden.CARD, Hidden.ACCOUNT)]

    assert numbers == []
    assert len(found) < len(ORGANIC) / 20
