"""A grid in a browser: columns where there is room, a question a row where there is none."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator

from feedback.models import Response
from tests import build
from tests.walks.test_access_for_all import check
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count(1)
GRIDS: list[dict[str, Any]] = [
    {
        "key": key,
        "type": "grid",
        "text": f"How good is the {key}?",
        "required": True,
        "several": several,
        "rows": [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}],
        "choices": [{"code": "good", "text": "Very good"}, {"code": "bad", "text": "Bad"}],
    }
    for key, several in (("speed", False), ("light", True))
]


def left(found: Locator) -> list[int]:
    return [round(one.bounding_box()["x"]) for one in found.all()]  # type: ignore[index]


def test_a_grid_is_answered_and_mended_row_by_row(visitor: Visitor) -> None:
    """Each input is known by its row and its column, and an error by its row."""
    survey = build.survey(GRIDS, slug=f"grid-{next(numbers)}")
    page = visitor.page
    page.goto(f"/s/{survey.slug}/")

    row = page.get_by_role("group", name="How good is the speed?").get_by_role(
        "group", name="By day"
    )
    row.get_by_role("radio", name="Very good").check()
    with page.expect_response(is_post) as refused:
        page.click("button[type=submit]")
    assert refused.value.status == 422
    night = page.get_by_role("group", name="How good is the speed?").get_by_role(
        "group", name="At night"
    )
    described = night.get_attribute("aria-describedby")
    assert "needs an answer" in page.locator(f"#{described}").inner_text()
    night.get_by_role("radio", name="Bad").check()
    for box in page.get_by_role("checkbox", name="Very good").all():
        box.check()
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")

    assert Response.objects.get(survey=survey).answers == {
        "speed": ["day", "night"],
        "speed__day": "good",
        "speed__night": "bad",
        "light": ["day", "night"],
        "light__day": ["good"],
        "light__night": ["good"],
    }
    assert "At night: Bad" in visitor.text()


def test_a_small_phone_shows_the_rows_one_after_another(scripted: Visitor) -> None:
    """Nothing runs out of the page, and each choice has its words beside it."""
    build.survey(GRIDS, slug="grid-narrow")
    page = scripted.page
    page.goto("/s/grid-narrow/")

    check(scripted)
    assert len(set(left(page.locator(".grid input")))) == 1
    assert all(box.is_visible() for box in page.locator(".grid .form-check-label").all())
    assert all(
        box.bounding_box()["width"] > 200  # type: ignore[index]
        for box in page.locator(".grid .form-check").all()
    )


def test_where_there_is_room_choices_stand_under_one_heading(scripted: Visitor) -> None:
    """The eye goes down a column; the headings are said once."""
    build.survey(GRIDS, slug="grid-wide")
    page = scripted.page
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto("/s/grid-wide/")

    first = page.locator(".grid").first
    columns = left(first.locator(".heads span"))
    for row in first.locator(".row").all():
        assert left(row.locator(".form-check")) == columns
