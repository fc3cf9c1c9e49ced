"""A ranking in a browser: the numbers are enough, and with scripts it is a list to sort."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from feedback.models import Response, Survey
from tests import build
from tests.walks.test_access_for_all import check
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count(1)
DRINKS: list[dict[str, Any]] = [
    {
        "key": "drinks",
        "type": "ranking",
        "text": "Which drinks do you like best?",
        "most": 3,
        "choices": [
            {"code": code, "text": code.title()} for code in ("tea", "coffee", "water", "milk")
        ],
    },
    {"key": "why", "type": "short_text", "text": "Why milk?", "show_if": 'drinks includes "milk"'},
]


@pytest.fixture
def drinks() -> Survey:
    return build.survey(DRINKS, slug=f"drinks-{next(numbers)}")


def stored(survey: Survey) -> Any:
    return Response.objects.get(survey=survey).answers["drinks"]


def send(visitor: Visitor) -> None:
    visitor.page.click("button[type=submit]")
    visitor.page.wait_for_url("**/r/*/")


def test_the_numbers_alone_are_enough(visitor: Visitor, drinks: Survey) -> None:
    """With scripts or without, a number chosen from a list is what is sent."""
    page = visitor.page
    page.goto(f"/s/{drinks.slug}/")

    page.get_by_label("Water", exact=True).select_option("1")
    page.get_by_label("Tea", exact=True).select_option("2")
    send(visitor)

    assert stored(drinks) == ["water", "tea"]
    assert "1. Water 2. Tea" in visitor.text()


def test_what_cannot_be_an_order_is_told_beside_the_option(
    browser: Browser, live_site: str
) -> None:
    """Without scripts nothing keeps two options from one rank, so the message must help."""
    drinks = build.survey(DRINKS, slug=f"drinks-{next(numbers)}")
    context = browser.new_context(base_url=live_site, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/s/{drinks.slug}/")
    page.get_by_label("Water", exact=True).select_option("1")
    page.get_by_label("Tea", exact=True).select_option("1")
    page.get_by_label("Milk", exact=True).select_option("3")

    with page.expect_response(is_post) as refused:
        page.click("button[type=submit]")

    assert refused.value.status == 422
    described = page.locator("[name=drinks__water]").get_attribute("aria-describedby")
    assert "“Tea” has rank 1, too" in page.locator(f"#{described}").inner_text()
    assert page.locator("[name=drinks__milk][aria-invalid=true]").count() == 1
    context.close()


def test_buttons_sort_by_keyboard_and_say_what_they_did(scripted: Visitor, drinks: Survey) -> None:
    """Who neither drags nor sees hears the new place of what they moved."""
    page = scripted.page
    page.goto(f"/s/{drinks.slug}/")
    live = page.locator(".ranking [role=status]")

    page.get_by_role("button", name="Tea: add as the next rank").press("Enter")
    expect(live).to_have_text("Tea, rank 1 of 3")
    page.get_by_role("button", name="Milk: add as the next rank").press("Enter")
    expect(page.get_by_label("Why milk?")).to_be_visible()
    page.get_by_role("button", name="Milk: move up").press("Enter")
    expect(live).to_have_text("Milk, rank 1 of 3")
    expect(page.get_by_role("button", name="Milk: move down")).to_be_focused()
    page.get_by_role("button", name="Water: add as the next rank").press("Enter")
    page.get_by_role("button", name="Coffee: add as the next rank").press("Enter")
    expect(live).to_have_text("No rank is free. Remove an option first.")
    page.get_by_role("button", name="Tea: take out of the ranking").press("Enter")
    expect(live).to_have_text("Tea, not ranked")
    check(scripted)
    send(scripted)

    assert stored(drinks) == ["milk", "water"]


def test_dragging_sorts_too(scripted: Visitor, drinks: Survey) -> None:
    """Into the ranking, within it, and out again."""
    page = scripted.page
    page.set_viewport_size({"width": 320, "height": 1200})
    page.goto(f"/s/{drinks.slug}/")
    for code in ("tea", "coffee"):
        page.locator(f"[data-code={code}] [data-move=add]").click()

    drag(page, "milk", to="coffee")
    expect(page.locator(".ranking ol label")).to_have_text(["Tea", "Milk", "Coffee"])
    drag(page, "tea", to="water")
    expect(page.locator(".ranking ol label")).to_have_text(["Milk", "Coffee"])
    send(scripted)

    assert stored(drinks) == ["milk", "coffee"]


def test_an_option_that_is_no_longer_offered_leaves_no_gap(scripted: Visitor) -> None:
    """Its rank goes to the next, as a gap would be refused."""
    drinks = build.survey(DRINKS[:1], slug=f"drinks-{next(numbers)}")
    page = scripted.page
    page.goto(f"/s/{drinks.slug}/")
    for code in ("tea", "coffee", "water"):
        page.locator(f"[data-code={code}] [data-move=add]").click()

    page.evaluate("""() => {
      const row = document.querySelector("[data-code=coffee]");
      row.hidden = row.querySelector("select").disabled = true;
      row.closest("form").dispatchEvent(new Event("input"));
    }""")
    send(scripted)

    assert stored(drinks) == ["tea", "water"]


def test_a_finger_drags_without_scrolling_the_page(browser: Browser, live_site: str) -> None:
    """The grip alone takes the touch; beside it the page scrolls as ever."""
    drinks = build.survey(DRINKS, slug=f"drinks-{next(numbers)}")
    phone = {"width": 390, "height": 700}
    context = browser.new_context(base_url=live_site, viewport=phone, has_touch=True)
    page = context.new_page()
    page.goto(f"/s/{drinks.slug}/")
    page.locator("[data-code=tea] [data-move=add]").tap()
    page.locator(".ranking").scroll_into_view_if_needed()
    start = page.locator("[data-code=milk] .grip").bounding_box()
    end = page.locator("[data-code=tea]").bounding_box()
    assert start and end
    before, x = page.evaluate("scrollY"), start["x"] + 20
    finger = context.new_cdp_session(page)

    touch(finger, "touchStart", x, start["y"] + 20)
    for step in range(1, 6):
        way = (end["y"] + 5 - start["y"] - 20) * step / 5
        touch(finger, "touchMove", x, start["y"] + 20 + way)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(page.locator(".ranking ol label")).to_have_text(["Milk", "Tea"])
    assert page.evaluate("scrollY") == before
    context.close()


def touch(finger: CDPSession, kind: str, x: float, y: float) -> None:
    points = [{"x": x, "y": y}]
    finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def drag(page: Any, code: str, *, to: str) -> None:
    """By its grip to just above the middle of another option."""
    page.locator(".ranking").scroll_into_view_if_needed()
    start = page.locator(f"[data-code={code}] .grip").bounding_box()
    end = page.locator(f"[data-code={to}]").bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + end["height"] / 2 - 4, steps=5)
    page.mouse.up()
