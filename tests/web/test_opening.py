"""Opening and closing: who finds a survey when, and what is still taken after it closed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from feedback.models import Response, Survey
from feedback.responses import tickets
from feedback.responses.in_field import GRACE, forget
from tests import build
from tests.web.sent import ANSWERS, FORM, STORED, FormPage, aged, form, send


def move(survey: Survey, **dates: timedelta | None) -> None:
    """Open or close a survey so long from now."""
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(
        **{name: None if delta is None else now + delta for name, delta in dates.items()}
    )
    forget()


def test_a_closed_survey_says_so_in_its_own_words(client: Client, db: None) -> None:
    """Whoever comes by the printed link next year wants to know what became of it."""
    survey = build.survey(closed_text="Thank you all; the <results> are at the town hall.")
    move(survey, closes_at=-timedelta(days=1))

    response = client.get(FORM)

    page = FormPage(response.content)
    assert response.status_code == 200
    assert "This survey is closed" in page.page.text
    assert "the <results> are at the town hall." in page.page.text
    assert "ticket" not in page.fields
    assert response["Cache-Control"] == "no-store"


def test_a_survey_not_open_yet_says_when_it_will_be(client: Client, town: Survey) -> None:
    """A link sent too early should be worth keeping."""
    move(town, opens_at=timedelta(days=3))
    opens = Survey.objects.get(pk=town.pk).opens_at
    assert opens is not None

    page = FormPage(client.get(FORM).content)

    assert "This survey is not open yet" in page.page.text
    assert f"It opens on {date_format(opens, 'DATETIME_FORMAT')} (UTC)" in page.page.text
    assert "ticket" not in page.fields


def test_home_lists_only_what_can_be_answered_now(client: Client, town: Survey) -> None:
    """A list with closed doors in it sends people away."""
    for slug, dates in {
        "later": {"opens_at": timedelta(days=1)},
        "over": {"closes_at": -timedelta(days=1)},
        "soon-over": {"closes_at": timedelta(days=1)},
    }.items():
        move(build.survey(slug=slug, title=f"<{slug}>"), **dates)
    Survey.objects.create(slug="draft", title="Draft")

    response = client.get("/")

    assert FormPage(response.content).page.links("^/s/") == ["/s/soon-over/", "/s/town/"]
    assert "<soon-over> until" in FormPage(response.content).page.text
    assert not response.cookies


def test_home_without_any_survey_says_what_to_do(client: Client, db: None) -> None:
    """An empty page looks broken."""
    assert "No survey is open at the moment" in FormPage(client.get("/").content).page.text


def test_a_form_delivered_before_closing_is_still_taken(client: Client, town: Survey) -> None:
    """Whoever was writing when it closed did nothing wrong."""
    page = aged(form(client), town, seconds=600)
    move(town, closes_at=-timedelta(minutes=5))

    assert send(client, page).status_code == 303


def test_a_slip_in_the_grace_period_can_be_mended(client: Client, town: Survey) -> None:
    """The renewed ticket is younger than the closing, and the attempt is not."""
    page = aged(form(client), town, seconds=600)
    move(town, closes_at=-timedelta(minutes=5))

    shown = send(client, page, **ANSWERS | {"wish": ""})

    assert shown.status_code == 422
    assert send(client, FormPage(shown.content)).status_code == 303
    assert Response.objects.get().answers == STORED


def test_an_expired_form_in_the_grace_period_can_be_sent_again(
    client: Client, town: Survey
) -> None:
    """Open since the day before yesterday, closed five minutes ago: still in time."""
    page = aged(form(client), town, seconds=2 * tickets.LIFETIME)
    move(town, closes_at=-timedelta(minutes=5))

    shown = send(client, page)

    assert shown.status_code == 422
    assert build.post(client, "town", FormPage(shown.content).fields).status_code == 303


@pytest.mark.parametrize(
    ("age", "closed"),
    [(timedelta(hours=2), GRACE + timedelta(minutes=1)), (timedelta(), timedelta(minutes=5))],
    ids=["after the grace period", "delivered after closing"],
)
def test_what_comes_too_late_is_refused_with_the_text_on_the_page(
    client: Client, town: Survey, age: timedelta, closed: timedelta
) -> None:
    """It is not stored, and still somebody's text: they can copy it from there."""
    page = aged(form(client), town, seconds=int(age.total_seconds()))
    move(town, closes_at=-closed)

    response = send(client, page)

    assert response.status_code == 403
    shown = FormPage(response.content)
    assert "It came too late to be stored" in shown.page.text
    chosen = ["Otherwise", "On Sundays", "To walk, To rest", "4"]
    assert shown.answers == ["Ada", *chosen, STORED["wish"]]
    assert "ticket" not in shown.fields
    assert not Response.objects.exists()


def test_a_closed_survey_asks_nobody_to_send_again(client: Client, town: Survey) -> None:
    """A form with a damaged ticket gets the truth: it is closed, and here is your text."""
    move(town, closes_at=-timedelta(minutes=5))

    response = build.post(client, "town", ANSWERS | {"ticket": "damaged"})

    assert response.status_code == 403
    assert STORED["wish"] in FormPage(response.content).answers


def test_nothing_is_taken_before_the_opening(client: Client, town: Survey) -> None:
    """A ticket from a test run must not vote early."""
    page = form(client)
    move(town, opens_at=timedelta(hours=1))

    response = send(client, page)

    assert response.status_code == 403
    assert "not open yet" in FormPage(response.content).page.text
    assert not Response.objects.exists()
