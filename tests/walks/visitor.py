"""Somebody with a browser: what they do, and what their browser notices meanwhile."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# The browser says so of every page that is not a 200; a form to mend is meant to be a 422,
# and a receipt that was withdrawn a 410.
EXPECTED = re.compile(r"the server responded with a status of (422|409|410)")


@dataclass
class Visitor:
    """One browser window, with a record of all it asked for."""

    context: BrowserContext
    page: Page
    site: str
    errors: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @classmethod
    def in_context(cls, context: BrowserContext, *, site: str) -> "Visitor":
        visitor = cls(context, context.new_page(), site)
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        context.on("request", lambda request: visitor.requests.append(request))
        return visitor

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.errors.append(message.text)

    @property
    def elsewhere(self) -> list[str]:
        """Requests that left the site."""
        ours = (f"{self.site}/", "data:")
        return [request.url for request in self.requests if not request.url.startswith(ours)]

    def text(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def tab_to(self, selector: str) -> None:
        """Press Tab until the keyboard is there, as somebody without a mouse does."""
        for _press in range(80):
            if self.page.locator(f"{selector}:focus").count():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never comes to {selector}")

    def press_button(self, selector: str) -> Response:
        """Send a form by keyboard, and wait for the page that comes."""
        self.tab_to(selector)
        with self.page.expect_response(is_post) as response:
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        return response.value


def is_post(response: Response) -> bool:
    """Whether it answers a form that was sent, not what a script saves or has checked."""
    request = response.request
    return request.method == "POST" and request.is_navigation_request()
