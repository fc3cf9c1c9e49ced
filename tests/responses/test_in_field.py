"""What a process knows of the surveys in the field: two seconds old at most, kept in need."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import Error as DatabaseError
from django.utils import timezone

from feedback.models import Survey
from feedback.models.survey import Stage
from feedback.responses.in_field import FRESH, GRACE, InField, NoSuchSurvey, in_field, revision
from tests import build
from tests.outages import database_away

Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Sets the clock of the process to so many seconds after the test began."""

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr("feedback.responses.in_field.time.monotonic", lambda: 1_000 + seconds)

    set_clock(0)
    return set_clock


def test_a_survey_is_asked_for_once_in_two_seconds(
    town: Survey, later: Later, django_assert_num_queries: Callable[..., object]
) -> None:
    """A thousand people a second must not ask the database a thousand times."""
    build.forget()
    with django_assert_num_queries(1):
        in_field("town")
    with django_assert_num_queries(0):
        later(FRESH - 0.01)
        assert in_field("town").id == town.pk
    with django_assert_num_queries(1):
        later(FRESH)
        in_field("town")


def test_what_changed_is_known_two_seconds_later(town: Survey, later: Later) -> None:
    """Closing a survey takes effect without a restart."""
    build.forget()
    assert in_field("town").stage is Stage.OPEN
    Survey.objects.update(closes_at=timezone.now() - timedelta(hours=1))

    assert in_field("town").stage is Stage.OPEN
    later(FRESH)
    assert in_field("town").stage is Stage.CLOSED


def test_a_survey_that_was_taken_away_is_forgotten(town: Survey, later: Later) -> None:
    """What is no longer published must not be answered from memory."""
    build.forget()
    in_field("town")
    Survey.objects.update(live=None)
    later(FRESH)

    with pytest.raises(NoSuchSurvey):
        in_field("town")


@pytest.mark.django_db
def test_an_unpublished_survey_is_not_in_the_field() -> None:
    """A draft has no questionnaire to show."""
    Survey.objects.create(slug="draft", title="Draft")

    for slug in ("draft", "nowhere"):
        with pytest.raises(NoSuchSurvey):
            in_field(slug)


def test_a_revision_is_asked_for_once(
    town: Survey, django_assert_num_queries: Callable[..., object]
) -> None:
    """It never changes, so there is nothing to ask again."""
    assert town.live_id is not None
    with django_assert_num_queries(1):
        first = revision(town.live_id)
        assert revision(town.live_id) is first


@pytest.mark.django_db(transaction=True)
def test_the_last_that_was_known_serves_while_the_database_is_away(later: Later) -> None:
    """Whoever has the form open can still look at it, and keep what they typed."""
    build.survey()
    known = in_field("town")
    assert known.questionnaire
    later(FRESH)

    with database_away():
        assert in_field("town") is known
        assert known.questionnaire.title == "The town"


@pytest.mark.django_db(transaction=True)
def test_a_process_that_knows_nothing_says_that_the_database_is_away() -> None:
    """ "No such survey" would be a lie, and people would believe it."""
    build.survey()

    with database_away(), pytest.raises(DatabaseError):
        in_field("town")


def survey_closing(closes_at: datetime | None, opens_at: datetime | None = None) -> InField:
    return InField(Survey(slug="s", live_id=1, closes_at=closes_at, opens_at=opens_at), 1)


def test_a_form_delivered_before_closing_is_taken_for_half_an_hour() -> None:
    """Whoever was writing when the survey closed did nothing wrong."""
    closed = timezone.now() - GRACE / 2
    survey = survey_closing(closed)

    assert survey.takes(issued_at=int(closed.timestamp()) - 1)
    assert not survey.takes(issued_at=int(closed.timestamp()) + 1)
    late = survey_closing(timezone.now() - GRACE - timedelta(seconds=1))
    assert not late.takes(issued_at=int(closed.timestamp()) - 7_200)


def test_a_form_sent_back_in_the_grace_period_keeps_it() -> None:
    """One slip in the last form of the evening must not cost the whole of it."""
    survey = survey_closing(timezone.now() - GRACE / 2)
    assert survey.takes(issued_at=survey.renewal())

    open_still = survey_closing(timezone.now() + timedelta(hours=1))
    assert abs(open_still.renewal() - timezone.now().timestamp()) <= 1


def test_a_survey_that_is_not_open_yet_takes_nothing() -> None:
    """The grace period is for the end, not for the beginning."""
    survey = survey_closing(None, opens_at=timezone.now() + timedelta(hours=1))

    assert not survey.takes(issued_at=int(timezone.now().timestamp()) - 60)
