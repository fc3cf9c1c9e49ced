"""What counts as the same, as nothing, and as a language."""

import pytest

from feedback.open_text.texts import language, normalised, says_nothing, words


@pytest.mark.parametrize(
    "text",
    [
        *["", "  \n", "-", "...", "n/a", "N/A.", "No", "nope!", "xxx", "Nothing really", "?", "👍"],
        *["don’t know", "nichts", "Weiß nicht", "keine Angabe", "no sé", "Ninguna", "rien", "нет"],
        *["niente", "nada", "なし", "特になし。", "没有", "없음", "لا شيء"],
    ],
)
def test_answers_that_decline_say_nothing(text: str) -> None:
    """They are kept out of the themes, whatever the language."""
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["No parking", "R", "C++", "Nothing works", "停车", "7", "ok"])
def test_short_answers_say_something(text: str) -> None:
    """A name, a number or a complaint is an answer, however short."""
    assert not says_nothing(text)


def test_the_same_words_are_the_same_text() -> None:
    """Case, width, kinds of blanks and of apostrophes are no difference to a reader."""
    assert normalised("  It’s\u00a0ＬＡＴＥ\n again") == normalised("it's late again")


def test_words_keep_names_and_divide_what_has_no_spaces() -> None:
    """C++ is a word; Chinese is read two signs at a time."""
    assert words("c++ and c# don't mix-up 停车费 https://example.org/x") == [
        "c++", "and", "c#", "don't", "mix-up", "停车", "车费"
    ]  # fmt: skip


def test_the_language_is_one_of_the_surveys() -> None:
    """Guessed among the survey's alone, and short texts are in the form's."""
    asked = ["en", "es", "pt-br"]
    long = "Me gustaría que los autobuses llegaran a tiempo por la mañana"
    assert language(long, asked, form="en") == "es"
    assert language("O ônibus sempre chega atrasado de manhã na minha rua", asked, form="en") == (
        "pt-br"
    )
    assert language("muy bien", asked, form="en") == "en"
    assert language(long, ["en"], form="en") == "en"
