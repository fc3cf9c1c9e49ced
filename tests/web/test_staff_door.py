"""Forms never wait for the staff: how many threads staff pages may take, and what then."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory, override_settings

from feedback.models import Response, Role, Survey
from feedback.web.staff_door import staff_door
from survey_site.programs import commands
from survey_site.site import Site
from tests import build
from tests.eventually import eventually
from tests.outages import cut_connections, database_away
from tests.survey_site import asking
from tests.web.server import database_of_tests, serving


def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"a", b"b"]))


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def failing(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@override_settings(ROLE="web", STAFF_AT_ONCE=1)
def test_a_download_holds_its_place_until_it_ends(rf: RequestFactory) -> None:
    """It holds its thread as long; a page lets go when it is made."""
    door = staff_door(streamed)
    first = door(rf.get("/staff/"))

    assert door(rf.get("/staff/")).status_code == 503
    first.close()
    first.close()
    assert door(rf.get("/staff/")).status_code == 200
    assert door(rf.get("/staff/")).status_code == 503


@override_settings(ROLE="web", STAFF_AT_ONCE=1)
def test_pages_and_failures_let_go_at_once(rf: RequestFactory) -> None:
    """Places that leak would lock the staff out by and by."""
    page, fault = staff_door(plain), staff_door(failing)

    assert [page(rf.get("/staff/")).status_code for _time in range(3)] == [200] * 3
    for _time in range(3):
        with pytest.raises(ZeroDivisionError):
            fault(rf.get("/staff/"))


@override_settings(ROLE="public")
def test_a_public_server_has_no_staff_pages(rf: RequestFactory) -> None:
    """Whatever the front leads there by mistake."""
    assert staff_door(plain)(rf.get("/staff/")).status_code == 404


def test_the_staff_have_fewer_places_than_there_are_threads() -> None:
    """The rest are for those who answer."""
    web = " ".join(commands(Site(Path("/tmp"), "127.0.0.1", 1, {}))["web"])
    threads = int((re.search(r"--blocking-threads (\d+)", web) or ["", "0"])[1])

    assert 0 < settings.STAFF_AT_ONCE <= threads // 2


@contextmanager
def sessions_held() -> Iterator[None]:
    """Every staff page waits for its session, until this ends."""
    with psycopg.connect(database_of_tests()) as holder:
        holder.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        yield
        holder.rollback()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("places", "through"), [("4", True), ("64", False)])
def test_forms_are_taken_while_the_staff_wait(tmp_path: Path, places: str, through: bool) -> None:
    """With as many places as threads nobody gets through, which is what the places are for."""
    town = build.survey(slug=f"unstarved-{places}")
    cookie = signed_in(town)
    with serving(tmp_path, workers=1, STAFF_AT_ONCE=places, DATABASE_URL=patient()) as (
        port,
        _server,
    ):
        path = f"/s/{town.slug}/"
        ticket = build.ticket_in(asking.get(port, path).body)
        with ThreadPoolExecutor(24) as people, sessions_held():
            asked = [people.submit(asking.get, port, "/staff/", Cookie=cookie) for _ in range(23)]
            # One server process, so that all of them come to the same.
            assert eventually(lambda: waiting() >= (4 if through else 8), seconds=30)
            sent = people.submit(asking.post, port, path, ticket=ticket, wish="Benches")
            assert eventually(sent.done, seconds=20 if through else 3) is through
            if through:
                assert sent.result().status == 303
        statuses = {answer.result(60).status for answer in asked}
    assert statuses == ({200, 503} if through else {200})


def patient() -> str:
    """The test database without a limit for locks, so that who waits waits until we let go."""
    return database_of_tests() + " options='-c lock_timeout=0 -c statement_timeout=0'"


def signed_in(town: Survey) -> str:
    client = build.signed_in(build.member(town, Role.OWNER))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


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


@pytest.mark.django_db(transaction=True)
def test_without_a_connection_left_the_text_is_kept_and_counts_once(
    tmp_path: Path, few: str
) -> None:
    """503 with a time to come back; and once somebody lets go of one, it goes through."""
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


@pytest.mark.django_db(transaction=True)
def test_staff_pages_say_that_the_database_is_away(client: Client) -> None:
    """A 500 would have somebody called who can do nothing about it."""
    client.raise_request_exception = False
    client.force_login(build.member(build.survey(slug="gone"), Role.OWNER))
    with database_away():
        page = client.get("/staff/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_a_question_that_takes_too_long_is_stopped_and_said_so(
    client: Client, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be asked again at once, if the page said that the database was away."""
    client.raise_request_exception = False
    client.force_login(build.member(town, Role.OWNER))

    def slow(*_given: Any, **_named: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 20")
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr("feedback.web.review.survey_for", slow)
    page = client.get("/staff/town/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert b"too long" in page.content
