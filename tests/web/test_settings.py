"""The settings of a survey: when it is open, and who may say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import AuditEntry, Role, Survey
from feedback.models.survey import Stage
from feedback.responses.in_field import forget
from tests import build
from tests.pages import Page

SETTINGS = "/staff/town/settings/"


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def stage(survey: Survey) -> Stage:
    survey.refresh_from_db()
    return survey.stage()


def test_a_survey_closes_and_opens_as_it_is_told(
    editor: Client, client: Client, town: Survey
) -> None:
    """Without a new revision, and the public page follows."""
    assert editor.post(SETTINGS, {"close": "now"}).status_code == 302
    forget()
    assert stage(town) is Stage.CLOSED
    assert "This survey is closed" in Page.read(client.get("/s/town/").content).text

    assert editor.post(SETTINGS, {"opens_at": "", "closes_at": ""}).status_code == 302
    forget()
    assert stage(town) is Stage.OPEN
    assert build.ticket_in(client.get("/s/town/").content)


def test_times_are_kept_and_shown_again(editor: Client, town: Survey) -> None:
    """As they were typed, to the minute."""
    times = {"opens_at": "2026-01-02T03:04", "closes_at": "2099-12-31T23:59"}

    assert editor.post(SETTINGS, times).status_code == 302

    page = editor.get(SETTINGS).content.decode()
    assert 'value="2026-01-02T03:04"' in page and 'value="2099-12-31T23:59"' in page
    entry = AuditEntry.objects.get(action="schedule")
    assert entry.details["closes_at"] == "2099-12-31T23:59:00+00:00"


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"closes_at": "tomorrow"}, "2026-05-31T18:00"),
        ({"opens_at": "2027-01-01T00:00", "closes_at": "2026-01-01T00:00"}, "before it opens"),
        ({"closes_at": "2026-02-30T00:00"}, "2026-05-31T18:00"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    editor: Client, town: Survey, times: dict[str, str], message: str
) -> None:
    """Nothing is changed, and what was typed stays."""
    answer = editor.post(SETTINGS, times)

    assert answer.status_code == 422
    assert message in Page.read(answer.content).text
    assert next(iter(times.values())) in answer.content.decode()
    assert stage(town) is Stage.OPEN


def test_closing_a_survey_that_would_open_later_leaves_it_closed(
    editor: Client, town: Survey
) -> None:
    """Closed means closed: a time of opening that is still to come goes."""
    soon = timezone.now() + timedelta(days=1)
    Survey.objects.filter(pk=town.pk).update(opens_at=soon)

    editor.post(SETTINGS, {"close": "now"})

    assert stage(town) is Stage.CLOSED


def test_reviewers_cannot_close_it(reviewer: Any, town: Survey) -> None:
    """They read; others decide."""
    desk = build.signed_in(reviewer)

    assert (
        desk.get(SETTINGS).status_code == desk.post(SETTINGS, {"close": "now"}).status_code == 404
    )
    assert stage(town) is Stage.OPEN
    assert b"settings/" not in desk.get("/staff/town/").content
