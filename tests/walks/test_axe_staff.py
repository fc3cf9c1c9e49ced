"""Staff pages against WCAG 2.2 AA, as far as axe-core can tell: every one that has a door."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

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


def audited(page: Page, *paths: str) -> list[str]:
    found = []
    for path in paths:
        page.goto(f"/staff/town/{path}")
        page.evaluate(UNFOLDED)
        found += [f"{path} {violation}" for violation in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the window: {page.evaluate(WIDE)}")
    return found
