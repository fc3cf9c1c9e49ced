"""What of a request stays with a response: hashes, and only of what can be trusted."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from feedback.models import DailySalt, Response, Survey
from feedback.refresh import refresh
from feedback.responses.in_field import forget
from feedback.responses.networks import network_hash
from feedback.web.arrivals import address_of
from tests import build

MINE, FORGED, PROXY = "203.0.113.77", "198.51.100.1", "10.0.0.1"
DEVICE = "0123456789abcdef" * 2


@pytest.fixture
def salted(town: Survey) -> Survey:
    """The town's survey in a process that knows the salt of the day."""
    refresh()
    forget()
    return town


def send(client: Client, fields: Mapping[str, Any] = {}, **headers: Any) -> Response:
    """Answer the town's survey from a page that was just loaded; what was stored."""
    ticket = build.ticket_in(client.get("/s/town/").content)
    sent = build.post(client, "town", {"ticket": ticket, "wish": "Benches", **fields}, **headers)
    assert sent.status_code == 303
    return Response.objects.order_by("pk").last()  # type: ignore[return-value]


def hash_of(address: str, survey: Survey) -> bytes | None:
    salt = DailySalt.objects.order_by("day").first()
    assert salt is not None
    return network_hash(address, survey=survey.pk, salt=bytes(salt.salt))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, PROXY),
        (0, MINE, PROXY),
        (1, MINE, MINE),
        (1, f"{FORGED}, {MINE}", MINE),
        (1, f"{FORGED},{FORGED} , {MINE}", MINE),
        (2, f"{MINE}, 10.0.0.2", MINE),
        (2, f"{FORGED}, {MINE}, 10.0.0.2", MINE),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, " , ", PROXY),
        (2, MINE, MINE),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    """Whoever writes an address of their choice into the header would be anyone they like."""
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)

    assert address_of(request).strip() == address


def test_a_forged_address_changes_no_hash(client: Client, salted: Survey, settings: Any) -> None:
    """Else one machine would look like a thousand networks."""
    settings.TRUSTED_PROXIES = 1
    rows = [
        send(client, HTTP_X_FORWARDED_FOR=f"{forged}{MINE}", REMOTE_ADDR=PROXY)
        for forged in ("", f"{FORGED}, ", "203.0.113.1, 203.0.113.2, ")
    ]

    assert {bytes(row.network) for row in rows} == {hash_of(MINE, salted)}
    assert hash_of(MINE, salted) != hash_of(FORGED, salted)


def test_no_address_is_kept_anywhere(
    client: Client, salted: Survey, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the row, nor in any other table, nor in the log."""
    send(client, REMOTE_ADDR=MINE, HTTP_X_FORWARDED_FOR=FORGED)
    refresh()

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT kept::text FROM "{table}" AS kept')
            text = " ".join(row for (row,) in cursor.fetchall())
            assert MINE not in text and FORGED not in text, table
            assert bytes([203, 0, 113, 77]).hex() not in text, table
    assert MINE not in caplog.text and FORGED not in caplog.text


def test_without_a_salt_a_response_is_stored_without_its_network(
    client: Client, town: Survey
) -> None:
    """A worker that is away must not cost anybody their answer."""
    row = send(client)

    assert row.network is None


def test_the_hidden_field_flags_and_never_refuses(client: Client, town: Survey) -> None:
    """A program that fills in everything is stored and seen; an empty field says nothing."""
    assert "honeypot" in send(client, {"_website": "https://example.org"}).reasons
    assert "honeypot" not in send(client, {"_website": ""}).reasons
    assert "honeypot" not in send(client, {"_website": "  "}).reasons
    assert "honeypot" not in send(client).reasons


def test_other_fields_with_an_underscore_are_still_refused(client: Client, town: Survey) -> None:
    """What nobody asked for is told by name, not dropped."""
    ticket = build.ticket_in(client.get("/s/town/").content)
    fields = {"ticket": ticket, "wish": "Benches", "_other": "x"}

    answer = build.post(client, "town", fields)

    assert answer.status_code == 422
    assert b"_other" in answer.content


def test_a_device_is_kept_only_where_the_survey_asks_for_one_each(
    client: Client, town: Survey
) -> None:
    """And then as a hash, never as the number itself."""
    assert send(client, {"_device": DEVICE}).device is None
    Survey.objects.update(one_per_device=True)
    forget()
    first, second = (send(client, {"_device": DEVICE}) for _ in range(2))
    nothing, nonsense = send(client), send(client, {"_device": "me"})

    assert bytes(first.device) == bytes(second.device)
    assert DEVICE not in bytes(first.device).hex()
    assert nothing.device is nonsense.device is None
    refresh()
    assert list(Response.objects.filter(reasons__contains=["device"])) == [second]


def test_only_a_survey_that_asks_for_one_each_loads_the_script(
    client: Client, town: Survey
) -> None:
    """Whoever is not asked is not numbered, and whoever is is told."""
    pages = [client.get("/s/town/").content.decode()]
    Survey.objects.update(one_per_device=True)
    forget()
    pages.append(client.get("/s/town/").content.decode())
    ticket = build.ticket_in(pages[1].encode())
    pages.append(build.post(client, "town", {"ticket": ticket}).content.decode())

    assert [bool(re.search(r"js/device[.\w]*\.js", page)) for page in pages] == [False, True, True]
    assert ["data-device" in page for page in pages] == [False, True, True]
    assert ["a random number" in page for page in pages] == [False, True, True]
