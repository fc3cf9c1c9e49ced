"""Screening and the preview in a real browser: what nobody sees, nobody stumbles over."""

from itertools import count

import pytest
from playwright.sync_api import expect

from feedback.models import Response, Role, Survey
from feedback.refresh import refresh
from tests import build
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "button[type=submit]"
VISIBLE = """e => { const box = e.getBoundingClientRect();
  return document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).includes(e) }"""
numbers = count(1)


@pytest.fixture
def town() -> Survey:
    """Under a name of its own: the server keeps what it knows of a name for two seconds."""
    return build.survey(slug=f"screened-{next(numbers)}")


def names_by_keyboard(visitor: Visitor, *, presses: int = 30) -> list[str]:
    """The fields and buttons that Tab comes to, in order."""
    names = []
    for _press in range(presses):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.locator(":focus")
        if not focused.count():
            break
        names.append(focused.get_attribute("name") or focused.get_attribute("type") or "")
        if names[-1] == "submit":
            break
    return names


def test_the_hidden_field_is_met_by_nobody(visitor: Visitor, town: Survey) -> None:
    """Neither by eye, nor by keyboard, nor by a screen reader; the order is that of the page."""
    page = visitor.page
    page.goto(f"/s/{town.slug}/")
    field = page.locator("[name=_website]")
    assert field.count() == 1  # control: it is there
    assert not page.evaluate(f"({VISIBLE})(document.querySelector('[name=_website]'))")
    assert page.evaluate(f"({VISIBLE})(document.querySelector('[name=name]'))")
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0
    assert page.get_by_role("textbox", name="Your name").count() == 1

    page.locator("h1").click()
    order = names_by_keyboard(visitor)

    assert "_website" not in order
    fields = list(dict.fromkeys(name for name in order if name))
    assert fields[:2] == ["name", "visit"] and fields[-2:] == ["wish", "submit"]


def test_a_browser_that_is_known_is_flagged_and_told_before(
    scripted: Visitor, town: Survey
) -> None:
    """The second time from the same browser; the number is there only once something was sent."""
    Survey.objects.filter(pk=town.pk).update(one_per_device=True)
    page = scripted.page
    page.goto(f"/s/{town.slug}/")
    expect(page.locator("body")).to_contain_text("your browser remembers a random number")
    assert page.evaluate("localStorage.length") == 0
    for wish in ("First", "Second"):
        page.goto(f"/s/{town.slug}/")
        page.click(SEND)  # a slip first: the number stays the same
        expect(page.locator("#problems")).to_be_visible()
        page.fill("[name=wish]", wish)
        page.click(SEND)
        page.wait_for_url("**/r/*/")
    refresh()

    first, second = Response.objects.filter(survey=town).order_by("pk")
    assert first.device and bytes(first.device) == bytes(second.device)
    assert "device" not in first.reasons and "device" in second.reasons
    assert page.evaluate("localStorage.length") == 1
    assert scripted.context.cookies() == []


def test_a_browser_without_scripts_answers_a_survey_of_one_per_device(
    visitor: Visitor, town: Survey
) -> None:
    """Then nothing is known of its device, and it is as welcome as any."""
    Survey.objects.filter(pk=town.pk).update(one_per_device=True)
    page = visitor.page
    page.goto(f"/s/{town.slug}/")
    page.fill("[name=wish]", "Benches")
    page.click(SEND)
    page.wait_for_url("**/r/*/")

    scripts = page.evaluate("matchMedia('(scripting: enabled)').matches")
    assert (Response.objects.get(survey=town).device is not None) is scripts


def test_an_editor_tries_the_form_and_leaves_no_trace(visitor: Visitor, town: Survey) -> None:
    """From the overview to the form, through a mistake to what would have been stored."""
    person = build.member(town, Role.EDITOR, name=town.slug)
    page = visitor.page
    page.goto(f"/staff/login/?next=/staff/{town.slug}/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", "secret")
    page.click("main button")
    page.get_by_role("link", name="Preview the form").click()
    expect(page.locator(".ribbon")).to_contain_text("Preview: nothing is stored.")

    with page.expect_response(is_post) as refused:
        page.click(SEND)
    assert refused.value.status == 422
    expect(page.locator(".ribbon")).to_contain_text("Preview: nothing is stored.")
    page.fill("[name=wish]", "A bridge to try")
    page.check("[name=visit][value=often]")
    page.click(SEND)

    expect(page.locator("h1")).to_have_text("This would have been stored")
    assert "A bridge to try" in visitor.text() and "Often" in visitor.text()
    page.get_by_role("link", name="Preview the form again").click()
    expect(page.locator("[name=wish]")).to_have_value("")
    page.get_by_role("link", name="Back to the settings").click()
    expect(page.locator("h1")).to_contain_text("Settings")
    assert not Response.objects.filter(survey=town).exists()
