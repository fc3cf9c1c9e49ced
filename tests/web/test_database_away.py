"""While the database is away, or has no connection left: nobody loses what they typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from feedback.models import Response, Role
from feedback.responses import in_field
from feedback.web.ready_made import ready_made
from tests import build
from tests.outages import cut_connections, database_away
from tests.survey_site import asking
from tests.web.sent import FORM, FormPage, form
from tests.web.server import database_of_tests, serving

ANSWERS: dict[str, Any] = {
    "name": "Ada",
    "visit": "other",
    "visit__other": "On Sundays",
    "uses": ["walk", "rest"],
    "stars": "4",
    "wish": "\nBenches <b>&\r\ntrees",
}
ASKED = {"REQUEST_METHOD": "GET", "PATH_INFO": FORM}
STORED = ANSWERS | {"name": True, "stars": 4, "wish": "\nBenches <b>&\ntrees"}

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_text_stays_and_counts_once(client: Client) -> None:
    """Two minutes of maintenance must not cost anybody their answers."""
    build.survey()
    page = form(client)

    with database_away():
        refused = build.post(client, "town", page.changed(**ANSWERS))
        assert client.get(FORM).status_code == 200
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    shown = FormPage(refused.content)
    assert shown.typed["wish"] == [ANSWERS["wish"]]
    assert shown.fields["ticket"] == page.fields["ticket"]
    assert build.post(client, "town", shown.fields).status_code == 303
    assert build.post(client, "town", page.changed(**ANSWERS)).status_code == 303
    assert Response.objects.get().answers == STORED


def test_the_form_shown_is_the_one_that_was_answered(client: Client) -> None:
    """With a newer revision live, its form has no place for what was typed into this one."""
    build.survey()
    page = form(client)
    build.survey([item for item in build.TOWN if item["key"] != "wish"])
    build.post(client, "town", {"ticket": page.fields["ticket"]})  # the process knows both
    client.get(FORM)

    with database_away():
        shown = FormPage(build.post(client, "town", page.changed(**ANSWERS)).content)

    assert shown.typed["wish"] == [ANSWERS["wish"]]


def test_a_process_that_knows_no_survey_gives_the_text_back(client: Client) -> None:
    """It was started during the outage, and cannot even look up what is asked."""
    build.survey()
    page = form(client)
    in_field.forget()

    with database_away():
        refused = build.post(client, "town", page.changed(**ANSWERS))

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    shown = FormPage(refused.content)
    assert shown.typed["wish"] == [ANSWERS["wish"]]
    assert shown.fields["ticket"] == page.fields["ticket"]
    assert build.post(client, "town", shown.fields).status_code == 303
    assert Response.objects.get().answers == STORED


def test_a_correction_is_given_back_too(client: Client) -> None:
    """Somebody who mends what they sent earlier has typed as much."""
    build.survey()
    receipt = build.post(client, "town", form(client).changed(**ANSWERS))["Location"]
    page = FormPage(client.get(f"{receipt}edit/").content)
    fields = page.changed(wish="Benches, and shade")

    with database_away():
        refused = client.post(
            f"{receipt}edit/", build.urlencode(fields, doseq=True), content_type=build.FORM
        )

    assert refused.status_code == 503
    assert FormPage(refused.content).typed["wish"] == ["Benches, and shade"]


def test_a_form_that_cannot_be_read_has_nothing_to_give_back(client: Client) -> None:
    """It is told as every page is; a fault in the fault's page would be a 500."""
    build.survey()
    with database_away():
        refused = client.post(FORM, b"{}", content_type="application/json")

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("address", ["/", FORM, "/r/aaaaaaaaaaaaaaaaaaaaaaaaaa/"])
def test_a_new_process_says_that_the_database_is_away(client: Client, address: str) -> None:
    """House, section 6: 503 and Retry-After; a 500 tells nobody to come back."""
    client.raise_request_exception = False
    with database_away():
        response = client.get(address)

    assert (response.status_code, response.headers.get("Retry-After")) == (503, "5")


def test_a_survey_known_without_its_questions_is_no_reason_to_break(client: Client) -> None:
    """The database went away between the two queries of the first page that was asked for."""
    build.survey()
    in_field.in_field("town")

    with database_away():
        assert ready_made(ASKED) is None
        page = client.get(FORM)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    client.get(FORM)
    assert ready_made(ASKED) is not None


def test_staff_pages_say_that_the_database_is_away(client: Client) -> None:
    """A 500 would have somebody called who can do nothing about it."""
    client.raise_request_exception = False
    client.force_login(build.member(build.survey(slug="gone"), Role.OWNER))
    with database_away():
        page = client.get("/staff/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


@pytest.fixture
def few(db: None) -> Iterator[str]:
    """A user of the database who may connect twice, and the address to connect as them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS few")
        cursor.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 2")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO few")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO few")
    yield database_of_tests() + " user=few"
    with connection.cursor() as cursor:
        cut_connections(application="soundings-few")
        cursor.execute("DROP OWNED BY few")
        cursor.execute("DROP ROLE few")


def test_without_a_connection_left_the_text_is_kept_and_counts_once(
    tmp_path: Path, few: str
) -> None:
    """503 from whichever process, and a time to come back; once one is free, it goes through."""
    town = build.survey(slug="connected")
    url = few + " application_name=soundings-few"
    with serving(tmp_path, DATABASE_URL=url) as (port, _server):
        ticket = build.ticket_in(asking.get(port, "/s/connected/").body)
        cut_connections(application="soundings-few")
        held = [psycopg.connect(url) for _ in range(2)]
        refused = asking.post(port, "/s/connected/", ticket=ticket, wish="Benches")
        for each in held:
            each.close()
        taken = asking.post(port, "/s/connected/", ticket=ticket, wish="Benches")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert b"Benches" in refused.body and ticket.encode() in refused.body
    assert taken.status == 303
    assert Response.objects.filter(survey=town).count() == 1
