"""Codes that are suggested once there are examples, and shares corrected by what was read."""

from pathlib import Path
from typing import Any

import pytest

from feedback.models import Code, Coded, OpenQuestion, Response, Survey
from feedback.open_text import coded, coding, learning
from feedback.open_text.embedder import Embedder
from feedback.open_text.learning import learn_codes
from feedback.open_text.questions import column_of, digest_of, question_of
from feedback.open_text.static import Folder
from feedback.open_text.vectors import best_here, for_codes
from feedback.refresh import refresh
from feedback.responses.in_field import items_of
from tests import build
from tests.open_text.answers import vectors_in
from tests.pages import Page
from tests.web.coding_screen import CODING, counting, save, shown

WORDS = {
    "Trees": "more trees and shade along the {} street",
    "Benches": "benches to sit {} rest on",
}


@pytest.fixture
def learnt(town: Survey, trees: Code, benches: Code, owner: Any) -> OpenQuestion:
    """Sixty answers of two kinds, of which forty are coded, and what was learnt from them."""
    column, question = column_of(items_of(town), "wish"), question_of(town, "wish")
    rows = [
        (build.respond(town, wish=WORDS[code.name].format(f"{word}{n}")), code)
        for n in range(30)
        for code, word in ((trees, "long"), (benches, "quiet"))
    ]
    for row, code in rows[:40]:
        seen = digest_of(row.answers["wish"]).hex()
        coding.save(question, column, row.pk, {code.number: ""}, coder=owner, seen=seen)
    assert learn_codes(question, column) == [1, 2]
    return question_of(town, "wish")


@pytest.mark.django_db(transaction=True)
def test_what_went_while_it_was_read_gets_no_code_by_the_machine(
    town: Survey, learnt: OpenQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learning takes minutes, and refresh has taken away by then what it would bring back."""
    column = column_of(items_of(town), "wish")
    gone, changed = Response.objects.order_by("-pk")[:2]
    read = learning.texts_of

    def and_then(*given: Any) -> Any:
        texts = read(*given)
        Response.objects.filter(pk=gone.pk).delete()
        Response.objects.filter(pk=changed.pk).update(answers={"wish": "nothing at all"})
        refresh()
        return texts

    monkeypatch.setattr(learning, "texts_of", and_then)
    assert Coded.objects.filter(read=None, response__in=[gone.pk, changed.pk]).count() == 2

    learn_codes(learnt, column)

    assert not Coded.objects.filter(response__in=[gone.pk, changed.pk]).exists()
    assert Coded.objects.filter(read=None).exists()


def test_suggestions_come_with_how_sure_they_are_and_one_press_takes_them(
    reviewer: Any, town: Survey, learnt: OpenQuestion
) -> None:
    """The coder decides; the machine only saves a press."""
    desk = build.signed_in(reviewer)
    page = Page.read(desk.get(CODING).content)
    row = Response.objects.get(pk=shown(page))
    expected = "Trees" if "trees" in row.answers["wish"] else "Benches"
    assert f"Suggested: {expected} " in page.text

    save(desk, row, accept="1")

    assert counting(row) == {expected}


def test_who_reads_the_sample_sees_no_suggestion(
    reviewer: Any, town: Survey, learnt: OpenQuestion
) -> None:
    """Else people would confirm the machine that their reading is to correct."""
    page = build.signed_in(reviewer).get(f"{CODING}?order=sample").content
    assert b"Suggested:" not in page and b"data-answer" in page


def test_shares_are_of_the_random_sample_and_corrected(
    owner: Any, town: Survey, learnt: OpenQuestion
) -> None:
    """Half of all answers want trees; the interval holds that, the classifier agrees."""
    found = coded.shares(learnt, column_of(items_of(town), "wish"))

    assert (found.answers, found.coded) == (60, 40)
    share = found.codes[0]
    assert share.corrected is not None
    assert share.corrected.low <= 0.5 <= share.corrected.high
    assert share.corrected.uncorrected == pytest.approx(0.5, abs=0.1)
    page = Page.read(build.signed_in(owner).get(f"{CODING}shares/").content).text
    assert "40 of a random sample of 100 answers were read, of 60 in all." in page


def test_letters_large_and_small_are_one_word_to_suggestions(
    town: Survey, learnt: OpenQuestion
) -> None:
    """Whoever writes in capitals is suggested the code that the same words get otherwise."""
    small = build.respond(town, wish=WORDS["Benches"].format("calmly"))
    capitals = build.respond(town, wish=small.answers["wish"].upper())

    learn_codes(learnt, column_of(items_of(town), "wish"))

    of_each = [
        list(Coded.objects.filter(response=row, read=None).values_list("code__name", "confidence"))
        for row in (small, capitals)
    ]
    assert of_each[0] == of_each[1] and [name for name, _sure in of_each[0]] == ["Benches"]


def test_suggestions_are_learnt_from_the_vectors_that_are_there(
    town: Survey, learnt: OpenQuestion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Words learnt elsewhere get more answers right than LSA of the survey alone."""
    asked: list[str] = []

    def there() -> Embedder:
        asked.append("static vectors")
        return Folder.new(vectors_in(tmp_path))

    monkeypatch.setattr(learning, "for_codes", there)

    assert learn_codes(learnt, column_of(items_of(town), "wish")) == [1, 2]
    assert asked == ["static vectors"]
    assert for_codes().kind == best_here().kind
