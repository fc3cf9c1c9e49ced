"""Fills in any form of ours in a browser, on one page or on several steps, and sends it.

With scripts only what can be seen is filled in, in the order of the page, as what is
asked further down hangs on it. Without scripts everything can be seen.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from playwright.sync_api import Page

Answers: TypeAlias = Mapping[str, Sequence[str]]  # values by the name of the form field
Fill: TypeAlias = Callable[[Page, Answers], set[str]]
SEND = "form:has([name=ticket]) button[type=submit]"
NEXT = "[data-next]:visible"
RECEIPT = re.compile("/r/[a-z2-7]+/")  # the step may stay in the address
MOST_STEPS = 100

# Somebody sees what takes up room; the ticket and the like they never see, nor fill in buttons.
CONTROLS = "input:not([type=hidden]), select, textarea"
VISIBLE = f"""() => {{
  const form = document.querySelector("form:has(input[name=ticket])");
  const controls = [...form.querySelectorAll("{CONTROLS}")];
  const seen = controls.filter((c) => /^[a-z]/.test(c.name) && c.checkVisibility());
  return [...new Set(seen.map((c) => c.name))];
}}"""
# Which parts of the form are there to see: others after a step.
STEP = f"""() => {{
  const form = document.querySelector("form:has(input[name=ticket])");
  const parts = [...form.querySelectorAll("section, {CONTROLS}")];
  return parts.flatMap((part, n) => (part.checkVisibility() ? [n] : [])).join(" ");
}}"""
# Scripts may arrive after the page has loaded; then a form of several pages becomes steps.
READY = """() => {
  const form = document.querySelector("form:has(input[name=ticket])");
  const steps = form.querySelector("[data-next]") && form.querySelectorAll("section").length > 1;
  const none = matchMedia("(scripting: none)").matches;
  return none || !steps || form.querySelector("[data-progress]").checkVisibility();
}"""
FILL = """(answers) => {
  const form = document.querySelector("form:has(input[name=ticket])");
  const filled = new Set();
  for (const control of form.elements) {
    const values = answers[control.name];
    if (!values || !control.checkVisibility()) continue;
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


def wait_for_scripts(page: Page) -> None:
    """Until the form that is open behaves as it will, if its visitor has scripts."""
    page.wait_for_function(READY)


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
    wait_for_scripts(page)
    for _step in range(MOST_STEPS):
        filled |= fill(page, answers)
        seen |= set(page.evaluate(VISIBLE))
        if not goes_on(page):
            break
    else:
        raise AssertionError(f"no end after {MOST_STEPS} steps: {page.inner_text('form')[:500]}")
    assert filled == set(answers), f"could not be filled in: {sorted(set(answers) - filled)}"
    page.click(SEND)
    page.wait_for_url(RECEIPT)
    return seen


def goes_on(page: Page) -> bool:
    """Whether there was a next step, to which it went."""
    onward = page.locator(NEXT)
    if page.locator(SEND).is_visible() or not onward.count():
        return False
    step = page.evaluate(STEP)
    onward.first.click()
    # Its answers are checked by the server first.
    page.wait_for_function(f"before => ({STEP})() !== before", arg=step)
    return True
