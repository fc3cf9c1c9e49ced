"""Weight, style and pictures as a real browser sees them."""

import io
import secrets
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from feedback.authoring import pictures
from feedback.web import pages
from tests import build
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
MOST_BYTES, MOST_REQUESTS = 20_000, 3  # of the sample form, on the wire
ROOT = Path(__file__).parents[2]
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
RULES = """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
  return [...sheet.cssRules].map(rule => rule.cssText.replace(/, /g, ",")) }"""


def picture(colour: str) -> Any:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "PNG")
    drawn = pictures.draw(file.getvalue(), width=800)
    pictures.keep([drawn])
    return drawn


def test_the_sample_form_is_light(browser: Browser, live_site: str) -> None:
    """Half the world answers on a telephone, some of it by the megabyte."""
    call_command("load_survey", ROOT / "surveys/open-model-feedback.yaml", publish=True)
    context = browser.new_context(base_url=live_site)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    sent: list[str] = []
    weights: list[float] = []
    wire.on("Network.requestWillBeSent", lambda event: sent.append(event["request"]["url"]))
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    wire.send("Network.enable")

    page.goto("/s/open-model-feedback/", wait_until="networkidle")

    loaded = [address for address in sent if not address.startswith("data:")]
    assert all(address.startswith(f"{live_site}/") for address in loaded)
    assert len(loaded) <= MOST_REQUESTS, loaded
    assert 5_000 < sum(weights) <= MOST_BYTES
    context.close()


def test_nothing_holds_up_the_first_paint(scripted: Visitor) -> None:
    """No sheet to wait for, and scripts only once the page is read."""
    build.survey(slug="paint")
    scripted.page.goto("/s/paint/")

    assert scripted.page.locator("link[rel=stylesheet]").count() == 0
    assert scripted.page.locator("script:not([type=module])").count() == 0


def test_the_short_style_says_what_the_stylesheets_say(scripted: Visitor) -> None:
    """Space means something in CSS here and there."""
    scripted.page.goto("/")
    files = [ROOT / "static" / name for name in pages.STYLESHEETS]

    whole = scripted.page.evaluate(RULES, "".join(file.read_text() for file in files))

    assert len(whole) > 60
    assert scripted.page.evaluate(RULES, pages.stylesheet()) == whole


def test_public_pages_work_under_their_policy(visitor: Visitor) -> None:
    """The browser itself complains of what a policy forbids."""
    pond = picture("#3366aa")
    looks = {"colour": "#7a1f5c", "logo": {"image": pond.name, "alt": "The town"}}
    option = {"code": "pond", "text": "The pond", "image": pond.name, "alt": "Ducks"}
    item = {"key": "place", "type": "single_choice", "text": "Which?", "choices": [option]}
    slug = f"policy-{secrets.token_hex(4)}"  # the server remembers the one before
    build.survey([item], slug=slug, looks=looks)
    page = visitor.page
    page.goto("/")
    page.goto(f"/s/{slug}/")
    assert page.evaluate(ACCENT) == "#7a1f5c"
    page.get_by_role("radio", name="Ducks The pond").check()
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")
    assert page.evaluate(ACCENT) == "#7a1f5c"
    assert page.evaluate("document.querySelector('.logo').naturalWidth") == 400
    page.get_by_role("link", name="Withdraw").click()
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")


def test_a_style_with_one_byte_changed_is_blocked(browser: Browser, live_site: str) -> None:
    """The digest is what holds, not the tag."""
    build.survey(slug="tampered", looks={"colour": "#7a1f5c"})
    context = browser.new_context(base_url=live_site)

    def tamper(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("#7a1f5c", "#7a1f5d"))

    page: Page = context.new_page()
    page.goto("/s/tampered/")
    assert page.evaluate(ACCENT) == "#7a1f5c"
    page.route("**/s/tampered/", tamper)
    page.goto("/s/tampered/")
    assert page.evaluate(ACCENT) == ""
    context.close()


def test_cards_fit_a_small_phone_and_can_be_chosen(scripted: Visitor) -> None:
    """Two beside each other at 320 pixels, each large enough for a thumb."""
    options = [
        {
            "code": f"c{n}",
            "text": f"Place {n}",
            "image": picture(f"#3366{n}0").name,
            "alt": f"View {n}",
        }
        for n in range(4)
    ]
    item = {"key": "place", "type": "multiple_choice", "text": "Which?", "choices": options}
    build.survey([item], slug="cards")
    page = scripted.page
    page.goto("/s/cards/")
    expect(page.locator(".cards label").nth(3)).to_be_visible()

    boxes = [box.bounding_box() for box in page.locator(".cards label").all()]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]
    assert all(box["width"] >= 120 and box["height"] >= 120 for box in boxes)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    page.locator(".cards label").nth(2).click()
    assert page.locator("[value=c2]").is_checked()
    page.emulate_media(forced_colors="active")
    outline = "getComputedStyle(document.querySelector(':checked + label')).outlineStyle"
    assert page.evaluate(outline) == "solid"
