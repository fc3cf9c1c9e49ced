"""A real browser before a real server; see ``tests/web/server.py`` for the server."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.eventually import eventually
from tests.walks.visitor import Visitor
from tests.web.server import at_rest, live_site

__all__ = ["live_site"]

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[..., Browser]]:
    """Starts Debian's Chromium; continuous integration installs it, so there it must be."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        missing = "there is no chromium on this machine: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    # Playwright's loop runs in this thread, where Django then suspects async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            yield partial(playwright.chromium.launch, executable_path=program, args=[*QUIET])
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser(chromium: Callable[..., Browser]) -> Iterator[Browser]:
    """As people have it: a page that was left is kept for a while, just as it was."""
    with chromium(ignore_default_args=["--disable-back-forward-cache"]) as browser:
        yield browser


@pytest.fixture(autouse=True)
def at_rest_in_the_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that is left may send what was typed; only then are the tables emptied."""
    yield
    if "live_site" in request.fixturenames:
        assert eventually(at_rest)


@pytest.fixture
def forgetful(chromium: Callable[..., Browser], live_site: str) -> Iterator[Visitor]:
    """Somebody whose browser is short of memory: it loads a page again on the way back."""
    with chromium() as browser:
        yield Visitor.in_context(browser.new_context(base_url=live_site), site=live_site)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live_site: str) -> Iterator[Visitor]:
    """Somebody with a browser of their own, who complains of errors and of foreign servers."""
    context = browser.new_context(base_url=live_site, java_script_enabled=request.param)
    visitor = Visitor.in_context(context, site=live_site)
    yield visitor
    context.close()
    assert visitor.errors == []
    assert visitor.elsewhere == []


@pytest.fixture
def scripted(browser: Browser, live_site: str) -> Iterator[Visitor]:
    """A visitor with scripts on, for checks that ask the page itself; 320 pixels wide."""
    context = browser.new_context(
        base_url=live_site, viewport={"width": 320, "height": 640}, bypass_csp=True
    )
    visitor = Visitor.in_context(context, site=live_site)
    yield visitor
    context.close()
    assert visitor.errors == []
    assert visitor.elsewhere == []
