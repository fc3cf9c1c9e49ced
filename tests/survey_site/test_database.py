"""How long statements may take, by what a process does; asked of PostgreSQL itself."""

import os
import socket
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from survey_site.database import LIMITS, NAMES, postgres
from tests.faults.link import Link

SHOW = "SELECT setting::int / CASE unit WHEN 'ms' THEN 1000 ELSE 1 END FROM pg_settings"


def told(role: str, url: str) -> list[int]:
    """The limits of a session as Django would open it."""
    made = postgres(url, role)
    given = {"dbname": made["NAME"], "user": made["USER"], "host": made["HOST"]}
    with psycopg.connect(
        **{name: value for name, value in given.items() if value},
        port=made["PORT"] or None,
        password=made["PASSWORD"] or None,
        options=made["OPTIONS"].get("options"),
    ) as session:
        return [session.execute(f"{SHOW} WHERE name = '{n}'").fetchone()[0] for n in NAMES]  # type: ignore[index]


@pytest.mark.parametrize("role", LIMITS)
def test_each_kind_of_work_has_its_limits(role: str) -> None:
    """None for commands: a migration takes what it takes."""
    assert told(role, url()) == list(LIMITS[role])


def test_public_work_waits_the_shortest() -> None:
    """Somebody with a phone in the hand is at the other end."""
    for at in range(3):
        others = [limits[at] for role, limits in LIMITS.items() if role not in {"", "public"}]
        assert 0 < LIMITS["public"][at] <= min(others)


def test_what_the_address_asks_for_wins() -> None:
    """Whoever runs it knows their database."""
    wished = f"{url()} options='-c statement_timeout=77s'"

    assert told("public", wished) == [77, *LIMITS["public"][1:]]


def test_a_server_that_vanished_is_given_up_within_half_a_minute() -> None:
    """Asked of the kernel, about a connection over TCP as our programs open it."""
    ours = psycopg.conninfo.conninfo_to_dict(url())
    with Link(Path(str(ours.pop("host")), f".s.PGSQL.{ours.pop('port')}")) as link:
        made = postgres(psycopg.conninfo.make_conninfo(**ours, host="127.0.0.1"), "public")
        given = {"dbname": "postgres", "user": made["USER"], "host": made["HOST"]}
        with (
            psycopg.connect(**given, port=link.port, **made["OPTIONS"]) as session,
            socket.socket(fileno=os.dup(session.fileno())) as opened,
        ):
            tcp = [
                opened.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_USER_TIMEOUT,
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                )
            ]

    assert tcp == [20_000, 15, 5, 3]


def url() -> str:
    ours = settings.DATABASES["default"]
    given = {"dbname": "postgres", "user": ours["USER"], "host": ours["HOST"], "port": ours["PORT"]}
    given["password"] = ours["PASSWORD"]
    return psycopg.conninfo.make_conninfo(**{n: str(v) for n, v in given.items() if v})
