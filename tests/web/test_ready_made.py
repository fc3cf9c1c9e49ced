"""The blank form, ready before Django hears of the request: the same page as the usual way."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from feedback.models import Survey
from feedback.responses import in_field, tickets
from feedback.web import metrics
from feedback.web.prepared_headers import headers_of, put
from feedback.web.ready_made import ready_made
from tests import build

Answer = tuple[bytes, dict[str, str]]
TICKET = re.compile(rb"(?<=name=\"ticket\" value=\")[\w=-]+")
AGENT = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9", "HTTP_ACCEPT_ENCODING": "br"}


def asking(path: str = "/s/town/", **more: str) -> dict[str, Any]:
    """A request as a server hands it over."""
    environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "QUERY_STRING": ""}
    environ |= more
    setup_testing_defaults(environ)
    del environ["wsgi.input"]  # none is sent
    return environ


def the_usual_way(environ: Mapping[str, Any]) -> Answer:
    """By Django's handlers, as the client of tests calls them."""
    response = Client().get(environ["PATH_INFO"], **environ)
    return response.content, dict(response.items())


def the_short_way(environ: Mapping[str, Any]) -> Answer:
    ready = ready_made(environ)
    assert ready is not None
    return ready[0], dict(ready[1])


def alike(answer: Answer) -> Answer:
    """Without what differs from one request to the next."""
    content, headers = answer
    marked = headers | {"X-Request-Id": f"{len(headers['X-Request-Id'])} characters"}
    return TICKET.sub(b"TICKET", content), marked


@pytest.fixture
def known(town: Survey) -> Iterator[Survey]:
    """Somebody had the form a moment ago, so this process knows the survey."""
    the_usual_way(asking())
    yield town
    in_field.forget()


@pytest.mark.parametrize("secure", ["http", "https"])
@pytest.mark.usefixtures("known")
def test_it_is_the_same_page_under_the_same_headers(secure: str) -> None:
    """Nobody can tell which way a page came: content, policies, length, all of it."""
    environ = asking(**AGENT, **{"wsgi.url_scheme": secure})

    short, usual = the_short_way(environ), the_usual_way(environ)

    assert alike(short) == alike(usual)
    assert short[0] != usual[0]  # each has a ticket of its own


@pytest.mark.usefixtures("known")
def test_what_is_packed_is_packed_alike() -> None:
    """Under the same names, which tell a browser how to read it."""
    environ = asking(HTTP_ACCEPT_ENCODING="gzip, deflate")

    (_short, told), (_usual, as_usual) = the_short_way(environ), the_usual_way(environ)

    assert told["Content-Encoding"] == "gzip"
    assert told.keys() == as_usual.keys() and told["Vary"] == as_usual["Vary"]


def test_its_ticket_is_taken_like_any_other(known: Survey) -> None:
    """It is signed, for this survey, and new."""
    one, other = (build.ticket_in(the_short_way(asking())[0]) for _n in range(2))

    assert tickets.read(one, survey=known.pk).age <= 1
    assert one != other


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "environ",
    [
        asking(REQUEST_METHOD="POST"),
        asking(REQUEST_METHOD="HEAD"),
        asking(QUERY_STRING="lang=de"),
        asking("/s/village/"),
        asking("/s/town"),
        asking("/s/town/results/"),
        asking("/"),
    ],
    ids=lambda environ: f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}",
)
def test_whatever_is_not_ordinary_goes_the_usual_way(environ: dict[str, Any]) -> None:
    """The short way knows one thing, and leaves all others to who knows them."""
    assert ready_made(environ) is None


def test_what_this_process_does_not_know_goes_the_usual_way(known: Survey) -> None:
    """The control is the page itself: it was ready before."""
    assert ready_made(asking())
    in_field.forget()

    assert ready_made(asking()) is None


def test_a_survey_that_closed_meanwhile_is_not_handed_out(known: Survey) -> None:
    """Closing counts from its second on, also within the two that a survey is known for."""
    field = in_field.in_field("town")
    assert ready_made(asking())
    field.survey.closes_at = timezone.now() - timedelta(seconds=1)

    assert ready_made(asking()) is None


@pytest.mark.usefixtures("known")
def test_it_is_counted_like_any_other_page() -> None:
    """Whoever is on call sees the crowd that asks for the form."""
    counter = metrics.counter("answer", "GET", "2xx")
    before = counter._value.get()

    the_short_way(asking())

    assert counter._value.get() == before + 1


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)
@pytest.mark.usefixtures("known")
def test_where_only_https_is_spoken_nothing_else_is_answered_here() -> None:
    """A page without it is for Django to send elsewhere."""
    assert ready_made(asking(HTTP_X_FORWARDED_PROTO="http")) is None
    assert ready_made(asking(**{"wsgi.url_scheme": "https"})) is None
    assert ready_made(asking(HTTP_X_FORWARDED_PROTO="https")) is not None


def test_prepared_headers_leave_what_a_page_says_itself() -> None:
    """As ``setdefault`` would, name by name, in whatever case it was written."""
    page = HttpResponse(headers={"cache-control": "private", "Content-Type": "text/plain"})
    other = HttpResponse(headers={"Cache-Control": "no-store", "X-Other": "1"})

    put(page, headers_of(other))

    assert dict(page.items()) == {
        "Content-Type": "text/plain",
        "cache-control": "private",
        "X-Other": "1",
    }
