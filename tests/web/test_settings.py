"""The settings of a survey: when it is open, and who may say so."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateformat import format as date_format

from feedback.authoring.field_control import close_now
from feedback.models import AuditEntry, Response, Role, Survey
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


def test_closing_changes_nothing_that_somebody_set_meanwhile(owner: Any, town: Survey) -> None:
    """The page was read before; what stands now is what is kept."""
    before = Survey.objects.get(pk=town.pk)
    Survey.objects.update(cap=500)

    close_now(before, actor=owner)

    assert Survey.objects.get().cap == 500
    assert not AuditEntry.objects.filter(action="cap").exists()


def test_reviewers_cannot_close_it(reviewer: Any, town: Survey) -> None:
    """They read; others decide."""
    desk = build.signed_in(reviewer)

    assert (
        desk.get(SETTINGS).status_code == desk.post(SETTINGS, {"close": "now"}).status_code == 404
    )
    assert stage(town) is Stage.OPEN
    assert b"settings/" not in desk.get("/staff/town/").content


# -- beside the times ------------------------------------------------------------------


def follow(client: Client) -> Page:
    """The public page, once the process has looked again."""
    forget()
    return Page.read(client.get("/s/town/").content)


def entries() -> dict[str, dict[str, Any]]:
    found = AuditEntry.objects.exclude(action="publish").order_by("pk")
    return dict(found.values_list("action", "details"))


def test_times_are_meant_in_the_zone_that_is_chosen(editor: Client, town: Survey) -> None:
    """Six in the evening in Auckland is morning in London."""
    editor.post(SETTINGS, {"closes_at": "2099-07-01T18:00", "zone": "Pacific/Auckland"})

    town.refresh_from_db()
    assert town.closes_at == datetime(2099, 7, 1, 6, tzinfo=UTC)
    page = editor.get(SETTINGS).content.decode()
    assert 'value="2099-07-01T18:00"' in page
    assert '<option value="Pacific/Auckland" selected>' in page
    assert "Times are in Pacific/Auckland." in Page.read(editor.get("/staff/town/").content).text
    assert entries()["schedule"]["zone"] == "Pacific/Auckland"


def test_the_zone_alone_moves_the_times_it_gives_meaning_to(editor: Client, town: Survey) -> None:
    """Who corrects the zone has typed the times right."""
    editor.post(SETTINGS, {"closes_at": "2099-07-01T18:00"})
    editor.post(SETTINGS, {"closes_at": "2099-07-01T18:00", "zone": "Europe/Berlin"})

    town.refresh_from_db()
    assert town.closes_at == datetime(2099, 7, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "\0"])
def test_a_zone_that_is_none_is_refused(editor: Client, town: Survey, zone: str) -> None:
    """And nothing is changed."""
    answer = editor.post(SETTINGS, {"closes_at": "2099-07-01T18:00", "zone": zone})

    assert answer.status_code == 422
    town.refresh_from_db()
    assert (town.closes_at, town.zone) == (None, "")


def test_a_time_that_the_clocks_skip_is_refused(editor: Client, town: Survey) -> None:
    """On that night half past two does not come in Berlin."""
    answer = editor.post(SETTINGS, {"closes_at": "2027-03-28T02:30", "zone": "Europe/Berlin"})

    assert answer.status_code == 422
    assert stage(town) is Stage.OPEN


def test_a_survey_not_open_yet_tells_its_time_in_its_zone(
    editor: Client, client: Client, town: Survey
) -> None:
    """Its readers live there."""
    editor.post(SETTINGS, {"opens_at": "2099-07-01T18:00", "zone": "Pacific/Auckland"})

    text = follow(client).text
    assert "July 1, 2099, 6 p.m." in text and "Pacific/Auckland" in text


def test_a_cap_closes_the_form(editor: Client, client: Client, town: Survey) -> None:
    """Whoever still has it open keeps what they typed, and a retry keeps its receipt."""
    page = client.get("/s/town/").content
    mine = {"ticket": build.ticket_in(page), "wish": "The last one"}
    late = {"ticket": build.ticket_in(client.get("/s/town/").content), "wish": "Too late"}
    assert editor.post(SETTINGS, {"cap": "1"}).status_code == 302
    assert "Full" not in Page.read(editor.get("/staff/town/").content).text
    forget()
    receipt = build.post(client, "town", mine)["Location"]

    assert "This survey is closed" in follow(client).text
    refused = build.post(client, "town", late)
    assert refused.status_code == 403 and b"Too late" in refused.content
    again = build.post(client, "town", mine)
    assert (again.status_code, again["Location"]) == (303, receipt)
    other = build.post(client, "town", mine | {"wish": "Something else"})
    assert other.status_code == 403 and b"Something else" in other.content
    assert Response.objects.count() == 1
    assert "Full" in Page.read(editor.get("/staff/town/").content).text
    assert "/s/town/" not in Page.read(client.get("/").content).links("/s/")
    assert entries()["cap"] == {"cap": 1}


def test_the_closed_text_of_the_survey_takes_the_place_of_the_questionnaires(
    editor: Client, client: Client, town: Survey
) -> None:
    """Addresses become links, and nothing else becomes anything."""
    build.survey(closed_text="From the questionnaire: https://example.org/old")
    editor.post(SETTINGS, {"close": "now"})
    assert follow(client).links("^https?:") == ["https://example.org/old"]

    text = "See https://example.org/?a=1&b=2 or <b>javascript:alert(1)</b>\n\n<script>x</script>"
    settings = {"closes_at": "2026-01-01T00:00", "closed_text": text}
    editor.post(SETTINGS, settings)

    page = follow(client)
    assert page.links("") == ["https://example.org/?a=1&b=2"]
    (link,) = [attributes for tag, attributes in page.tags if tag == "a"]
    assert link["rel"] == "nofollow"
    assert not {"b", "script"} & {tag for tag, _attributes in page.tags}
    assert "<b>javascript:alert(1)</b>" in page.text and "<script>x</script>" in page.text
    assert "From the questionnaire" not in page.text
    assert entries()["closed text"] == {"closed_text": len(text)}


def test_a_notice_says_until_when_the_form_is_open_once_that_is_near(
    editor: Client, client: Client, town: Survey
) -> None:
    """In the survey's zone; the prepared page follows, and the form stays as it was."""
    soon = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")) + timedelta(days=3)
    settings = {"closes_at": f"{soon:%Y-%m-%dT18:00}", "zone": "Asia/Tokyo", "notice_days": "2"}
    editor.post(SETTINGS, settings)
    assert "Open until" not in follow(client).text

    editor.post(SETTINGS, settings | {"notice_days": "5"})
    text = follow(client).text
    assert f"Open until {date_format(soon, 'N j, Y')}, 6 p.m. (Asia/Tokyo)" in text
    assert build.ticket_in(client.get("/s/town/").content)

    editor.post(SETTINGS, settings | {"notice_days": "5", "zone": "Asia/Seoul"})
    assert "6 p.m. (Asia/Seoul)" in follow(client).text
    editor.post(SETTINGS, settings | {"notice_days": ""})
    assert "Open until" not in follow(client).text


def test_a_warm_form_with_a_notice_and_a_cap_needs_no_query(
    editor: Client, client: Client, town: Survey, django_assert_num_queries: Any
) -> None:
    """What was added to the page must not be asked for with each page."""
    soon = timezone.now() + timedelta(days=1)
    given = {"closes_at": f"{soon:%Y-%m-%dT%H:%M}", "notice_days": "5", "cap": "100"}
    editor.post(SETTINGS, given | {"one_per_device": "on"})
    follow(client)

    with django_assert_num_queries(0):
        assert b"Open until" in client.get("/s/town/").content


@pytest.mark.parametrize(
    "given",
    [{"cap": "0"}, {"cap": "-1"}, {"cap": "many"}, {"cap": "9" * 30}, {"notice_days": "0"},
     {"notice_days": "1.5"}, {"closed_text": "x" * 5_001}, {"closed_text": "a\0b"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(editor: Client, town: Survey, given: dict[str, str]) -> None:
    """Beside its field, with all of the others unchanged."""
    answer = editor.post(SETTINGS, given | {"one_per_device": "on"})

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    town.refresh_from_db()
    assert not town.one_per_device
    assert entries() == {}


def test_each_thing_that_changes_has_its_entry_and_nothing_else_has(
    editor: Client, town: Survey
) -> None:
    """A log full of what did not happen hides what did."""
    given = {"cap": "9", "notice_days": "3", "one_per_device": "on", "closed_text": "Over"}
    editor.post(SETTINGS, given)
    assert set(entries()) == {"cap", "notice", "one per device", "closed text"}
    assert "Over" not in str(entries())

    before = AuditEntry.objects.count()
    editor.post(SETTINGS, given)
    assert AuditEntry.objects.count() == before
    editor.post(SETTINGS, given | {"cap": "10"})
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.latest("pk").details == {"cap": 10}


def test_saving_leaves_the_second_at_which_it_was_closed(editor: Client, town: Survey) -> None:
    """The form shows minutes; what it shows is not what was changed."""
    editor.post(SETTINGS, {"close": "now"})
    town.refresh_from_db()
    closed = town.closes_at
    assert closed is not None

    editor.post(SETTINGS, {"closes_at": f"{closed:%Y-%m-%dT%H:%M}", "cap": "5"})

    town.refresh_from_db()
    assert (town.closes_at, town.cap) == (closed, 5)


def test_the_page_is_honest_about_devices_and_the_cap(editor: Client, town: Survey) -> None:
    """Whoever decides by a flag must know what it proves."""
    text = Page.read(editor.get(SETTINGS).content).text

    assert "private window or no JavaScript is not noticed" in text
    assert "those that arrive meanwhile are taken as well" in text
