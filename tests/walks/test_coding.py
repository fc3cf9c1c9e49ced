"""Coding open answers by keyboard alone, and without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from feedback.models import Code, Coded, Read, Response, Survey
from feedback.open_text import code_frame
from tests import build
from tests.walks.staff import signed_in
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
CODING = "/staff/town/text/wish/coding/?order=sample"


@pytest.fixture
def codes(town: Survey, reviewer: Any) -> list[Code]:
    names = [f"Code {n}" for n in range(1, 12)]
    return [code_frame.add(town, "wish", {"name": name}, actor=reviewer) for name in names]


def counting(text: str) -> set[str]:
    rows = Coded.objects.filter(read__counts=True, response__answers__wish=text)
    return set(rows.values_list("code__name", flat=True))


def test_answers_are_coded_without_a_mouse(
    scripted: Visitor, reviewer: Any, town: Survey, codes: list[Code]
) -> None:
    """Figures and letters tick, Enter saves and goes on, 0 says that nothing fits."""
    for n in range(3):
        build.respond(town, wish=f"wish {n}")
    page = signed_in(scripted, reviewer).page
    page.goto(CODING)
    said = page.locator("[data-answer]")
    first = said.inner_text()
    for key in ("1", "3", "3", "w", "Enter"):
        page.keyboard.press(key)
    expect(said).not_to_have_text(first)
    second = said.inner_text()
    page.keyboard.press("0")
    expect(said).not_to_have_text(second)
    third = said.inner_text()
    page.get_by_label("The passage").focus()
    page.keyboard.type("wish")  # letters are letters there
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("h2")).to_have_text("Nothing is left here")

    assert counting(first) == {"Code 1", "Code 11"}
    assert counting(second) == set() and Read.objects.count() == 3
    assert counting(third) == {"Code 2"}
    mark = Coded.objects.get(response__answers__wish=third)
    assert (mark.start, mark.end) == (0, 4)


def test_with_single_keys_off_a_key_does_nothing(
    scripted: Visitor, reviewer: Any, town: Survey, codes: list[Code]
) -> None:
    """They collide with the commands of some who speak to their computer."""
    build.respond(town, wish="More trees")
    page = signed_in(scripted, reviewer).page
    page.goto(CODING)
    page.get_by_label("Use single keys on this computer").uncheck()
    page.locator("h1").click()
    page.keyboard.press("1")

    expect(page.locator("#code-1")).not_to_be_checked()


def test_coding_works_by_plain_ticks(
    visitor: Visitor, reviewer: Any, town: Survey, codes: list[Code]
) -> None:
    """With scripts and without: the keys do no more than the form does."""
    row: Response = build.respond(town, wish="More trees")
    page = signed_in(visitor, reviewer).page
    page.goto(CODING)
    page.get_by_label("Code 2").check()
    page.get_by_role("button", name="Save and go on").click()

    expect(page.locator("h2")).to_have_text("Nothing is left here")
    assert set(Coded.objects.values_list("response_id", "code__name")) == {(row.pk, "Code 2")}
