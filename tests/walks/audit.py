"""What axe-core and a ruler find on a page, in light and dark, on a phone and on a desk."""

from collections.abc import Mapping, Sequence
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOKS: Sequence[tuple[tuple[int, int], Literal["light", "dark"]]] = (
    ((390, 844), "light"),
    ((1280, 900), "dark"),
)
axe = Axe()
# Links in a sentence are free of the rule on size; a radio button is as large as its label.
SMALL = """[...document.querySelectorAll("a[href], button, select, textarea, label, summary")]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".unseen"))
  .filter(e => e.matches("label") ? e.control?.matches("[type=radio], [type=checkbox]") : true)
  .filter(e => !(e.matches("a") && getComputedStyle(e).display === "inline"))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width < 24 || box.height < 24)
  .map(([e, box]) => `${box.width} by ${box.height}: ${e.outerHTML.slice(0, 150)}`)"""
MOVING = """[...document.querySelectorAll("*")].map(e => [e, getComputedStyle(e)])
  .filter(([e, s]) => [s.transitionDuration, s.animationDuration].join(",").split(",")
    .some(time => parseFloat(time) > 0))
  .map(([e]) => e.outerHTML.slice(0, 150))"""
SEND = """fields => { const form = document.createElement("form"); form.method = "post";
  for (const [name, values] of Object.entries(fields)) for (const value of values) {
    const field = document.createElement("textarea");
    field.name = name; field.value = value; form.append(field);
  }
  document.body.append(form); form.submit() }"""


def violations(page: Page) -> list[str]:
    """Every rule that the page breaks as it stands, with the elements that break it."""
    found = axe.run(page, options={"runOnly": [*TAGS], "resultTypes": ["violations"]}).response[
        "violations"
    ]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def audit(page: Page) -> None:
    """Hold the page to every rule in both themes and at both widths, targets' size included.

    No colour depends on the width and no size on the theme, so two looks see all four.
    """
    for (width, height), theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        # Without motion, as a colour half way to another is no colour of the page's.
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        where = f"{page.url} {theme} {width}"
        assert violations(page) == [], where
        assert page.evaluate(SMALL) == [], where


def send(page: Page, fields: Mapping[str, Sequence[str]]) -> Response:
    """Post these fields from the page, whatever its own form would let through.

    Waits for the page that comes of it: the old one's scripts may navigate within it meanwhile.
    """
    with page.expect_response(is_a_page) as arrival, page.expect_event("domcontentloaded"):
        page.evaluate(SEND, {name: [*values] for name, values in fields.items()})
    return arrival.value


def is_a_page(answer: Response) -> bool:
    """Whether it is what a navigation ends at, rather than a redirection on the way."""
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400
