"""Changing a response by its receipt: versions kept, nothing overwritten unseen."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import Response, Survey, Version
from feedback.models.identity import decrypt
from feedback.responses.in_field import forget
from feedback.responses.receipts import code_for
from tests import build
from tests.web.sent import FormPage


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, name="Ada Canary", visit="often", wish="Benches")


def address(row: Response) -> str:
    return f"/r/{code_for(row.nonce)}/edit/"


def form(client: Client, row: Response) -> FormPage:
    return FormPage(client.get(address(row)).content)


def send(client: Client, row: Response, fields: Any) -> Any:
    body = build.urlencode(fields, doseq=True)
    return client.post(address(row), body, content_type=build.FORM)


def test_a_change_keeps_what_was_before_as_a_version(client: Client, row: Response) -> None:
    """The personal answers of it encrypted, as those of the response."""
    page = form(client, row)
    assert page.typed == {"name": ["Ada Canary"], "visit": ["often"], "wish": ["Benches"]}

    assert send(client, row, page.changed(name="Eva", wish="Trees")).status_code == 303

    now, before = Response.with_identity.get(), Version.objects.get()
    assert (now.pk, now.edits, now.answers["wish"]) == (row.pk, 1, "Trees")
    assert decrypt(now.identity, nonce=now.nonce) == {"name": "Eva"}
    assert (before.number, before.answers["wish"]) == (1, "Benches")
    assert b"Canary" not in bytes(before.identity or b"")
    assert decrypt(before.identity, nonce=now.nonce) == {"name": "Ada Canary"}


def test_the_same_answers_are_no_change(client: Client, row: Response) -> None:
    """A form opened and sent as it was leaves no version."""
    assert send(client, row, form(client, row).fields).status_code == 303
    assert not Version.objects.exists()


@pytest.mark.parametrize("detour", [{"_to": "en"}, {"wish": ""}], ids=["language", "mistake"])
def test_no_detour_hides_a_change_made_in_another_tab(
    client: Client, row: Response, detour: dict[str, str]
) -> None:
    """A form shown anew is still made from what it was made from, and says so when sent."""
    first, second = form(client, row), form(client, row)
    send(client, row, first.changed(wish="First"))
    shown = send(client, row, second.changed(**{"wish": "Second"} | detour))

    late = send(client, row, FormPage(shown.content).changed(wish="Second"))

    assert late.status_code == 409
    page = FormPage(late.content)
    assert page.typed["wish"] == ["Second"]
    assert Response.objects.get().answers["wish"] == "First"
    assert send(client, row, page.fields).status_code == 303
    assert Response.objects.get().answers["wish"] == "Second"


def test_after_closing_the_text_is_given_back(client: Client, row: Response) -> None:
    """It changes nothing any more, and is still somebody's text."""
    page = form(client, row)
    past = timezone.now() - timedelta(hours=1)
    Survey.objects.filter(pk=row.survey_id).update(closes_at=past)
    forget()

    answer = send(client, row, page.changed(wish="Trees"))

    assert answer.status_code == 403
    assert "Trees" in FormPage(answer.content).answers
    assert client.get(address(row)).status_code == 200
    assert Response.objects.get().answers["wish"] == "Benches"


def test_both_ways_on_from_a_conflict_work(client: Client, town: Survey) -> None:
    """A further response, or the earlier one changed: by buttons, so without scripts."""
    page = FormPage(client.get("/s/town/").content)
    build.post(client, "town", page.changed(wish="First"))
    shown = build.post(client, "town", page.changed(wish="Second"))
    assert shown.status_code == 409
    fields = FormPage(shown.content).fields

    assert send(client, Response.objects.get(), fields).status_code == 303
    assert Response.objects.get().answers["wish"] == "Second"
    assert build.post(client, "town", {**fields, "wish": "Third"}).status_code == 303
    assert Response.objects.count() == 2
