"""Questionnaires written by hand: read as meant, or every problem with its place."""

import json
import math
from typing import Any

import pytest
import yaml

from feedback.questionnaire.definition import check
from feedback.questionnaire.readers.document import LARGEST, ByHand, read, written

SOUND = """\
slug: town
title: The town
pages:
  - title: You
    items:
      - key: home
        type: single_choice
        text: Where do you live?
        choices:
          - {code: no, text: Norway}
          - {code: "yes", text: no}
"""


def problems(text: str) -> list[str]:
    questionnaire, found = read(text)
    assert questionnaire is None
    return [str(problem) for problem in found]


def as_json(**changes: Any) -> str:
    item = {"key": "wish", "type": "long_text", "text": "What do you wish for?"}
    return json.dumps({"slug": "town", "title": "T", "pages": [{"items": [item]}], **changes})


def test_a_sound_document_is_read() -> None:
    """What an author wrote down is what is asked, in the order written."""
    questionnaire, found = read(SOUND)

    assert found == []
    assert questionnaire is not None
    assert questionnaire.title == "The town"
    assert [item.key for item in questionnaire.items] == ["home"]


def test_every_problem_is_told_at_once_with_line_and_path() -> None:
    """An author who hears of one problem a try gives up before the tenth."""
    text = """\
slug: The Town
pages:
  - items:
      - key: 1st
        type: short_text
        text: A
        colour: red
      - {key: b, type: telepathy, text: B}
      - {key: c, type: long_text, text: 5, max_length: many}
      - {key: c, type: long_text}
  - items: []
"""
    assert {problem.split(":")[0] for problem in problems(text)} == {
        "line 4, pages[0].items[0].key",
        "line 7, pages[0].items[0].colour",
        "line 8, pages[0].items[1]",
        "line 9, pages[0].items[2].text",
        "line 9, pages[0].items[2].max_length",
        "line 10, pages[0].items[3].key",
        "line 10, pages[0].items[3].text",
        "line 11, pages[1].items",
        "line 1, slug",
        "line 1, title",
    }


def test_no_stays_a_word_and_norway() -> None:
    """YAML 1.1 reads ``no`` as false, which has cost many a form its Norwegians."""
    questionnaire, _found = read(SOUND)

    assert questionnaire is not None
    choices = questionnaire.definition()["pages"][0]["items"][0]["choices"]
    assert choices == [{"code": "no", "text": "Norway"}, {"code": "yes", "text": "no"}]


@pytest.mark.parametrize("code", ["01", "007", "08"])
def test_a_code_with_leading_zeros_stays_as_typed(code: str) -> None:
    """YAML 1.1 reads 010 as eight; a code that changes on the way matches nothing later."""
    questionnaire, found = read(SOUND.replace("code: no", f"code: {code}"))

    assert found == []
    assert questionnaire is not None
    choices = questionnaire.definition()["pages"][0]["items"][0]["choices"]
    assert choices[0]["code"] == code


@pytest.mark.parametrize("word", ["2026-11-22", "12:30", "0x1F", "1_000", "1e3", ".inf", "<<"])
def test_words_that_yaml_1_1_would_convert_stay_text(word: str) -> None:
    """A title that looks like a date is still the title that somebody wrote."""
    questionnaire, found = read(SOUND.replace("The town", word))

    assert found == []
    assert questionnaire is not None
    assert questionnaire.title == word


@pytest.mark.parametrize("value", ["12", "1.5", "true", "null", "[a]", "{a: b}"])
def test_what_is_not_text_is_refused_where_text_is_due(value: str) -> None:
    """Guessing how a number was meant to read would print what nobody wrote."""
    assert problems(SOUND.replace("The town", value)) == [
        "line 2, title: must be text; put it in quotes"
    ]


def test_json_with_tabs_is_read_with_its_lines() -> None:
    """JSON is mostly indented by tabs, which YAML stumbles over."""
    text = json.dumps(json.loads(as_json()), indent="\t")

    questionnaire, found = read(text)

    assert found == []
    assert questionnaire is not None
    assert problems(text.replace('"T"', "5")) == ["line 3, title: must be text; put it in quotes"]


def test_json_may_write_emoji_as_escapes() -> None:
    """Programs write them as two surrogates, which only together are a character."""
    title = "Our town \N{GRINNING FACE}"
    text = as_json(title=title)
    assert "\\ud83d" in text

    questionnaire, found = read(text)

    assert found == []
    assert questionnaire is not None
    assert questionnaire.title == title


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("slug: a\ntitle: T\nslug: b\n", 3),
        ('{"slug": "a",\n"slug": "b"}', 2),
        ("slug: a\npages:\n - title: x\n   title: y\n", 4),
    ],
    ids=["yaml", "json", "inside"],
)
def test_a_name_that_stands_twice_is_refused(text: str, line: int) -> None:
    """Both readers would keep the last one and drop the first without a word."""
    (problem,) = problems(text)
    assert problem.startswith(f"line {line}, ")
    assert "stands twice" in problem


def test_aliases_are_refused_with_their_line() -> None:
    """An alias says one thing in two places, and nine of them can say a billion."""
    assert problems("title: &x T\nslug: *x\n") == [
        "line 2, the questionnaire: aliases (*name) are not read here; write the text out"
    ]


def test_an_alias_bomb_is_refused_before_it_is_built() -> None:
    """Nine lines must not stand for a billion items in memory."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    (problem,) = problems("\n".join(lines))

    assert problem.startswith("line 2, ") and "aliases" in problem


@pytest.mark.parametrize("opening", ["[", '{"a":', "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_at_once(opening: str) -> None:
    """A hundred thousand brackets must cost neither the stack nor a minute."""
    (problem,) = problems(opening * 100_000)
    assert problem.startswith("line 1, ")
    assert "inside one another" in problem


@pytest.mark.parametrize(
    "value",
    ["!!timestamp x", "!!bool maybe", "!!int ''", "!!python/object/apply:os.getcwd []", "!own x"],
)
def test_tags_are_refused_with_their_line(value: str) -> None:
    """A tag chooses a Python type for a value; none is needed, and most do not fit."""
    (problem,) = problems(SOUND.replace("The town", value))
    assert problem.startswith("line 2, ")
    assert "tags" in problem


@pytest.mark.parametrize("key", ["? [a, b]\n: c", "? {a: b}\n: c", "{[a]: b}"])
def test_a_name_that_is_no_word_is_refused(key: str) -> None:
    """YAML allows a list as a name; a Python dictionary does not."""
    (problem,) = problems(key)
    assert problem == ("line 1, the questionnaire: a list or settings stand where a name must be")


@pytest.mark.parametrize("key", ["1: x", "~: x", "true: x", "1.5: x"])
def test_a_name_that_is_no_text_is_refused(key: str) -> None:
    """Settings have names; a number or nothing at all is none."""
    assert any("keys should be strings" in problem for problem in problems(f"{SOUND}{key}\n"))


@pytest.mark.parametrize(
    "text",
    [SOUND.replace("The town", '"a\\0b"'), as_json(title="a\0b")],
    ids=["yaml", "json"],
)
def test_an_invisible_character_that_cannot_be_stored_is_refused(text: str) -> None:
    """PostgreSQL holds no NUL, so publishing would fail with nothing an author could act on."""
    (problem,) = problems(text)
    assert "title holds an invisible character (NUL)" in problem


@pytest.mark.parametrize(
    "text",
    [SOUND.replace("The town", '"a\\ud800b"'), as_json(title="a\ud800b")],
    ids=["yaml", "json"],
)
def test_half_a_character_is_refused_by_its_place(text: str) -> None:
    """A lone surrogate is no text in any encoding."""
    (problem,) = problems(text)
    assert ", title: " in problem


@pytest.mark.parametrize("text", ["", "# only a remark\n", "---\n"])
def test_an_empty_document_says_so(text: str) -> None:
    """The file may be the wrong one, which "is missing" six times over would hide."""
    (problem,) = problems(text)
    assert "is empty" in problem or "must be settings with names" in problem


@pytest.mark.parametrize("text", ["hello", "[1, 2]", "12", "- a\n- b\n"])
def test_what_is_no_questionnaire_at_all_says_what_one_looks_like(text: str) -> None:
    """A list or a word is sound YAML, and still nothing to ask."""
    (problem,) = problems(text)
    assert "must be settings with names" in problem


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title: "never closed\n\n', 3),
        ("slug: a\n\ttitle: T\n", 2),
        ('{"slug": "t",\n "title": oops}', 2),
        ("slug: a\n---\nslug: b\n", 2),
        ('{"title": "a\n\tb"}', 1),
    ],
)
def test_what_cannot_be_read_says_in_which_line(text: str, line: int) -> None:
    """A file of a thousand lines with one quote too few is a long search otherwise."""
    (problem,) = problems(text)
    assert problem.startswith(f"line {line}, ")


@pytest.mark.parametrize("number", ["9" * 5_000, "1e999", "-Infinity", "NaN", "1.5"])
def test_no_number_that_json_allows_breaks_the_reader(number: str) -> None:
    """Python refuses to read 5,000 digits, and counts with infinity where we should not."""
    item = f'{{"key": "a", "type": "long_text", "text": "A", "max_length": {number}}}'
    text = f'{{"slug": "t", "title": "T", "pages": [{{"items": [{item}]}}]}}'
    assert len(problems(text)) == 1


def test_a_huge_document_is_refused_by_its_size() -> None:
    """Reading it would take minutes before any problem could be told."""
    (problem,) = problems(SOUND + "#" * LARGEST)
    assert "at most 5,000,000 are read" in problem


def test_an_unknown_type_names_those_there_are() -> None:
    """A name remembered wrong is mended by reading the right ones."""
    (problem,) = problems(SOUND.replace("single_choice", "radio"))
    assert problem.startswith("line 6, pages[0].items[0]: 'radio' is not a type")
    assert "'single_choice'" in problem and "'long_text'" in problem


def test_an_item_without_a_type_says_so() -> None:
    """Without its type nothing else about an item can be checked."""
    assert problems(SOUND.replace("        type: single_choice\n", "")) == [
        "line 6, pages[0].items[0]: has no `type`; add one"
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    """Editors put both in without asking."""
    questionnaire, found = read("\ufeff" + SOUND.replace("\n", "\r\n"))

    assert found == []
    assert questionnaire == read(SOUND)[0]


@pytest.mark.parametrize(
    "text",
    [
        "It's what it's: \"quoted\", and long " * 9,
        "It's fine",
        "Two lines\nand the town's third",
        "  blanks before\nand behind  \n",
        "no",
        "1.50",
        "- a dash # and a sign",
        "عربي\nשלום",
        "\u2028 \x85 tab\tand nothing",
        "",
    ],
)
def test_a_text_written_out_reads_as_the_same(text: str) -> None:
    """The page has people change one word; all others must come back as they were."""
    sound, _found = read(SOUND)
    assert sound is not None
    changed, found = check(sound.definition() | {"thank_you": text})
    assert changed is not None and not found

    again, found = read(written(changed))

    assert again is not None and not found
    assert again.definition() == changed.definition()


def test_texts_are_written_out_as_somebody_would_type_them() -> None:
    """Lines as lines and an apostrophe as one, however long the text is."""
    texts = {"a": "It's: so " * 30, "b": "One\nthe town's", "c": ["It's fine"]}

    said = yaml.dump(texts, Dumper=ByHand, width=math.inf)

    assert said.splitlines()[1:] == ["b: |-", "  One", "  the town's", "c:", "- It's fine"]
    assert "''" not in said
