"""Sending the form: stored once by one statement, shown by its receipt, and never overwritten."""

from django.test import Client
from django.urls import reverse

from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from feedback.responses import receipts, tickets
from tests import build
from tests.web.sent import ANSWERS, STORED, FormPage, Queries, form, send


def test_a_response_is_stored_with_one_statement(
    client: Client, town: Survey, django_assert_num_queries: Queries
) -> None:
    """Everything else waits for ``refresh``; this is what lets thousands answer at once."""
    page = form(client)

    with django_assert_num_queries(1) as caught:
        response = send(client, page)

    assert response.status_code == 303
    assert caught.captured_queries[0]["sql"].split()[:3] == [
        "INSERT",
        "INTO",
        "feedback_response",
    ]
    row = Response.with_identity.get()
    assert row.answers == STORED
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}
    assert (row.survey, row.revision_id, row.language) == (town, town.live_id, "en")
    assert response["Location"] == reverse("receipt", args=[receipts.code_for(row.nonce)])
    assert not response.cookies


def test_the_receipt_shows_what_was_stored(client: Client, town: Survey) -> None:
    """A receipt that shows what was typed, and not what is in the database, proves nothing."""
    address = send(client, form(client))["Location"]

    page = FormPage(client.get(address).content)

    assert page.answers == ["Otherwise", "On Sundays", "To walk, To rest", "4", STORED["wish"]]
    assert "Your name answered; covered here" in page.page.text
    assert "Ada" not in page.page.text
    Response.objects.update(answers=STORED | {"wish": "Something else"})
    assert FormPage(client.get(address).content).answers[-1] == "Something else"


def test_personal_answers_are_shown_when_asked_for(client: Client, town: Survey) -> None:
    """Whoever holds the code gave the answer; whoever looks over the shoulder did not."""
    address = send(client, form(client))["Location"]
    (link,) = FormPage(client.get(address).content).page.links("personal")

    assert link == "?personal=show"
    assert FormPage(client.get(address + link).content).answers[0] == "Ada"
    assert "Ada" not in FormPage(client.get(address + "?personal=yes").content).page.text


def test_a_receipt_is_kept_out_of_caches_search_engines_and_referrers(
    client: Client, town: Survey
) -> None:
    """Its address is the only key to it."""
    address = send(client, form(client))["Location"]

    for query in ("", "?personal=show"):
        page = client.get(address + query)
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex"
        assert not page.cookies


def test_a_receipt_opens_in_capitals_too(client: Client, town: Survey) -> None:
    """It may be read out over the phone, or copied from paper."""
    address = send(client, form(client))["Location"]
    code = address.split("/")[2]

    assert client.get(f"/r/{code.upper()}/").status_code == 200
    for wrong in (code[:-1], code + "a", "a" * 26, code[::-1], "%00", "\N{GRINNING FACE}"):
        assert client.get(f"/r/{wrong}/").status_code == 404


def test_a_receipt_is_only_read(client: Client, town: Survey) -> None:
    """Nothing can be sent to it, so nothing about it can be forged."""
    assert client.post(send(client, form(client))["Location"]).status_code == 405


def test_the_same_post_again_gives_the_same_receipt(client: Client, town: Survey) -> None:
    """A double click, a retry of the browser, a reload: it counts once."""
    page = form(client)

    addresses = {send(client, page)["Location"] for _ in range(3)}

    assert len(addresses) == 1
    assert Response.objects.count() == 1


def test_other_answers_under_the_same_ticket_are_a_conflict(client: Client, town: Survey) -> None:
    """The first are a fact by now; the second may be a mistake, a kiosk, or a change of mind."""
    page = form(client)
    send(client, page)
    others = ANSWERS | {"name": "Grace", "visit": "never", "visit__other": "", "wish": "Shade"}

    response = send(client, page, **others)

    assert response.status_code == 409
    assert Response.objects.get().answers == STORED
    shown = FormPage(response.content)
    assert shown.typed == {
        "name": ["Grace"],
        "visit": ["never"],
        "uses": ["walk", "rest"],
        "stars": ["4"],
        "wish": ["Shade"],
    }
    assert "has not been stored" in shown.page.text
    first, fresh = (
        tickets.read(form.fields["ticket"][0], survey=town.pk) for form in (page, shown)
    )
    assert fresh.nonce != first.nonce
    assert build.post(client, "town", shown.fields).status_code == 303
    assert Response.objects.count() == 2


def test_another_personal_answer_alone_is_a_conflict(client: Client, town: Survey) -> None:
    """It lies encrypted in a column of its own, and counts as much as the others."""
    page = form(client)
    send(client, page)

    assert send(client, page, **ANSWERS | {"name": "Grace"}).status_code == 409
    assert send(client, page).status_code == 303
    row = Response.with_identity.get()
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}


def test_one_conflict_after_the_other_keeps_the_first(client: Client, town: Survey) -> None:
    """However often it is tried, the stored answers are those that came first."""
    page = form(client)
    send(client, page)

    for wish in ("A", "B", "C"):
        assert send(client, page, **ANSWERS | {"wish": wish}).status_code == 409
    assert Response.objects.get().answers == STORED
