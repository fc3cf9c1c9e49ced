"""Bodies, lengths, addresses and headers that no browser sends: refused whole, or to no effect."""

import io
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from feedback.models import Response
from tests.web.raw import nothing_stored, send, sound, text_of
from tests.web.sent import FORM, FormPage

# -- bodies that are no form ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("", 415),
        ("application/x-www-form-urlencoded; charset=latin-1", 415),
        ("application/x-www-form-urlencoded; charset=utf-16", 415),
        ("application/x-www-form-urlencoded; charset=nonsense", 415),
        ("application/x-www-form-urlencoded; charset=UTF-8", 303),
        ('application/x-www-form-urlencoded; charset="utf-8"', 303),
        ("Application/X-WWW-Form-Urlencoded", 303),
    ],
)
def test_only_a_form_in_utf8_is_read(
    client: Client, ticket: str, content_type: str, status: int
) -> None:
    """Guessing what other bytes mean stores what nobody wrote."""
    response = send(client, sound(ticket), f"{FORM}?source=school", content_type=content_type)

    assert response.status_code == status
    if status == 415:
        assert "Send the form as" in text_of(response)
        assert FormPage(response.content).page.links("^/s/town/$")
    assert nothing_stored() == (status != 303)


@pytest.mark.parametrize("body", [b"&&&&", b"=", b"====", b"%", b"%%%&%=%", b"{}", b"\0" * 9])
def test_an_odd_body_is_no_form_with_a_ticket(client: Client, ticket: str, body: bytes) -> None:
    """Whatever it is, it is answered with the form."""
    response = send(client, body)

    assert response.status_code == 422
    assert "ticket" in text_of(response)
    assert FormPage(response.content).fields["ticket"] != [ticket]
    assert nothing_stored()


# -- lengths -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "status", "told"),
    [
        ("", 411, "how long it is"),
        ("ten", 400, "not a number"),
        ("-1", 400, "not a number"),
        ("1e3", 400, "not a number"),
        ("\u0663", 400, "not a number"),
        ("9" * 5_000, 413, "at most 1000 kB"),
        ("16000001", 413, "at most 1000 kB"),
    ],
    ids=["missing", "word", "negative", "float", "arabic", "digits", "too large"],
)
def test_a_length_that_is_none_is_refused(
    client: Client, ticket: str, length: str, status: int, told: str
) -> None:
    """Without it nobody can tell whether the answers arrived whole."""
    response = send(client, sound(ticket), CONTENT_LENGTH=length)

    assert response.status_code == status
    assert told in text_of(response)
    assert nothing_stored()


@pytest.mark.parametrize("missing", [1, 10, 1_000_000])
def test_a_body_shorter_than_announced_is_refused(
    client: Client, ticket: str, missing: int
) -> None:
    """ "I do not want this" cut after "I do" is stored by whoever does not count."""
    body = sound(ticket)
    announced = {"CONTENT_LENGTH": str(len(body) + missing), "wsgi.input": io.BytesIO(body)}

    response = send(client, body, **announced)

    assert response.status_code == 400
    assert "cut short on its way. Send it again." in text_of(response)
    assert nothing_stored()


def test_bytes_after_the_announced_length_are_not_read(client: Client, ticket: str) -> None:
    """They belong to the next request on the connection."""
    body = sound(ticket)
    longer = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body + b"&wish=Nothing")}

    assert send(client, body, **longer).status_code == 303
    assert Response.objects.get().answers["wish"] == "Benches"


def test_an_answer_of_10_mb_is_refused_naming_it(client: Client, ticket: str) -> None:
    """A pasted book is shortened by whoever knows which answer it is in."""
    response = send(client, sound(ticket) + b"&visit__other=" + b"x" * 10_000_000)

    assert response.status_code == 413
    told = text_of(response)
    assert "at most 1000 kB" in told and "visit__other" in told and "10000 kB" in told
    assert nothing_stored()


def test_ten_answers_that_are_too_large_together_are_refused(client: Client, ticket: str) -> None:
    """The limit is on all of them, and the largest is named."""
    pairs = "".join(f"&f{n}={'x' * 110_000}" for n in range(9)) + f"&wish={'y' * 110_001}"

    response = send(client, sound(ticket) + pairs.encode())

    assert response.status_code == 413
    assert "wish" in text_of(response)


def test_a_text_too_long_for_its_field_is_refused_whole_and_kept(
    client: Client, ticket: str
) -> None:
    """Never cut without a word: whoever wrote it decides what goes."""
    text = "x\r\n" * 5_001

    response = send(client, urlencode({"ticket": ticket, "wish": text}).encode())

    assert response.status_code == 422
    page = FormPage(response.content)
    assert "This text has 10002 characters; at most 10000 are possible" in page.page.text
    assert page.fields["wish"] == [text]
    fits = urlencode({"ticket": ticket, "wish": "x\r\n" * 4_999 + "xy"}).encode()
    assert send(client, fits).status_code == 303


@pytest.mark.parametrize("count", [2_000, 100_000])
def test_a_flood_of_fields_is_refused_by_their_number(
    client: Client, ticket: str, count: int
) -> None:
    """No page of ours has so many, and reading each costs time."""
    response = send(client, sound(ticket) + b"&a=b" * count)

    assert response.status_code == 400
    assert f"The form has {count + 5} fields; at most" in text_of(response)
    assert nothing_stored()


# -- the address ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["%00", "a%00b", "%FF", "%ED%A0%80", "%F0%9F%98", "\N{GRINNING FACE}" * 200, "%0d%0aX:%20y"],
    ids=["nul", "nul inside", "ff", "surrogate", "cut emoji", "long", "header"],
)
def test_a_damaged_source_costs_nobody_their_answers(
    client: Client, ticket: str, source: str
) -> None:
    """Whoever follows a badly made link is not to blame for it."""
    address = f"{FORM}?source={source if source.isascii() else quote(source)}"

    response = send(client, sound(ticket), address)

    assert response.status_code == 303
    row = Response.objects.get()
    assert row.answers["wish"] == "Benches"
    assert len(row.source) <= 100 and "\0" not in row.source


def test_the_answers_are_never_read_from_the_address(client: Client, ticket: str) -> None:
    """An address stands in logs and histories, where an answer must not."""
    response = send(client, f"ticket={ticket}".encode(), f"{FORM}?wish=Benches")

    assert response.status_code == 422
    assert "Benches" not in text_of(response)


def test_a_flood_in_the_address_is_refused(client: Client, ticket: str) -> None:
    """Django stops reading at a thousand; the request ends there, not the worker."""
    response = send(client, sound(ticket), f"{FORM}?{'a=b&' * 1_500}")

    assert response.status_code == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_ACCEPT_LANGUAGE": "\0, x-x;q=nan"},
        {"HTTP_ACCEPT_ENCODING": "gzip;q=x, \0"},
        {"HTTP_COOKIE": "sessionid=" + "x" * 10_000},
        {"HTTP_USER_AGENT": "\x1b[31m\r\nroot logged in"},
        {"HTTP_REFERER": "https://evil.example/"},
        {"HTTP_ORIGIN": "null"},
    ],
    ids=lambda header: next(iter(header)),
)
def test_no_header_changes_what_is_stored(
    client: Client, ticket: str, header: dict[str, str]
) -> None:
    """The ticket vouches, and nothing that any proxy or page may add to a request."""
    response = send(client, sound(ticket), **header)

    assert response.status_code == 303
    assert response["Location"].startswith("/r/")
    assert Response.objects.get().answers["wish"] == "Benches"
