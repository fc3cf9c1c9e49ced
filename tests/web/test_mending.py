"""A form sent back to be mended: each mistake is told, nothing typed is lost, it counts once."""

from django.test import Client

from feedback.models import Response, Survey
from feedback.responses import tickets
from tests import build
from tests.web.sent import ANSWERS, FORM, STORED, FormPage, aged, form, send


def test_errors_are_told_on_top_with_links_that_lead_somewhere(
    client: Client, town: Survey
) -> None:
    """Somebody who hears the page, or sees a part of it, must get to each mistake."""
    wrong = ANSWERS | {"name": "x" * 256, "visit": "daily", "uses": "fly", "stars": "9", "wish": ""}

    response = send(client, form(client), **wrong)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.title == "To mend: The town"
    assert len(page.summary) == 5
    assert set(page.summary) <= page.ids
    asked = [tag for tag, a in page.page.tags if a.get("id") in page.summary]
    assert set(asked) <= {"input", "textarea", "select"}
    (alert,) = [a for _tag, a in page.page.tags if a.get("role") == "alert"]
    assert alert["tabindex"] == "-1"
    assert not Response.objects.exists()


def test_no_id_stands_twice_on_a_page(client: Client, town: Survey) -> None:
    """A label that points at two fields is read with neither."""
    for response in (client.get(FORM), send(client, form(client), wish="")):
        tags = FormPage(response.content).page.tags
        ids = [attributes["id"] for _tag, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        labelled = {a["for"] for tag, a in tags if tag == "label"}
        assert labelled <= set(ids)


def test_nothing_typed_is_lost_when_something_is_to_mend(client: Client, db: None) -> None:
    """One wrong answer must not cost the other nineteen."""
    build.survey(
        [
            *build.TOWN,
            {"key": "home", "type": "country", "text": "Where?"},
            {"key": "agree", "type": "consent", "text": "I agree"},
            {"key": "mail", "type": "email", "text": "Mail"},
        ]
    )
    typed = ANSWERS | {"home": "NO", "agree": "on", "mail": "not an address"}

    response = send(client, form(client), **typed)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.typed == {
        "name": ["Ada"],
        "visit": ["other"],
        "visit__other": ["On Sundays"],
        "uses": ["walk", "rest"],
        "stars": ["4"],
        "wish": [ANSWERS["wish"]],
        "home": ["NO"],
        "agree": ["on"],
        "mail": ["not an address"],
    }
    assert send(client, page, **page.changed(mail="ada@example.org")).status_code == 303
    assert Response.objects.get().answers == STORED | {
        "home": "NO",
        "agree": True,
        "mail": ("ada@example.org"),
    }


def test_a_mended_form_is_the_same_attempt(client: Client, town: Survey) -> None:
    """The nonce belongs to the attempt, so that mending and retrying still count once."""
    blank = form(client)
    shown = FormPage(send(client, blank, **ANSWERS | {"wish": ""}).content)

    before, after = (
        tickets.read(page.fields["ticket"][0], survey=town.pk) for page in (blank, shown)
    )
    assert (after.nonce, after.revision) == (before.nonce, before.revision)
    assert send(client, blank)["Location"] == send(client, shown)["Location"]
    assert Response.objects.count() == 1


def test_an_expired_form_is_sent_back_whole_and_then_stored(client: Client, town: Survey) -> None:
    """A page left open for two days still holds somebody's afternoon."""
    old = aged(form(client), town, seconds=tickets.LIFETIME + 5)

    response = send(client, old)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert "open for more than a day" in page.page.text
    assert page.typed["wish"] == [ANSWERS["wish"]]
    before, after = (
        tickets.read(shown.fields["ticket"][0], survey=town.pk) for shown in (old, page)
    )
    assert (after.nonce, after.revision) == (before.nonce, before.revision)
    assert not after.expired
    assert not Response.objects.exists()
    assert build.post(client, "town", page.fields).status_code == 303
    assert Response.objects.get().answers == STORED


def test_an_old_form_that_is_not_expired_is_stored_with_its_age(
    client: Client, town: Survey
) -> None:
    """Two hours of typing are two hours of typing, and a figure for the analysis."""
    assert send(client, aged(form(client), town, seconds=7_200)).status_code == 303
    assert 7_200 <= (Response.objects.get().seconds or 0) <= 7_260


def test_a_replay_of_a_stored_form_days_later_stores_nothing(client: Client, town: Survey) -> None:
    """A recorded request may be sent for ever; it is one response for ever."""
    page = form(client)
    first = send(client, page)["Location"]
    old = aged(page, town, seconds=tickets.LIFETIME * 3)

    again = send(client, old)

    assert again.status_code == 422
    shown = FormPage(again.content)
    assert build.post(client, "town", shown.fields)["Location"] == first
    assert Response.objects.count() == 1


def test_a_revision_published_meanwhile_does_not_change_what_was_answered(
    client: Client, town: Survey
) -> None:
    """A response points at the wording that its respondent read."""
    page = form(client)
    read = town.live
    assert read is not None
    items = [item for item in build.TOWN if item["key"] != "stars"]
    build.survey([*items, {"key": "age", "type": "short_text", "text": "Age", "required": True}])
    assert form(client).fields.keys() >= {"age"}

    shown = send(client, page, **ANSWERS | {"wish": ""})
    assert shown.status_code == 422
    assert "age" not in FormPage(shown.content).fields
    assert send(client, FormPage(shown.content)).status_code == 303

    row = Response.objects.get()
    assert row.revision == read
    assert row.answers == STORED
