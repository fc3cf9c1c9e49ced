"""What several files of tests do acts on many with."""

from typing import Any

import pytest

from feedback.models import Survey, Tag
from feedback.responses import bulk, tags


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three responses, so that a few responses make several."""
    monkeypatch.setattr(bulk, "STEP", 3)


@pytest.fixture
def seats(town: Survey, reviewer: Any) -> Tag:
    return tags.create(town, "seats", "red", actor=reviewer)
