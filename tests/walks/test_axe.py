"""Public pages against WCAG 2.2 AA, as far as axe-core, a keyboard and a ruler can tell."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.analysis import publishing
from feedback.models import Publication, Survey
from feedback.question_types import REGISTRY
from feedback.question_types.base import Example
from feedback.refresh import refresh
from feedback.responses import quotes
from tests import build
from tests.walks.audit import MOVING, audit, send, violations
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count(1)
WIDTH = "document.scrollingElement.scrollWidth"
# Whether what has the focus can be seen: in the window, and not under what sticks to it.
IN_SIGHT = """() => { const e = document.activeElement;
  if (e === document.body) return true;
  const box = e.getBoundingClientRect();
  const bars = [...document.querySelectorAll(".progress, .heads")]
    .map(bar => bar.getBoundingClientRect());
  const under = bar => box.top >= bar.top && box.bottom <= bar.bottom;
  return box.bottom > 0 && box.top < innerHeight && !bars.some(under) }"""
CHOICES = [{"code": "good", "text": "Good"}, {"code": "bad", "text": "Bad"}]
ROWS = [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}]
STEPS: list[dict[str, Any]] = [
    {
        "title": "You",
        "items": [
            {"key": "name", "type": "short_text", "text": "Your name", "required": True},
            {"key": "home", "type": "country", "text": "Where do you live?"},
            {"key": "age", "type": "number", "text": "How old are you?", "decline": ["refused"]},
        ],
    },
    {
        "title": "The town",
        "items": [
            {"key": "order", "type": "ranking", "text": "What first?", "choices": CHOICES},
            {
                "key": "light",
                "type": "grid",
                "text": "How bright is it?",
                "rows": ROWS,
                "choices": CHOICES,
            },
            {"key": "wish", "type": "long_text", "text": "A wish", "required": True},
        ],
    },
]


@pytest.fixture
def page(browser: Browser, live_site: str) -> Iterator[Page]:
    """A window that lets axe in; what it complains of is held elsewhere."""
    with browser.new_context(base_url=live_site, bypass_csp=True) as context:
        yield context.new_page()


@pytest.fixture
def slug() -> str:
    """A name of its own: the server keeps what it knows of a name for two seconds."""
    return f"axe-{next(numbers)}"


def examples() -> list[list[Example]]:
    """Every type's example, as few pages as there are without a key on one twice."""
    pages: list[tuple[set[str], list[Example]]] = []
    for kind in REGISTRY:
        example = kind.example()
        keys = {item.key for item in (*example.before, example.item)}
        for taken, fitting in pages:
            if not taken & keys:
                taken |= keys
                fitting.append(example)
                break
        else:
            pages.append((keys, [example]))
    return [fitting for _taken, fitting in pages]


def ticket(page: Page) -> str:
    return page.locator("#answers [name=ticket]").input_value()


def test_a_missing_label_is_found(page: Page, slug: str) -> None:
    """The audit itself has to be able to fail."""
    build.survey(slug=slug)
    page.goto(f"/s/{slug}/")
    assert violations(page) == []

    page.locator("label[for=id_wish]").evaluate("label => label.remove()")

    assert [found for found in violations(page) if found.startswith("label ")]


@pytest.mark.parametrize("shown", examples(), ids=lambda shown: f"{len(shown)} types")
def test_every_question_type_is_accessible(page: Page, slug: str, shown: list[Example]) -> None:
    """As it is asked, and with every refusal that its example knows."""
    build.survey([i for e in shown for i in (*e.before, e.item)], slug=slug)
    page.goto(f"/s/{slug}/")
    audit(page)
    mine = ticket(page)
    for turn in range(max(len(example.refuses) for example in shown)):
        refused = [e.refuses[turn][0] for e in shown if len(e.refuses) > turn]
        fields = {name: values for given in refused for name, values in given.items()}
        refusal = send(page, {**fields, "ticket": [mine]})
        assert refusal and refusal.status == 422
        expect(page.locator("#problems")).to_be_focused()
        audit(page)


def test_pages_around_the_form_are_accessible(page: Page, slug: str) -> None:
    """From the list of surveys to the page of a response that is gone."""
    build.survey(slug=slug, introduction="Tell us.", thank_you="Thank you.")
    for address in ("/", f"/s/{slug}/", "/s/there-is-none/", "/r/there-is-none/"):
        page.goto(address)
        audit(page)
    page.goto(f"/s/{slug}/")
    mine = ticket(page)
    send(page, {"ticket": [mine], "wish": ["Trees"], "_save": ["1"]})
    assert "Saved" in page.title()
    audit(page)
    page.click(".end a")
    assert page.locator("#resumed").count() == 1
    audit(page)
    page.click("[data-send]")
    page.wait_for_url("**/r/*/")
    receipt = page.url
    audit(page)
    for path in ("?personal=show", "edit/", "withdraw/"):
        page.goto(receipt + path)
        audit(page)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Your answers were withdrawn")
    audit(page)


def test_a_conflict_is_accessible(page: Page, slug: str) -> None:
    """Two ways on, from a page that few ever see."""
    build.survey(slug=slug)
    page.goto(f"/s/{slug}/")
    mine = ticket(page)
    send(page, {"ticket": [mine], "wish": ["Trees"], "name": ["Ada"]})
    page.goto(page.url.split("#")[0] + "?personal=show")
    audit(page)
    page.goto(f"/s/{slug}/")

    conflict = send(page, {"ticket": [mine], "wish": ["Benches"]})

    assert conflict and conflict.status == 409
    audit(page)


@pytest.mark.parametrize("ends", ["opens_at", "closes_at"])
def test_a_survey_out_of_the_field_is_accessible(page: Page, slug: str, ends: str) -> None:
    """It says when it opens, or that it is closed."""
    survey = build.survey(slug=slug, closed_text="Results: https://example.org/results")
    day = timedelta(days=1)
    when = timezone.now() + (day if ends == "opens_at" else -day)
    Survey.objects.filter(pk=survey.pk).update(**{ends: when})
    page.goto(f"/s/{slug}/")
    expect(page.locator(".notice h2")).to_contain_text("This survey is")
    audit(page)


def test_published_results_are_accessible(page: Page, slug: str, stranger: Any) -> None:
    """Tables with their bars, a grid, bins, withheld counts, quotes; on a page and in a frame."""
    survey = build.survey(slug=slug, pages=STEPS, languages=["de"])
    keys = [item["key"] for step in STEPS for item in step["items"] if item["key"] != "name"]
    rows = [
        build.respond(
            survey,
            name="Ada",
            home=["NO", "JP"][n % 2],
            age=str(20 + n),
            order__good="1",
            light__day="good",
            light__night=["good", "bad"][n % 3 % 2],
            wish="More light",
        )
        for n in range(20)
    ]
    about = {"on": True, "items": keys, "embed": True, "download": True, "intro": "Thank you."}
    publication = Publication.objects.create(survey=survey, **about)
    items = publishing.publishable(survey)
    quotes.approve(rows[0], "wish", "More light", items=items, actor=stranger)
    refresh()
    publishing.release(publication, actor=None)
    for path in ("", "?lang=de", "embed/"):
        page.goto(f"/s/{slug}/results/{path}")
        expect(page.locator("blockquote")).to_have_count(1)
        audit(page)
        assert page.evaluate(WIDTH) <= 1280


def test_each_step_is_accessible(page: Page, slug: str) -> None:
    """With what scripts make of it: steps, lists to sort, lists to search, and errors."""
    build.survey(slug=slug, pages=STEPS)
    page.goto(f"/s/{slug}/")
    expect(page.locator("[data-progress]")).to_be_visible()
    audit(page)
    page.click("[data-next]")
    expect(page.locator("#problems")).to_be_focused()
    audit(page)
    page.fill("[name=name]", "Ada")
    page.click("[data-next]")
    expect(page.locator("#page-2")).to_be_visible()
    audit(page)


@pytest.mark.parametrize("looks", [{}, {"colour": "#7a1f5c"}], ids=["plain", "coloured"])
def test_arabic_and_coloured_pages_are_accessible(page: Page, slug: str, looks: Any) -> None:
    """Another direction, and another colour than the one all else was drawn with."""
    build.survey(slug=slug, pages=STEPS, languages=["ar"], looks=looks)
    page.goto(f"/s/{slug}/?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    audit(page)


def test_colours_of_the_system_are_accessible(page: Page, slug: str) -> None:
    """Whoever forces colours still sees what is chosen and where the focus is."""
    build.survey(slug=slug)
    page.emulate_media(forced_colors="active")
    page.goto(f"/s/{slug}/")
    page.check("[name=visit][value=often]")
    assert violations(page) == []
    outline = "e => getComputedStyle(e.labels[0]).outlineStyle"
    assert page.locator("[name=visit][value=often]").evaluate(outline) == "solid"


def test_nothing_moves_for_who_asked_for_stillness(page: Page, slug: str) -> None:
    """Motion makes some people ill; with motion allowed there is some, so the check can fail."""
    build.survey(slug=slug, pages=STEPS)
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"/s/{slug}/")
    assert page.evaluate(MOVING) != []

    page.emulate_media(reduced_motion="reduce")

    assert page.evaluate(MOVING) == []


def test_at_four_times_the_size_all_is_in_sight(page: Page, slug: str) -> None:
    """A window of 1280 by 1024 at 400 %: nothing sideways, and the focus under no bar."""
    build.survey(slug=slug, pages=STEPS, languages=["de"])
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"/s/{slug}/")
    page.fill("[name=name]", "Ada")
    for step in (1, 2):
        expect(page.locator(f"#page-{step}")).to_be_visible()
        assert page.evaluate(WIDTH) <= 320
        for key in ["Tab"] * 30 + ["Shift+Tab"] * 30:
            page.keyboard.press(key)
            hidden = page.evaluate("document.activeElement.outerHTML")
            assert page.evaluate(IN_SIGHT), (step, key, hidden[:200])
        if step == 1:
            page.click("[data-next]")


def test_a_keyboard_goes_everywhere_and_errors_lead_to_fields(scripted: Visitor, slug: str) -> None:
    """Languages, declining, a long list, steps, a grid, a ranking, keeping and sending."""
    build.survey(slug=slug, pages=STEPS, languages=["de"])
    page = scripted.page
    page.goto(f"/s/{slug}/")
    for stop in ("[name=_to][value=de]", "[name=name]", "[data-next]"):
        scripted.tab_to(stop)
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_be_focused()
    scripted.tab_to("#problems a")
    page.keyboard.press("Enter")
    expect(page.locator("[name=name]")).to_be_focused()
    page.keyboard.type("Ada")
    scripted.tab_to("[name=age__declined]")
    page.keyboard.press("Space")
    scripted.tab_to("[data-next]")
    page.keyboard.press("Enter")
    expect(page.locator("#page-2")).to_be_visible()
    scripted.tab_to("[data-move=add]")
    page.keyboard.press("Enter")
    scripted.tab_to("[name=light__night]")
    page.keyboard.press("Space")
    scripted.tab_to("[name=_save]")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-send]")).to_be_focused()
    # What the server finds on two steps is led to from the first of them.
    page.locator("[name=name]").evaluate("field => field.value = ''")
    assert scripted.press_button("[data-send]").status == 422
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#page-1")).to_be_visible()
    scripted.tab_to("#problems a[href='#id_wish']")
    page.keyboard.press("Enter")
    expect(page.locator("[name=wish]")).to_be_focused()


def test_a_grid_and_a_ranking_say_where_one_is(page: Page, slug: str) -> None:
    """Who hears a form hears row and column of a button, and which option it moves."""
    build.survey(slug=slug, pages=STEPS[1:])
    page.goto(f"/s/{slug}/")
    grid = page.get_by_role("group", name="How bright is it?", exact=True)
    for row in ("By day", "At night"):
        for column in ("Good", "Bad"):
            cell = grid.get_by_role("group", name=row, exact=True)
            expect(cell.get_by_role("radio", name=column, exact=True)).to_have_count(1)
    ranking = page.get_by_role("group", name="What first?", exact=True)
    ranking.get_by_role("button", name="Good: add as the next rank").click()
    expect(ranking.get_by_role("button", name="Good: take out of the ranking")).to_be_visible()
    expect(page.get_by_text("Good, rank 1 of 2")).to_have_count(1)
