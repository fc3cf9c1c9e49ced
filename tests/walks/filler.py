"""Fills in any form of ours in a browser, on one page or on several steps, and sends it.

With scripts only what can be seen is filled in, in the order of the page, as what is
asked further down hangs on it. Without scripts everything can be seen.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from playwright.sync_api import Page

Answers: TypeAlias = Mapping[str, Sequence[str]]  # values by the name of the form field
Fill: TypeAlias = Callable[[Page, Answers], set[str]]
SEND = "form:has([name=ticket]) button[type=submit]"
NEXT = "[data-next]:visible"
MOST_STEPS = 100

# Somebody sees a control if it takes up room; the ticket and the like they never see.
VISIBLE = """() => {
  const form = document.querySelector("form:has(input[name=ticket])");
  const named = [...form.elements].filter((c) => c.name && c.type !== "hidden");
  return [...new Set(named.filter((c) => c.checkVisibility()).map((c) => c.name))];
}"""
FILL = """(answers) => {
  const form = document.querySelector("form:has(input[name=ticket])");
  const filled = new Set();
  for (const control of form.elements) {
    const values = answers[control.name];
    if (!values || control.type === "hidden" || !control.checkVisibility()) continue;
    filled.add(control.name);
    const [state, wanted] = /radio|checkbox/.test(control.type)
      ? ["checked", values.includes(control.value)]
      : ["value", values[0]];
    if (control[state] === wanted) continue;
    control[state] = wanted;
    for (const kind of ["input", "change"]) {
      control.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }
  return [...filled];
}"""


def at_once(page: Page, answers: Answers) -> set[str]:
    """All that can be seen, by one program in the page; the names of what it filled in."""
    return set(page.evaluate(FILL, {name: list(values) for name, values in answers.items()}))


def by_hand(page: Page, answers: Answers) -> set[str]:
    """All that can be seen, by mouse and keyboard."""
    filled: set[str] = set()
    while open_now := [n for n in page.evaluate(VISIBLE) if n in answers and n not in filled]:
        name = open_now[0]
        for value in answers[name]:
            control = page.locator(f'[name="{name}"]')
            match control.first.get_attribute("type") or control.first.evaluate("c => c.type"):
                case "radio" | "checkbox":
                    page.locator(f'[name="{name}"][value="{value}"]').check()
                case "select-one":
                    control.select_option(value)
                case _:
                    control.fill(value)
        filled.add(name)
    return filled


def send(page: Page, answers: Answers, *, fill: Fill = at_once) -> set[str]:
    """Fill in the form that is open, step by step if it has steps, and send it.

    Returns:
        The names of all fields that could be seen on the way.

    Raises:
        AssertionError: something to fill in could not be seen, or there is no end.
    """
    filled, seen = set[str](), set[str]()
    for _step in range(MOST_STEPS):
        filled |= fill(page, answers)
        seen |= set(page.evaluate(VISIBLE))
        if not goes_on(page):
            break
    assert filled == set(answers), f"could not be filled in: {sorted(set(answers) - filled)}"
    page.click(SEND)
    page.wait_for_url("**/r/*/")
    return seen


def goes_on(page: Page) -> bool:
    """Whether there was a next step, to which it went."""
    onward = page.locator(NEXT)
    if page.locator(SEND).is_visible() or not onward.count():
        return False
    onward.first.click()
    return True
