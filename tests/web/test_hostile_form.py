"""Fields that nobody types by hand: refused by name with the remedy, and nothing is stored.

Each refusal has its control: the same request without the hostile part is stored.
"""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client, override_settings

from feedback.models import Response, Survey
from feedback.responses import tickets
from tests import build
from tests.web.raw import nothing_stored, send, sound, text_of
from tests.web.sent import FormPage

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
