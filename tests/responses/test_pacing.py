"""Whatever works in the background gives way to who sends answers."""

import pytest
from django.db import connection

from feedback.models import Survey
from feedback.responses.pacing import BUSY, EVERY, LONGEST, RESTS, Pace
from tests import build


@pytest.fixture
def pace(town: Survey) -> Pace:
    return Pace(connection)


def come(survey: Survey, number: int) -> None:
    for _n in range(number):
        build.respond(survey, wish="Shade")


def test_many_responses_a_second_are_given_way_to(town: Survey, pace: Pace) -> None:
    """As many as it takes, and no fewer; and it goes on at once when they are through."""
    come(town, int(BUSY))
    pace.look(pace.at + 1)
    assert pace.busy

    come(town, int(BUSY) - 1)
    pace.look(pace.at + 1)
    assert not pace.busy


def test_it_is_their_pace_that_counts_and_not_their_number(town: Survey, pace: Pace) -> None:
    """Twenty in a minute disturb nobody."""
    come(town, int(BUSY))
    pace.look(pace.at + 60)

    assert not pace.busy


def test_it_rests_by_how_long_it_worked(pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not at all where nobody comes: an export then takes no longer than before."""
    rests: list[float] = []
    monkeypatch.setattr("feedback.responses.pacing.time.sleep", rests.append)
    pace.give_way()
    assert rests == []

    pace.busy = True
    pace.at += EVERY  # it looked a moment ago
    pace.began -= 0.3
    pace.give_way()

    (rest,) = rests
    assert 0.3 * RESTS <= rest <= LONGEST


def test_acts_on_many_rest_as_long_as_they_worked_where_nobody_sends(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff read their lists meanwhile, on the same two cores."""
    rests: list[float] = []
    monkeypatch.setattr("feedback.responses.pacing.time.sleep", rests.append)
    pace = Pace(connection, idle=1.0)
    pace.began -= 0.3
    pace.give_way()

    (rest,) = rests
    assert 0.3 <= rest < 0.3 * RESTS
