"""Forms never wait for the staff: how many threads staff pages may take, and what then."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings

from feedback.models import Role, Survey
from feedback.web.staff_door import staff_door
from survey_site.programs import commands
from survey_site.site import Site
from tests import build
from tests.eventually import eventually
from tests.survey_site import asking
from tests.web.server import database_of_tests, serving


def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"a", b"b"]))


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def failing(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@pytest.mark.django_db  # which the end of a response looks at
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
