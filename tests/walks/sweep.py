"""A window that tells of all that ran in it, was stopped, or only a payload could have made."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests import build

# All are written in every place either way; this is how many get a page to themselves.
of_each = pytest.mark.parametrize("each", [9, pytest.param(1, marks=pytest.mark.long)])
PLANTED = """
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => executed(name);
document.addEventListener("securitypolicyviolation",
  e => executed(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""
# What no page of ours has: handlers, addresses that run, frames, drawings that load.
MADE = """[...document.querySelectorAll("*")].filter(e =>
  e.matches("iframe, object, embed, base, marquee, math, foreignObject, animate, set, xmp,"
    + " [srcdoc], meta[http-equiv=refresh], img:not([src^='/'], .qr img)")
  || [...e.attributes].some(a => a.name.startsWith("on") || a.name.startsWith("hx-on")
    || (["href", "src", "action", "formaction", "data", "xlink:href"].includes(a.name)
      && /^(javascript|vbscript|data):/i.test(a.value.replace(/[\\s\\x00-\\x1f]/g, ""))
      && !e.matches("link[rel=icon], .qr img"))))
  .map(e => e.outerHTML.slice(0, 200))"""


@dataclass
class Sweep:
    """One window, and all that ran or was stopped in it."""

    page: Page
    site: str
    found: list[str] = field(default_factory=list)
    loaded: int = 0

    @classmethod
    def of(cls, browser: Browser, site: str) -> "Sweep":
        context = browser.new_context(base_url=site)
        sweep = cls(context.new_page(), site)
        context.expose_binding("executed", lambda _where, what=1: sweep.note(f"ran: {what}"))
        context.add_init_script(PLANTED)
        sweep.page.on("dialog", sweep.dismiss)
        sweep.page.on("console", sweep.hear)
        sweep.page.on("pageerror", lambda error: sweep.note(f"error: {error}"))
        context.on("request", sweep.follow)
        return sweep

    def note(self, what: str) -> None:
        self.found.append(f"{self.page.url}: {what}")

    def dismiss(self, dialog: Any) -> None:
        self.note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def hear(self, message: ConsoleMessage) -> None:
        # A page that is not a 200 is told of by the browser, and is no fault by itself.
        of_a_status = "the server responded with a status of" in message.text
        if message.type == "error" and not of_a_status:
            self.note(f"console: {message.text}")

    def follow(self, request: Any) -> None:
        if not request.url.startswith((f"{self.site}/", "data:,")):
            self.note(f"asked for {request.url}")

    def sign_in(self, person: Any) -> None:
        session = build.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def load(self, address: str, query: dict[str, str] | None = None) -> None:
        at = f"{address}?{urlencode(query)}" if query else address
        answer = self.page.goto(at)
        self.loaded += 1
        assert answer is None or answer.status < 500, f"{at}: {answer.status}"
        for element in self.page.evaluate(MADE):
            self.note(f"made: {element}")
