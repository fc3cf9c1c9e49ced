"""What any page owes to screen readers, keyboards and small screens, asked of the page itself."""

from itertools import pairwise

import pytest

from feedback.models import Role
from feedback.refresh import refresh
from tests import build
from tests.walks.visitor import Visitor, is_post

pytestmark = pytest.mark.django_db(transaction=True)
UNLABELLED = """[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter(e => !(e.labels?.length || e.ariaLabel || e.getAttribute("aria-labelledby")))
  .map(e => e.outerHTML)"""
NAMELESS = """[...document.querySelectorAll("a[href], button:not([hidden])")]
  .filter(e => !(e.textContent.trim() || e.ariaLabel)).map(e => e.outerHTML)"""
REPEATED_IDS = """[...document.querySelectorAll("[id]")].map(e => e.id)
  .filter((id, i, all) => all.indexOf(id) !== i)"""
DANGLING = """[...document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")]
  .flatMap(e => ["aria-describedby", "aria-labelledby", "for"]
    .flatMap(a => (e.getAttribute(a) || "").split(/\\s+/)))
  .filter(id => id && !document.getElementById(id))"""
HEADINGS = """[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(e => +e.tagName[1])"""
UNGROUPED = """[...document.querySelectorAll("input[type=radio]")]
  .filter(e => !e.closest("fieldset, [role=radiogroup], [role=group]")).map(e => e.name)"""
WIDTH = "document.scrollingElement.scrollWidth"


def check(visitor: Visitor, *, narrow: bool = True) -> None:
    page, where = visitor.page, visitor.page.url
    assert page.locator("html").get_attribute("lang") == "en", where
    assert page.title().strip(), where
    assert page.evaluate(UNLABELLED) == [], where
    assert page.evaluate(NAMELESS) == [], where
    assert page.evaluate(REPEATED_IDS) == [], where
    assert page.evaluate(DANGLING) == [], where
    assert page.evaluate(UNGROUPED) == [], where
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1 and levels.count(1) == 1, (where, levels)
    assert all(b - a <= 1 for a, b in pairwise(levels)), (where, levels)
    assert not narrow or page.evaluate(WIDTH) <= 320, where


def test_public_pages_can_be_used_by_all(scripted: Visitor) -> None:
    """The form, the form to mend, the receipt, and the pages around them."""
    town = build.survey(slug="for-all", title="A long title " + "of many words " * 4)
    page = scripted.page
    for address in ("/", f"/s/{town.slug}/"):
        page.goto(address)
        check(scripted)
    with page.expect_response(is_post) as answer:
        page.click("button[type=submit]")
    assert answer.value.status == 422
    check(scripted)
    assert page.locator("[name=wish][aria-invalid=true]").count() == 1
    page.fill("[name=wish]", "unbreakable" * 30)
    page.click("button[type=submit]")
    page.wait_for_url("**/r/*/")
    check(scripted)


def test_staff_pages_can_be_used_by_all(scripted: Visitor) -> None:
    """Staff have screen readers and phones as well."""
    town = build.survey(slug="staff-for-all")
    person = build.member(town, Role.OWNER, name="for-all", sees_personal=True, may_export=True)
    row = build.respond(town, wish="unbreakable" * 30, visit="often", uses=["walk"], stars="3")
    row.versions.create(number=1, answers=row.answers | {"wish": "u" * 300}, language="en")
    refresh()
    page = scripted.page
    page.goto("/staff/login/")
    check(scripted)
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", "secret")
    page.click("main button")
    rest = ("export/", "settings/", "members/", "preview/", "summary/")
    for path in ("", "responses/", f"responses/{row.pk}/", *rest):
        page.goto(f"/staff/{town.slug}/{path}")
        check(scripted, narrow=path != "summary/")
    for path in ("account/", "account/password/", "account/confirm/", "account/passkeys/"):
        page.goto(f"/staff/{path}")
        check(scripted)


def test_the_summary_fits_a_small_phone(scripted: Visitor) -> None:
    """Scrolling sideways for every line is no reading."""
    town = build.survey(slug="narrow")
    person = build.member(town, Role.VIEWER)
    build.respond(town, wish="Benches", visit="often", uses=["walk"], stars="3")
    refresh()
    page = scripted.page
    page.goto(f"/staff/login/?next=/staff/{town.slug}/summary/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", "secret")
    page.click("main button")
    page.wait_for_url("**/summary/")

    assert page.evaluate(WIDTH) <= 320
