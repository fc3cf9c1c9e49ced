"""Staff pages against WCAG 2.2 AA, as far as axe-core can tell: every one that has a door."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Browser, Page

from feedback import members
from feedback.analysis import publishing
from feedback.models import Publication, Response, Role, Status, Survey
from feedback.open_text import code_frame, naming, voicing
from feedback.open_text import coding as answers
from feedback.open_text.questions import column_of, digest_of, question_of
from feedback.refresh import refresh
from feedback.responses import bulk, coding, quotes
from feedback.responses.in_field import items_of
from feedback.theming import building, editing
from tests import build
from tests.open_text.answers import labelled
from tests.theming.made import answered
from tests.theming.made import found as themes_found
from tests.walks.audit import violations
from tests.walks.staff import signed_in
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
# All that is folded, in full: what a scrolling list cuts at its edge is no target of its own.
UNFOLDED = """for (const d of document.querySelectorAll("details")) d.open = true;
for (const list of document.querySelectorAll(".scroll")) list.style.maxHeight = "none";"""
WIDE = """[...document.querySelectorAll("main *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth)
  .map(e => e.outerHTML.slice(0, 80)).slice(0, 3)"""
ACCOUNT = "/staff/account/"
SECRET = "JBSWY3DPEHPK3PXP"
PAGES = (
    "",
    "responses/?q=benches&status=flagged&status=new",
    "responses/columns/",
    "begun/",
    "withdrawn/",
    "screened/",
    "tags/",
    "views/",
    "bulk/",
    "members/",
    "audit/",
    "publish/",
    "settings/",
    "summary/",
    "export/",
    "import/",
    "../move-in/",
    "questionnaire/",
    "../new/",
)


@pytest.fixture(params=[("phone", "light"), ("desk", "dark")], ids=lambda given: " ".join(given))
def page(
    request: pytest.FixtureRequest, browser: Browser, live_site: str, owner: Any
) -> Iterator[Page]:
    """A window of the owner's that lets axe in."""
    size, scheme = request.param
    width = {"phone": 390, "desk": 1300}[size]
    context = browser.new_context(
        base_url=live_site,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        bypass_csp=True,
    )
    yield signed_in(Visitor.in_context(context, site=live_site), owner).page
    context.close()


def test_no_page_of_the_staff_keeps_anybody_out(page: Page, town: Survey, owner: Any) -> None:
    """Who reads answers all day may do so by ear, by keyboard or enlarged."""
    rows = [build.respond(town, wish=f"Benches {n} " * 30, visit="often") for n in range(3)]
    Response.objects.filter(pk=rows[0].pk).update(reasons=["network"])
    coding.add_tag(rows[1], "seats", actor=owner)
    coding.add_note(rows[1], "Shall we?", actor=owner)
    coding.set_status(rows[1], Status.FLAGGED, actor=owner)
    rows[1].versions.create(number=1, answers=rows[1].answers | {"wish": "No"}, language="en")
    Publication.objects.create(survey=town, on=True, items=["visit", "uses", "stars", "wish"])
    items = publishing.publishable(town)
    quotes.approve(rows[1], "wish", "Benches 1", items=items, actor=owner)
    done = bulk.start(town, "status", Status.DONE.value, f"id={rows[2].pk}", actor=owner)
    refresh()

    found: list[str] = []
    for path in (*PAGES, f"responses/{rows[1].pk}/", f"bulk/{done.pk}/"):
        page.goto(f"/staff/town/{path}")
        page.evaluate(UNFOLDED)
        found += [f"{path} {violation}" for violation in violations(page)]
    assert found == []


def test_no_page_on_open_answers_keeps_anybody_out(page: Page, town: Survey, owner: Any) -> None:
    """Coding is a day's work for somebody."""
    trees = code_frame.add(town, "wish", {"name": "Trees", "definition": "Any"}, actor=owner)
    code_frame.add(town, "wish", {"name": "Oaks", "parent": trees.number}, actor=owner)
    text = "Please keep the old lime trees by the river, they give us shade. Llama 3, Zorblax"
    rows = [build.respond(town, "call", wish=f"{text} {n}") for n in range(7)]
    column, question = column_of(items_of(town), "wish"), question_of(town, "wish")
    second = build.member(town, Role.REVIEWER)
    for row in rows[:4]:
        seen = digest_of(row.answers["wish"]).hex()
        answers.save(question, column, row.pk, {1: ""}, coder=owner, seen=seen)
        answers.save(question, column, row.pk, {2: ""}, coder=second, seen=seen)
    naming.set_names(town, column, catalogue="open_models", asks=True, actor=owner)
    refresh()
    voicing.set_voices(town, column, on=True, actor=owner)

    found: list[str] = []
    pages = ("coding/", "codes/", "coding/shares/", "coding/agreement/", "names/", "voices/")
    for path in pages:
        page.goto(f"/staff/town/text/wish/{path}")
        page.evaluate(UNFOLDED)
        found += [f"{path} {violation}" for violation in violations(page)]
    assert found == []


def test_pages_of_themes_keep_nobody_out(page: Page, town: Survey, owner: Any) -> None:
    """With every form unfolded, before there are themes, while they are looked for, and after."""
    answered(town, [*labelled()[0], "n/a"])
    refresh()
    found = audited(page, "text/", "text/wish/")
    building.ask(town, "wish", actor=owner)
    found += audited(page, "text/wish/")
    kept = themes_found(town)
    first, second = kept.themes.filter(parent=None)[:2]
    editing.merge(second, first, actor=owner)
    editing.lock(first, on=True, actor=owner)
    found += audited(page, "text/", "text/wish/", "summary/", "compare/?by=theme.wish")
    assert found == []


def test_pages_of_ones_account_keep_nobody_out(page: Page, town: Survey, owner: Any) -> None:
    """Whoever cannot sign in reads nothing; each page before and after there is a second factor.

    Also the page that asks for the password each time, as what it does lasts.
    """
    build.many(town, 2)
    ways = ("", "password/", "app/add/", "passkeys/", "passkeys/add/", "codes/new/")
    found = audited(page, "confirm/", within=ACCOUNT)
    page.fill("[name=password]", "secret")
    page.click("main form button")
    found += audited(page, "responses/delete/")
    found += audited(page, *ways, within=ACCOUNT)
    TOTP.activate(owner, SECRET)
    RecoveryCodes.activate(owner)
    passkey = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    own = (f"passkeys/{passkey.pk}/", f"passkeys/{passkey.pk}/remove/")
    found += audited(page, "", "app/remove/", "codes/", "passkeys/", *own, within=ACCOUNT)
    found += audited(page, "confirm/code/", "confirm/passkey/", "../logout/", within=ACCOUNT)
    assert found == []


def test_pages_of_signing_in_keep_nobody_out(page: Page, town: Survey, owner: Any) -> None:
    """With what went wrong, a code that is asked for, an invitation, and what is not there."""
    TOTP.activate(owner, SECRET)
    may = members.May(Role.REVIEWER)
    _invite, code = members.invite("town", email="new@example.org", may=may, actor=owner)
    found = audited(page, "there-is-none/", within="/staff/")
    page.context.clear_cookies()
    outside = ("login/", f"join/{code}/", "account/inactive/")
    found += audited(page, *outside, within="/staff/")
    for secret in ("wrong", "secret"):
        page.goto("/staff/login/")
        page.fill("[name=username]", owner.username)
        page.fill("[name=password]", secret)
        page.click("main form button")
        found += violations(page)
    assert page.url.endswith("/account/code/")
    assert found == []


def audited(page: Page, *paths: str, within: str = "/staff/town/") -> list[str]:
    found = []
    for path in paths:
        page.goto(within + path)
        assert page.url.endswith(path.removeprefix("..")), f"{path} led to {page.url}"
        page.evaluate(UNFOLDED)
        found += [f"{path} {violation}" for violation in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the window: {page.evaluate(WIDE)}")
    return found
