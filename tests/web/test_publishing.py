"""Publishing results from the inside: choosing, looking first, releasing, quoting, stopping."""

from typing import Any

import pytest
from django.test import Client

from feedback.analysis.publishing import publishable
from feedback.models import AuditEntry, Publication, Quote, Release, Response, Role, Survey
from feedback.refresh import refresh
from feedback.responses.in_field import forget
from feedback.responses.quotes import quotable
from tests import build
from tests.pages import Page
from tests.web.desk import at

PUBLISH = "/staff/town/publish/"
RELEASE = f"{PUBLISH}release/"
WANTED = {"on": "on", "items": ["visit", "wish"], "k": "5", "every_hours": "24"}


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


@pytest.fixture
def answered(town: Survey) -> list[Response]:
    visits = ["often"] * 12 + ["never"] * 8
    rows = [build.respond(town, visit=visit, wish="Shade\r\nand benches") for visit in visits]
    refresh()
    return rows


def text_of(client: Client, address: str = PUBLISH) -> str:
    return Page.read(client.get(address).content).text


def actions() -> list[str]:
    entries = AuditEntry.objects.exclude(action="publish").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_what_would_be_released_is_shown_before_it_is(
    editor: Client, client: Client, answered: list[Response]
) -> None:
    """The same words as the public reads afterwards, and nothing is public until then."""
    assert editor.post(PUBLISH, WANTED).status_code == 302
    looked = text_of(editor)
    assert "Often 10 –" in looked and "Never withheld" in looked
    assert client.get("/s/town/results/").status_code == 404

    assert editor.post(RELEASE).status_code == 302
    forget()
    assert "Often 10 –" in text_of(client, "/s/town/results/")
    assert actions() == ["results_settings", "results_released"]


def test_too_few_new_responses_are_refused_with_the_reason(
    editor: Client, answered: list[Response], town: Survey
) -> None:
    """The button is not there, and pressing it from elsewhere does nothing."""
    editor.post(PUBLISH, WANTED)
    editor.post(RELEASE)
    for _ in range(4):
        build.respond(town, wish="Trees")
    refresh()

    assert "1 response more is needed" in text_of(editor)
    told = Page.read(editor.post(RELEASE, follow=True).content).text
    assert "4 responses came since the last release, and it takes 5." in told
    assert Release.objects.count() == 1


def test_stopping_takes_the_page_away_at_once(
    editor: Client, client: Client, answered: list[Response]
) -> None:
    """And whoever publishes again shows the same release again."""
    editor.post(PUBLISH, WANTED)
    editor.post(RELEASE)
    assert client.get("/s/town/results/").status_code == 200

    editor.post(PUBLISH, {"stop": "now"})
    assert client.get("/s/town/results/").status_code == 404
    assert Publication.objects.get().items == ["visit", "wish"]
    editor.post(PUBLISH, WANTED)
    assert client.get("/s/town/results/").status_code == 200
    assert actions()[-2:] == ["results_stopped", "results_settings"]


@pytest.mark.parametrize(
    "given",
    [{"k": "2"}, {"k": "51"}, {"k": ""}, {"every_hours": "0"}, {"items": ["name"]},
     {"items": ["nothing"]}, {"intro": "x" * 5_001}],
)  # fmt: skip
def test_what_cannot_be_is_refused(editor: Client, town: Survey, given: dict[str, Any]) -> None:
    """A personal question among it."""
    assert editor.post(PUBLISH, WANTED | given).status_code == 422
    assert not Publication.objects.exists()


def test_publishing_of_nothing_is_refused(editor: Client, town: Survey) -> None:
    """It would be on, and its address a page that does not exist."""
    answer = editor.post(PUBLISH, {**WANTED, "items": []})

    assert answer.status_code == 422 and not Publication.objects.exists()
    assert "Choose the questions that the public is to see." in Page.read(answer.content).text


def test_saving_the_same_again_is_no_entry(editor: Client, town: Survey) -> None:
    """Of texts the log has the length alone."""
    editor.post(PUBLISH, WANTED | {"intro": "Canary words"})
    editor.post(PUBLISH, WANTED | {"intro": "Canary words"})

    entry = AuditEntry.objects.get(action="results_settings")
    assert entry.details["intro"] == 12 and entry.details["items"] == ["visit", "wish"]


# -- quotes ----------------------------------------------------------------------------


def approve(client: Client, row: Response, text: str, part: str = "wish") -> str:
    """What the page says after it."""
    at = f"/staff/town/responses/{row.pk}/quote/"
    return Page.read(client.post(at, {"part": part, "text": text}, follow=True).content).text


def test_a_passage_is_approved_on_the_page_of_its_response(
    editor: Client, client: Client, answered: list[Response]
) -> None:
    """The answer stands there to be cut; it shows in public, and can be taken away."""
    editor.post(PUBLISH, WANTED)
    editor.post(RELEASE)
    page = editor.get(f"/staff/town/responses/{answered[0].pk}/").content.decode()
    assert "Shade\nand benches</textarea>" in page.replace("\r\n", "\n")

    assert "Approved." in approve(editor, answered[0], "Shade\r\nand")
    assert Quote.objects.get().text == "Shade\nand"
    assert "Shade and" in text_of(client, "/s/town/results/")
    assert "approved by editor" in text_of(editor)
    editor.post(f"{PUBLISH}quotes/{Quote.objects.get().pk}/")
    assert "Shade and" not in text_of(client, "/s/town/results/")
    assert actions()[-2:] == ["quote_approved", "quote_withdrawn"]
    assert "Shade" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_quote_stands_on_the_page_of_its_response(
    editor: Client, answered: list[Response]
) -> None:
    """So that nobody approves the same passage twice; and on no other's."""
    approve(editor, answered[0], "Shade\r\nand")

    pages = [editor.get(at(answered[0].survey, row.pk)).content for row in answered[:2]]

    assert [b'<blockquote class="typed" dir="auto">Shade<br>and' in one for one in pages] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [("shade", "wish", "word for word"), ("Shade, benches", "wish", "word for word"),
     (" ", "wish", "1 to 2000 characters"), ("often", "visit", "cannot be quoted"),
     ("true", "name", "cannot be quoted"), ("x", "nothing", "cannot be quoted")],
)  # fmt: skip
def test_what_does_not_stand_in_an_answer_is_no_quote(
    editor: Client, answered: list[Response], text: str, part: str, message: str
) -> None:
    """Nor is a code, nor anything personal."""
    assert message in approve(editor, answered[0], text, part)
    assert not Quote.objects.exists()


@pytest.mark.django_db
def test_only_what_somebody_typed_can_be_quoted() -> None:
    """The rows of a grid are stored as texts, too, and are codes; so is a day."""
    options = [{"code": "good", "text": "Good"}]
    items: list[dict[str, Any]] = [
        {"key": "light", "type": "grid", "text": "Light?", "rows": options, "choices": options},
        {"key": "moved", "type": "date", "text": "When?"},
        *build.TOWN,
    ]
    town = build.survey(items)
    said = {"visit": "other", "visit__other": "By night", "wish": "Benches", "name": "Ada"}
    row = build.respond(town, light__good="good", moved="2026-05-31", **said)

    assert [part for part, _item, _text in quotable(row, publishable(town))] == [
        "visit__other",
        "wish",
    ]


def test_reviewers_are_not_offered_to_quote(reviewer: Any, answered: list[Response]) -> None:
    """They read; editors answer for what is public."""
    desk = build.signed_in(reviewer)

    assert b"public quote" not in desk.get(f"/staff/town/responses/{answered[0].pk}/").content
    assert b"/publish/" not in desk.get("/staff/town/").content
