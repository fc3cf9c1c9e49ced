"""What the holder of a receipt may do: look, take away, withdraw."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from feedback.frames.layout import layout_of
from feedback.models import Note, Response, SearchText, Summary, Survey, Tombstone
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.receipts import code_for
from feedback.responses.selection import Selection
from tests import build
from tests.web.sent import FormPage

ANSWERS: dict[str, Any] = {"name": "Ada Canary", "visit": "often", "wish": "canary benches"}


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, source="school", **ANSWERS)


def address(row: Response) -> str:
    return f"/r/{code_for(row.nonce)}/"


def test_a_response_can_be_taken_away_whole(client: Client, row: Response) -> None:
    """Whoever gave it has it back, personal answers and all, in a form programs read."""
    page = client.get(address(row) + "download.json")

    data = json.loads(page.content)
    assert data["answers"] == {
        "name": "Ada Canary",
        "visit": "often",
        "uses": None,
        "stars": None,
        "wish": "canary benches",
    }
    assert (data["survey"], data["revision"], data["source"]) == ("town", 1, "school")
    assert (data["flagged"], data["network"], data["device"]) == (["fast"], None, None)
    assert data["questions"]["wish"] == "What do you wish for?"
    assert "attachment" in page["Content-Disposition"]
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_withdrawing_is_asked_about_once(client: Client, row: Response) -> None:
    """A link that is followed, or fetched ahead, deletes nothing."""
    page = client.get(address(row) + "withdraw/")

    assert page.status_code == 200
    assert "cannot be undone" in FormPage(page.content).page.text
    assert Response.objects.filter(pk=row.pk).exists()


def test_a_withdrawn_response_is_gone_from_everywhere(
    client: Client, town: Survey, row: Response, owner: Any
) -> None:
    """Lists, search, figures, exports, notes, tags: only a number and a time stay."""
    coding.add_tag(row, "canary", actor=owner)
    coding.add_note(row, "canary note", actor=owner)
    refresh()
    assert Summary.objects.get().figures["responses"] == 1  # control

    answer = client.post(address(row) + "withdraw/")
    refresh()

    assert (answer.status_code, answer["Location"]) == (303, address(row))
    assert not Response.objects.exists() and not Note.objects.exists()
    assert not SearchText.objects.exists()
    assert not Selection(words="canary").responses(town, layout_of(town).items).exists()
    assert Summary.objects.get().figures["responses"] == 0
    desk = build.confirmed(owner)
    for door in ("responses/", "export.csv?with=personal", "summary/"):
        page = desk.get(f"/staff/town/{door}")
        body = b"".join(page.streaming_content) if page.streaming else page.content
        assert b"Ada" not in body and b"benches" not in body
    stone = Tombstone.objects.get()
    assert (stone.survey, stone.response_id) == (town, row.pk)


def test_nothing_of_it_is_left_in_any_table(client: Client, town: Survey, row: Response) -> None:
    """What is forgotten in a table of its own is found there one day."""
    refresh()
    client.post(address(row) + "withdraw/")
    refresh()

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%canary%"])
            assert cursor.fetchone() == (0,), table


def test_the_receipt_then_says_so(client: Client, row: Response) -> None:
    """Also when it is withdrawn twice, in two windows; and nothing else opens."""
    for _window in range(2):
        assert client.post(address(row) + "withdraw/").status_code == 303

    for door in ("", "withdraw/", "download.json"):
        page = client.get(address(row) + door)
        assert page.status_code == 410
        assert "were withdrawn" in FormPage(page.content).page.text
    assert Tombstone.objects.count() == 1


@pytest.mark.parametrize("door", ["", "withdraw/", "download.json"])
@pytest.mark.parametrize("code", ["a" * 26, "x", "%20", "ä", "0" * 500])
def test_a_code_of_nobody_opens_nothing(
    client: Client, row: Response, code: str, door: str
) -> None:
    """And tells nothing about which codes there are."""
    assert client.get(f"/r/{code}/{door}").status_code == 404
    assert client.post(f"/r/{code}/withdraw/").status_code == 404
    assert Response.objects.count() == 1


def test_answers_may_be_sent_again_after_a_withdrawal(client: Client, town: Survey) -> None:
    """Who goes back and sends once more means it; their receipt shows what is stored now."""
    ticket = build.ticket_in(client.get("/s/town/").content)
    fields = {"ticket": ticket, "wish": "Benches"}
    first = build.post(client, "town", fields)["Location"]
    client.post(f"{first}withdraw/")
    second = build.post(client, "town", fields)["Location"]

    assert first == second
    assert client.get(second).status_code == 200
    assert client.post(f"{second}withdraw/").status_code == 303
    assert client.get(second).status_code == 410
