"""Break-off: who began, who finished, and where the others stopped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from feedback.analysis.paradata import partials, still_there
from feedback.models import Partial, Survey
from feedback.models.identity import encrypt
from tests import build

pytestmark = pytest.mark.django_db


def begin(survey: Survey, *, page: int, reached: int = 0, expired: bool = False) -> None:
    nonce, now = uuid4(), timezone.now()
    content = None if expired else encrypt({"wish": ["x"]}, nonce=nonce)
    dates = {"begun_at": now, "saved_at": now, "expires_at": now + timedelta(days=1)}
    Partial.objects.create(
        survey=survey,
        revision_id=survey.live_id or 0,
        nonce=nonce,
        content=content,
        language="en",
        page=page,
        reached=reached,
        **dates,
    )


def test_starts_are_completes_and_partials_together(town: Survey) -> None:
    """Open or expired: somebody began; another survey's are not ours."""
    begin(town, page=1)
    begin(town, page=3)
    begin(town, page=3, expired=True)
    begin(build.survey(slug="elsewhere"), page=2)

    assert partials(town, completes=2) == {
        "partials": 3,
        "open": 2,
        "expired": 1,
        "starts": 5,
        "completion": 0.4,
        "break_off": {1: 1, 3: 2},
        "break_off_after": {"": 3},
    }


def test_break_off_is_told_by_the_question_that_was_answered_last(town: Survey) -> None:
    """Pages are too coarse: half of all forms have one."""
    begin(town, page=1, reached=2)
    begin(town, page=1, reached=4)
    begin(town, page=1)

    found = partials(town, completes=7)
    assert found["break_off_after"] == {"visit": 1, "stars": 1, "": 1}
    order = ["name", "visit", "uses", "stars", "wish"]
    assert still_there(order, found["break_off_after"], starts=10) == [
        ("name", 0, 0.9),
        ("visit", 1, 0.8),
        ("uses", 0, 0.8),
        ("stars", 1, 0.7),
        ("wish", 0, 0.7),
    ]


def test_without_any_there_is_nothing_to_tell(town: Survey) -> None:
    """The report then says so in words."""
    assert partials(town, completes=0)["starts"] == 0
