"""Texts that are sound, however they look: stored to the last bit, shown as text, never logged."""

import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from feedback.models import Response
from feedback.models.identity import decrypt
from tests import build
from tests.web.naughty import NAUGHTY
from tests.web.sent import FormPage

every_text = pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY.keys())


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
