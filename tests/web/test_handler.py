"""The handler around public forms that were sent: Django's answers, without Django's signals."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.core import signals
from django.db import OperationalError, connection
from django.test import Client
from django.urls import get_script_prefix, set_script_prefix

from feedback.models import Response, Survey
from feedback.web.handler import Handler
from tests import build
from tests.outages import cut_connections, database_away
from tests.web.sent import FORM, form

pytestmark = pytest.mark.django_db(transaction=True)  # as outside tests, where none is open
Answer = tuple[str, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def _at_the_root() -> Iterator[None]:
    """Django's handler remembers for the whole thread where a request said that the site stands."""
    before = get_script_prefix()
    yield
    set_script_prefix(before)


def asked(handler: Handler, method: str, path: str, body: bytes = b"", **more: str) -> Answer:
    """What a web server gets for a request that it hands over."""
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, **more}
    setup_testing_defaults(environ)
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    environ |= {"CONTENT_TYPE": build.FORM, "HTTP_HOST": "localhost"}
    told: list[Any] = []
    content = b"".join(handler(environ, lambda *said: told.extend(said)))
    return told[0], dict(told[1]), content


def sent(client: Client, **answers: str) -> bytes:
    return urlencode(form(client).changed(**answers), doseq=True).encode()


def test_what_is_sent_is_answered_as_django_would(town: Survey, client: Client) -> None:
    """Stored with a receipt, or back to be mended: status, headers and page are the same."""
    handler, body = Handler(), sent(client, wish="Benches")
    wrong = sent(client, stars="many")

    status, headers, content = asked(handler, "POST", FORM, body)
    usual = client.post(FORM, body, content_type=build.FORM)
    refused, _headers, page = asked(handler, "POST", FORM, wrong)

    assert (status, content) == ("303 See Other", b"")
    assert headers["Location"] == usual["Location"]
    assert headers.keys() == dict(usual.items()).keys()
    assert refused == "422 Unprocessable Entity" and b"stars" in page
    assert Response.objects.get(survey=town).answers["wish"] == "Benches"


@pytest.mark.parametrize("path", ["/s/nowhere/", "/s/town/../", "/s/"])
def test_what_is_not_there_is_told_as_everywhere(path: str, town: Survey) -> None:
    """The pages of errors come by this way as well."""
    status, headers, content = asked(Handler(), "POST", path)

    assert status == "404 Not Found"
    assert b"<main" in content and headers["X-Request-Id"]


def test_signals_are_given_for_all_else(town: Survey, client: Client) -> None:
    """The control: a page that is read has both, a form that was sent has none."""
    heard: list[str] = []

    def hear(signal: Any, **_about: Any) -> None:
        heard.append("begun" if signal is signals.request_started else "done")

    handler, body = Handler(), sent(client)
    signals.request_started.connect(hear)
    try:
        asked(handler, "POST", FORM, body)
        assert heard == []
        asked(handler, "GET", FORM)
        asked(handler, "POST", FORM, body, SCRIPT_NAME="/below")
        assert heard == ["begun", "begun"]
    finally:
        signals.request_started.disconnect(hear)


def test_the_text_comes_back_and_goes_through_afterwards(client: Client) -> None:
    """Whichever way a form is answered: the database may go away at any time."""
    build.survey()
    handler, body = Handler(), sent(client, wish="Benches")

    with database_away():
        refused, _headers, page = asked(handler, "POST", FORM, body)
    taken, _headers, _page = asked(handler, "POST", FORM, body)

    assert refused.startswith("503") and b"Benches" in page
    assert taken == "303 See Other"
    assert Response.objects.count() == 1


def test_a_connection_that_broke_is_not_kept(town: Survey, client: Client) -> None:
    """By a form that asks nothing of it either; Django's signals would have seen to that."""
    handler = Handler()
    form(client)  # now the process knows the survey
    cut_connections()
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not None

    refused, _headers, _page = asked(handler, "POST", FORM, b"wish=Benches")

    assert refused == "422 Unprocessable Entity"
    assert connection.connection is None
