"""Tickets: ours are read back exactly, and nothing else is taken for one."""

import base64
from uuid import UUID

import pytest
from django.test import override_settings

from feedback.responses import tickets
from feedback.responses.tickets import BadTicket, issue, read

NONCE = UUID("01234567-89ab-cdef-0123-456789abcdef")
NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is NOW, for as long as a test takes."""
    at(monkeypatch, NOW)


def at(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    monkeypatch.setattr("feedback.responses.tickets.time.time", lambda: moment)


def test_a_ticket_is_read_as_it_was_issued() -> None:
    """All that the server knows of an attempt travels in the form."""
    ticket = read(issue(survey=3, revision=7, nonce=NONCE), survey=3)

    assert (ticket.survey, ticket.revision, ticket.issued_at) == (3, 7, NOW)
    assert ticket.nonce == NONCE
    assert ticket.age == 0 and not ticket.expired


def test_every_ticket_has_a_nonce_of_its_own_and_the_same_length() -> None:
    """The prepared page has one gap; two people with one nonce would be one response."""
    issued = [issue(survey=1, revision=1) for _ in range(200)]

    assert len({read(text, survey=1).nonce for text in issued}) == 200
    assert {len(text) for text in issued} == {tickets.LENGTH}
    assert len(issue(survey=2**32 - 1, revision=2**32 - 1)) == tickets.LENGTH


@pytest.mark.parametrize(
    ("seconds", "expired"),
    [(0, False), (tickets.LIFETIME, False), (tickets.LIFETIME + 1, True), (10**8, True)],
)
def test_a_ticket_expires_after_its_lifetime(
    monkeypatch: pytest.MonkeyPatch, seconds: int, expired: bool
) -> None:
    """A day is longer than anybody types, and shorter than a stolen form stays useful."""
    text = issue(survey=1, revision=1)
    at(monkeypatch, NOW + seconds)

    ticket = read(text, survey=1)

    assert (ticket.age, ticket.expired) == (seconds, expired)


def test_a_clock_that_was_set_back_makes_no_negative_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """The age is stored, in a column that has no room for less than nothing."""
    text = issue(survey=1, revision=1)
    at(monkeypatch, NOW - 3_600)

    assert read(text, survey=1).age == 0


def test_a_ticket_of_another_survey_is_refused() -> None:
    """A ticket is the nonce of one survey only; elsewhere it would count again."""
    with pytest.raises(BadTicket, match="another survey"):
        read(issue(survey=1, revision=1), survey=2)


def test_a_ticket_signed_with_another_key_is_refused() -> None:
    """Whoever knows how tickets are made still cannot make one."""
    with override_settings(SECRET_KEY="somebody else's key " * 3):
        forged = issue(survey=1, revision=1)

    with pytest.raises(BadTicket, match="not ours"):
        read(forged, survey=1)


def test_no_flipped_bit_goes_unnoticed() -> None:
    """Survey, revision, time and nonce are all signed, and so is the padding between."""
    raw = base64.urlsafe_b64decode(issue(survey=1, revision=1, nonce=NONCE))

    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadTicket):
            read(base64.urlsafe_b64encode(changed).decode(), survey=1)


@pytest.mark.parametrize("length", range(tickets.LENGTH))
def test_a_cut_ticket_is_refused(length: int) -> None:
    """A form that was copied by hand, or cut by a proxy, is told so and not guessed at."""
    with pytest.raises(BadTicket):
        read(issue(survey=1, revision=1)[:length], survey=1)


@pytest.mark.parametrize(
    "text",
    ["", " ", "=" * 64, "A" * 64, "A" * 10_000, "\0" * 64, "é" * 64, "\N{GRINNING FACE}", "%%%"],
)
def test_what_is_no_ticket_is_refused(text: str) -> None:
    """Nothing that anybody sends here may end in anything but this one error."""
    with pytest.raises(BadTicket):
        read(text, survey=1)


def test_something_added_to_a_ticket_is_noticed() -> None:
    """Two spellings of one ticket would be two things to compare."""
    for extra in ("A", "AAAA", "\n", " "):
        with pytest.raises(BadTicket):
            read(issue(survey=1, revision=1) + extra, survey=1)
