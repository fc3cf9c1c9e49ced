"""Figures for whoever is on call: what they count, and who may read them."""

import re

import pytest
from django.db import connection
from django.test import Client, override_settings

from feedback.models import Role, Survey
from tests import build
from tests.outages import database_away

FIGURE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def figures(client: Client) -> dict[str, float]:
    """Each with its labels, as ``name{labels}``."""
    page = client.get("/metrics")
    assert page.status_code == 200
    return {f"{n}{{{of}}}": float(value) for n, of, value in FIGURE.findall(page.content.decode())}


def requests(client: Client, route: str, method: str, status: str) -> float:
    labels = f'method="{method}",route="{route}",status="{status}"'
    return figures(client).get(f"soundings_requests_total{{{labels}}}", 0)


def sent(client: Client, outcome: str) -> float:
    return figures(client).get(f'soundings_submissions_total{{outcome="{outcome}"}}', 0)


def test_each_request_is_counted_under_its_route(client: Client, town: Survey) -> None:
    """By the route, which is the same for every survey and every receipt."""
    before = requests(client, "answer", "GET", "2xx"), requests(client, "none", "GET", "4xx")

    client.get("/s/town/")
    client.get("/nothing/here/")

    assert requests(client, "answer", "GET", "2xx") == before[0] + 1
    assert requests(client, "none", "GET", "4xx") == before[1] + 1
    assert figures(client)['soundings_request_seconds_count{route="answer"}'] >= 1


def test_forms_are_counted_by_what_became_of_them(client: Client, town: Survey) -> None:
    """A rise of what is to mend is a question that people do not understand."""
    outcomes = ("accepted", "to mend", "conflict", "unreadable")
    before = [sent(client, outcome) for outcome in outcomes]
    ticket = build.ticket_in(client.get("/s/town/").content)

    build.post(client, "town", {"ticket": ticket})
    build.post(client, "town", {"ticket": ticket, "wish": "Benches"})
    build.post(client, "town", {"ticket": ticket, "wish": "Trees"})
    client.post("/s/town/", "{}", content_type="application/json")

    assert [sent(client, outcome) for outcome in outcomes] == [n + 1 for n in before]


def test_the_outbox_tells_its_length_and_its_age(client: Client, town: Survey) -> None:
    """An outbox that grows old means that no worker runs, whatever the length says."""
    build.respond(town, wish="Benches")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE feedback_change SET at = at - interval '2 minutes'")

    told = figures(client)

    assert told["soundings_outbox_changes{}"] == 1
    assert told["soundings_outbox_oldest_seconds{}"] >= 120
    assert told["soundings_database_up{}"] == told["soundings_redis_up{}"] == 1


def test_no_figure_names_a_survey(client: Client, db: None) -> None:
    """That a survey exists may be nobody's business yet; a label is read by many."""
    secret = build.survey(slug="not-announced-yet")
    ticket = build.ticket_in(client.get("/s/not-announced-yet/").content)
    build.post(
        client, "not-announced-yet", {"ticket": ticket, "wish": "x"}, REMOTE_ADDR="192.0.2.7"
    )
    build.signed_in(build.member(secret, Role.OWNER)).get(
        "/staff/not-announced-yet/responses/?q=xylophones"
    )

    page = client.get("/metrics").content

    assert (
        b"not-announced-yet" not in page and b"192.0.2.7" not in page and b"xylophones" not in page
    )
    assert b'route="responses"' in page  # the control: it was counted


@pytest.mark.django_db
@pytest.mark.parametrize(
    "come_by",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"},
        {"REMOTE_ADDR": ""},
    ],
    ids=str,
)
def test_nobody_from_elsewhere_learns_of_it(client: Client, come_by: dict[str, str]) -> None:
    """A proxy on this machine asks from this machine, on behalf of anybody."""
    assert client.get("/metrics").status_code == 200  # the control
    refused, missing = client.get("/metrics", **come_by), client.get("/nothing/", **come_by)

    assert refused.status_code == 404
    assert refused.content == missing.content


@pytest.mark.django_db
def test_behind_a_proxy_that_says_nothing_it_takes_a_token(client: Client) -> None:
    """TRUSTED_PROXIES says that there is one; the request may not."""
    with override_settings(TRUSTED_PROXIES=1):
        assert client.get("/metrics").status_code == 404
    with override_settings(TRUSTED_PROXIES=1, METRICS_TOKEN="of the watch"):
        wrong = {"HTTP_AUTHORIZATION": "Bearer of the witch", "REMOTE_ADDR": "127.0.0.1"}
        right = {"HTTP_AUTHORIZATION": "Bearer of the watch", "REMOTE_ADDR": "192.0.2.7"}
        assert client.get("/metrics", **wrong).status_code == 404
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", **right).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_it_tells_that_servers_are_away(client: Client) -> None:
    """That is when somebody looks."""
    with database_away(), override_settings(REDIS_URL="redis://127.0.0.1:1"):
        told = figures(client)

    assert told["soundings_database_up{}"] == told["soundings_redis_up{}"] == 0
    assert "soundings_outbox_changes{}" not in told
