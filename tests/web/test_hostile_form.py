"""What nobody types by hand: refused by name with the remedy, or stored to the last bit.

Each refusal has its control: the same request without the hostile part is stored.
"""

import io
import logging
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from feedback.responses import tickets
from tests import build
from tests.web.naughty import NAUGHTY
from tests.web.sent import FormPage

FORM = "/s/town/"
every_text = pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY.keys())


@pytest.fixture
def ticket(client: Client, town: Survey) -> str:
    """Of a form just fetched; like a bot's own client, ours shows a 500 as a 500."""
    client.raise_request_exception = False
    return build.ticket_in(client.get(FORM).content)


def send(client: Client, body: bytes, address: str = FORM, **environ: Any) -> Any:
    """A body as it is, whatever is in it."""
    given = {"content_type": build.FORM, **environ}
    return client.generic("POST", address, body, **given)


def sound(ticket: str) -> bytes:
    return f"ticket={ticket}&name=Ada&wish=Benches&stars=4&uses=walk".encode()


def text_of(response: Any) -> str:
    return FormPage(response.content).page.text


def nothing_stored() -> bool:
    return not Response.objects.exists()


# -- damaged text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    ["%00", "a%00b", "%FF", "caf%E9", "%ED%A0%80", "%ED%A0%BD%ED%B8%80", "%C0%80", "%F4%90%80%80"],
    ids=["nul", "nul inside", "ff", "latin-1", "surrogate", "cesu-8", "overlong", "beyond"],
)
def test_what_is_no_text_is_refused_beside_its_field(client: Client, ticket: str, raw: str) -> None:
    """PostgreSQL would refuse it, or Django would put question marks in without a word."""
    response = send(client, f"ticket={ticket}&name=Ada&wish={raw}&uses=walk".encode())

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.summary == ["id_wish"]
    assert "NUL" in page.page.text or "not valid UTF-8" in page.page.text
    assert page.typed["name"] == ["Ada"] and page.typed["uses"] == ["walk"]
    assert nothing_stored()
    assert send(client, sound(ticket)).status_code == 303


@pytest.mark.parametrize("field", ["name", "visit__other"])
def test_a_nul_is_refused_in_every_text(client: Client, ticket: str, field: str) -> None:
    """Also in the encrypted ones, which the database itself would take."""
    response = send(client, sound(ticket).replace(b"name=Ada", b"") + f"&{field}=a%00b".encode())

    assert response.status_code == 422
    assert f"id_{field}" in FormPage(response.content).summary
    assert nothing_stored()


@pytest.mark.parametrize("field", ["visit", "stars", "uses"])
@pytest.mark.parametrize("raw", ["%00", "%FF", "often%00"])
def test_no_option_holds_damaged_text(client: Client, ticket: str, field: str, raw: str) -> None:
    """An option is one of those offered, and these are none."""
    body = f"ticket={ticket}&wish=Benches&{field}={raw}".encode()

    response = send(client, body)

    assert response.status_code == 422
    assert FormPage(response.content).summary == [f"id_{field}_0"]
    assert nothing_stored()


@pytest.mark.parametrize("raw", [b"caf\xe9", b"\xff\xfe", b"\xed\xa0\x80", b"\x80"])
def test_raw_bytes_that_are_no_text_are_refused(client: Client, ticket: str, raw: bytes) -> None:
    """Escaped or not, they are the same bytes."""
    response = send(client, f"ticket={ticket}&wish=".encode() + raw)

    assert response.status_code == 422
    assert "id_wish" in FormPage(response.content).summary
    assert "\N{REPLACEMENT CHARACTER}" in FormPage(response.content).fields["wish"][0]
    assert nothing_stored()


def test_raw_bytes_that_are_text_are_stored(client: Client, ticket: str) -> None:
    """The control: unescaped UTF-8 is unusual, and no damage."""
    assert send(client, f"ticket={ticket}&wish=café".encode()).status_code == 303
    assert Response.objects.get().answers["wish"] == "café"


@pytest.mark.parametrize("name", [b"%00", b"wish%00", b"%FF", b"\xff", b"%ED%A0%80", b"wish\x00"])
def test_a_field_name_that_is_no_text_is_refused(client: Client, ticket: str, name: bytes) -> None:
    """A name is as much input as a value, and easier to forget."""
    response = send(client, sound(ticket) + b"&" + name + b"=x")

    assert response.status_code == 422
    assert nothing_stored()


@pytest.mark.parametrize("name", ["sneaked_in", "status", "survey", "__proto__", "wish[]", "WISH"])
def test_an_unknown_field_is_refused_by_name(client: Client, ticket: str, name: str) -> None:
    """Dropping it would drop somebody's answer; taking it would be mass assignment."""
    response = send(client, sound(ticket) + f"&{quote(name)}=3".encode())

    assert response.status_code == 422
    assert f"no question named {name}. Leave it out and send again." in text_of(response)
    assert nothing_stored()


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


# -- answers that the form cannot give -----------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visit", "daily"),
        ("visit", "OFTEN"),
        ("visit", "often "),
        ("visit", "Often"),
        ("uses", "fly"),
        ("stars", "0"),
        ("stars", "6"),
        ("stars", "4.0"),
        ("stars", " 4"),
        ("stars", "\uff14"),
        ("stars", "\u0664"),
        ("stars", "NaN"),
        ("stars", "1e999"),
        ("stars", "9" * 5_000),
        ("stars", "true"),
        ("uses", "[]"),
        ("visit", '{"state": "refused"}'),
    ],
)
def test_an_option_that_was_not_offered_is_refused(
    client: Client, ticket: str, field: str, value: str
) -> None:
    """Also one that looks the same: nothing is guessed, and the rest is kept."""
    body = urlencode({"ticket": ticket, "wish": "Benches", "name": "Ada", field: value})

    response = send(client, body.encode())

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.summary == [f"id_{field}_0"]
    assert "is not one of the options offered here. Choose one of them." in page.page.text
    assert page.typed == {"wish": ["Benches"], "name": ["Ada"]}
    assert nothing_stored()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        (
            "wish",
            "Benches",
        ),
        ("name", "Ada"),
        ("stars", "4"),
        ("visit", "often"),
    ],
)
def test_a_repeated_answer_is_refused(client: Client, ticket: str, field: str, values: str) -> None:
    """Django takes the last and drops the first, and nobody would ever know."""
    base = {"ticket": ticket, "wish": "Benches"} | {field: values}

    response = send(client, urlencode(base).encode() + f"&{field}=".encode())

    assert response.status_code == 422
    assert "arrived with several answers. Send one." in text_of(response)
    assert nothing_stored()
    assert send(client, urlencode(base).encode()).status_code == 303


def test_several_ticks_of_one_question_are_no_repetition(client: Client, ticket: str) -> None:
    """The control: a question for several answers takes several."""
    assert send(client, sound(ticket) + b"&uses=rest").status_code == 303
    assert Response.objects.get().answers["uses"] == ["walk", "rest"]


@pytest.mark.parametrize("value", ["no", "maybe", "\0"])
def test_consent_is_a_tick_and_nothing_else(client: Client, db: None, value: str) -> None:
    """A "no" that is stored as consent is the worst answer to get wrong."""
    survey = build.survey([{"key": "agree", "type": "consent", "text": "I agree"}], slug="rights")
    fresh = tickets.issue(survey=survey.pk, revision=survey.live_id or 0)

    response = build.post(client, "rights", {"ticket": fresh, "agree": value})

    assert response.status_code == 422 or Response.objects.get().answers == {"agree": False}


# -- tickets -------------------------------------------------------------------------------


def forged(survey: int, revision: int) -> str:
    with override_settings(SECRET_KEY="somebody else's key " * 3):
        return tickets.issue(survey=survey, revision=revision)


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket: "",
        lambda ticket: ticket[:-1],
        lambda ticket: ticket[1:],
        lambda ticket: ticket[:32],
        lambda ticket: ticket.swapcase(),
        lambda ticket: ticket[:20] + ("B" if ticket[20] == "A" else "A") + ticket[21:],
        lambda ticket: ticket + "A",
        lambda ticket: "A" * 10_000,
        lambda ticket: ticket * 160,
        lambda ticket: "\0" * 64,
        lambda ticket: "\N{GRINNING FACE}" * 16,
    ],
    ids=[
        "empty", "cut", "beheaded", "half", "other case", "flipped", "longer", "10 kB", "160 times",
        "nul", "emoji",
    ],
)  # fmt: skip
def test_a_ticket_that_is_not_ours_stores_nothing_and_keeps_the_text(
    client: Client, ticket: str, change: Any
) -> None:
    """The person did nothing wrong: everything typed comes back, under a ticket that works."""
    fields = {"ticket": change(ticket), "wish": "Benches", "uses": ["walk", "rest"]}

    response = build.post(client, "town", fields)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert "“ticket”" in page.page.text and "send it again" in page.page.text
    assert page.typed == {"wish": ["Benches"], "uses": ["walk", "rest"]}
    assert nothing_stored()
    assert build.post(client, "town", page.fields).status_code == 303


def test_a_missing_ticket_is_asked_for_by_name(client: Client, ticket: str) -> None:
    """A script that posts the answers alone reads here what it lacks."""
    response = build.post(client, "town", {"wish": "Benches"})

    assert response.status_code == 422
    assert "“ticket”" in text_of(response)
    assert nothing_stored()


def test_a_ticket_of_another_survey_is_refused(client: Client, ticket: str) -> None:
    """A captured form cannot be played into another survey."""
    elsewhere = build.survey(slug="elsewhere")
    theirs = tickets.issue(survey=elsewhere.pk, revision=elsewhere.live_id or 0)

    assert build.post(client, "town", {"ticket": theirs, "wish": "x"}).status_code == 422
    assert nothing_stored()
    assert build.post(client, "elsewhere", {"ticket": theirs, "wish": "x"}).status_code == 303


def test_a_ticket_forged_with_another_key_is_refused(
    client: Client, town: Survey, ticket: str
) -> None:
    """Everything about it is right but the signature."""
    fake = forged(town.pk, town.live_id or 0)

    assert build.post(client, "town", {"ticket": fake, "wish": "x"}).status_code == 422
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


# -- texts that are sound, however they look -----------------------------------------------


@every_text
def test_a_naughty_text_is_stored_exactly_and_shown_as_text(
    client: Client, ticket: str, text: str
) -> None:
    """Only line ends become LF; the receipt shows the rest to the last bit, as text."""
    fields = {"ticket": ticket, "name": text, "visit": "other", "visit__other": text, "wish": text}

    response = build.post(client, "town", fields)

    assert response.status_code == 303
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    row = Response.with_identity.get()
    assert row.answers["wish"] == row.answers["visit__other"] == expected
    assert decrypt(row.identity, nonce=row.nonce) == {"name": expected}
    page = FormPage(client.get(f"{response['Location']}?personal=show").content)
    assert page.answers == [expected, "Otherwise", expected, expected]


@every_text
def test_a_naughty_text_changes_nothing_but_its_own_field(
    client: Client, ticket: str, text: str
) -> None:
    """Sent back to be mended, it stands in its field, and the page around it is the same."""
    tame, naughty = (
        build.post(client, "town", {"ticket": ticket, "name": typed, "wish": typed, "stars": "9"})
        for typed in ("tame", text)
    )

    assert naughty.status_code == 422
    page = FormPage(naughty.content)
    assert page.page.shape == FormPage(tame.content).page.shape
    assert page.fields["wish"] == [text]
    assert page.fields["name"] == [text]


def test_twins_that_look_the_same_stay_apart(client: Client, ticket: str) -> None:
    """Composed and decomposed are two texts; making one of them alters somebody's name."""
    twins = [NAUGHTY["nfc"], NAUGHTY["nfd"]]
    assert build.post(client, "town", {"ticket": ticket, "wish": twins[0]}).status_code == 303

    again = build.post(client, "town", {"ticket": ticket, "wish": twins[1]})

    assert again.status_code == 409
    assert FormPage(again.content).fields["wish"] == [twins[1]]
    assert Response.objects.get().answers["wish"] == twins[0]


def test_no_answer_reaches_the_log(
    client: Client, ticket: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A log is read by many and kept for long; and a line in it may be forged by an answer."""
    caplog.set_level(logging.DEBUG)
    secret = "hush\n2026-01-01 00:00:00 CRITICAL root hacked\x1b[31m"

    build.post(client, "town", {"ticket": ticket, "wish": secret, "stars": "9"})
    stored = build.post(client, "town", {"ticket": ticket, "wish": secret})
    client.get(stored["Location"])
    client.get("/r/hush-a-receipt/")

    shown = "\n".join(
        handler.format(record)
        for record in caplog.records
        if not record.name.startswith("django.db")
        for handler in console()
        if handler.filter(record)
    )
    assert "POST answer: 422" in shown
    assert "hush" not in shown and "CRITICAL" not in shown


def console() -> list[logging.Handler]:
    """The handlers of the running instance, with their filters."""
    assert "no_paths" in settings.LOGGING["handlers"]["console"]["filters"]
    return [h for h in logging.getLogger().handlers if h.filters]


def test_the_route_of_a_receipt_takes_any_code(client: Client, db: None) -> None:
    """Whatever stands in the address, it is a receipt or it is none."""
    for text in NAUGHTY.values():
        if "/" not in text and "\n" not in text and "\r" not in text:
            assert client.get(reverse("receipt", args=[text])).status_code == 404
