"""Earlier answers in later texts: refused where they cannot be known, and shown literally."""

from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.utils.datastructures import MultiValueDict

from feedback.questionnaire.definition import Questionnaire, check
from feedback.questionnaire.form import AnswerForm
from feedback.questionnaire.recall import filled, marked
from tests import build
from tests.pages import Page
from tests.web.sent import FormPage

TOOL: dict[str, Any] = {"key": "tool", "type": "short_text", "text": "Which tool?"}
NAME: dict[str, Any] = {"key": "name", "type": "short_text", "text": "Your name?"}
LIKED: dict[str, Any] = {
    "key": "liked",
    "type": "long_text",
    "text": "What do you like about {{tool}}?",
    "help": "Say it as {{ name }} would.",
}
HOSTILE = [
    "{{name}}",
    "{{ liked }}",
    "{answer.name}",
    "{% load static %}",
    "${name}",
    "%(name)s",
    "<script>alert(1)</script>",
    "<b onclick=alert(1)>bold</b>",
    "</bdi><img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    '"><input name=tool>',
    r"\1 \g<0>",
]


def told(*pages: list[dict[str, Any]], **settings: Any) -> list[str]:
    data = {"slug": "town", "title": "The town", "pages": [{"items": own} for own in pages]}
    return [str(problem) for problem in check(data | settings)[1]]


def shown(questionnaire: Questionnaire, **answers: str) -> str:
    posted = MultiValueDict({name: [value] for name, value in answers.items()})
    return str(render_crispy_form(AnswerForm(questionnaire, posted)))


def test_what_comes_earlier_can_be_recalled() -> None:
    """Control: on the same page and on a later one."""
    assert told([TOOL, NAME, LIKED]) == []
    assert told([TOOL], [NAME], [LIKED]) == []


@pytest.mark.parametrize(
    ("items", "place", "key"),
    [
        ([NAME, LIKED], "pages[0].items[1].text", "tool"),
        ([TOOL, LIKED, NAME], "pages[0].items[1].help", "name"),
        ([{**TOOL, "text": "Which, like {{tool}}?"}], "pages[0].items[0].text", "tool"),
    ],
    ids=["unknown", "later", "itself"],
)
def test_what_cannot_be_known_there_is_refused_at_its_place(
    items: list[dict[str, Any]], place: str, key: str
) -> None:
    """Respondents would read the mark itself, or nothing."""
    assert told(items) == [
        f"{place}: recalls '{key}', which is no earlier item; check its spelling, or move that "
        "item up"
    ]


def test_headings_and_options_are_looked_at_too() -> None:
    """They are read by respondents as questions are."""
    choice = {
        "key": "best",
        "type": "single_choice",
        "text": "Best?",
        "choices": [{"code": "a", "text": "{{nobody}}"}],
    }
    pages = [{"title": "About {{tool}}", "items": [TOOL]}, {"items": [choice]}]

    places = [problem.partition(":")[0] for problem in told(pages=pages)]

    assert places == ["pages[0].title", "pages[1].items[0].choices[0].text"]


def test_a_translation_that_recalls_amiss_is_told_with_its_language() -> None:
    """The main text may be sound while another is not."""
    liked = {**LIKED, "help": "", "text": {"en": "Why {{tool}}?", "de": "Warum {{werkzeug}}?"}}

    (problem,) = told([TOOL, liked], languages=["de"])

    assert problem.startswith("pages[0].items[1].text: de: recalls 'werkzeug'")


def test_an_answer_stands_in_the_later_text() -> None:
    """Control for what follows: it is put in at all."""
    page = FormPage(shown(build.questionnaire([TOOL, NAME, LIKED]), tool="Pen").encode())

    assert page.answers[0] == "Pen"


def test_without_an_answer_the_question_stands_for_it() -> None:
    """Whoever has no scripts reads which answer is meant."""
    page = FormPage(shown(build.questionnaire([TOOL, NAME, LIKED])).encode())

    assert page.answers[0] == "[Which tool?]"


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_respondent_typed_is_shown_literally(typed: str) -> None:
    """It is neither a mark to fill in, nor HTML, nor a template."""
    questionnaire = build.questionnaire([TOOL, NAME, LIKED])
    plain = Page.read(shown(questionnaire, tool="Pen", name="Ada").encode())

    html = shown(questionnaire, tool=typed, name="Ada")

    page = FormPage(html.encode())
    assert page.answers[:2] == [typed, "Ada"]
    assert [tag for tag, _attributes in page.page.tags] == [tag for tag, _attributes in plain.tags]


@pytest.mark.parametrize("typed", HOSTILE)
def test_an_answer_is_put_in_once_and_never_read_for_marks(typed: str) -> None:
    """Else one respondent's text could show another answer."""
    assert filled("About {{tool}}!", lambda key: typed) == f"About {typed}!"
    assert FormPage(marked("About {{tool}}!", lambda key: typed).encode()).answers == [typed]


def test_the_authors_own_html_is_text_as_well() -> None:
    """Authors write words, not pages."""
    html = marked("<i>About</i> {{tool}}", lambda key: "Pen")

    assert html.startswith("&lt;i&gt;About&lt;/i&gt; ")
