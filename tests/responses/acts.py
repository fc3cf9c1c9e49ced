"""Acts on many responses: asked for and not begun, and what became of the responses."""

from typing import Any

import pytest

from feedback.models import Bulk, Response, Status, Survey
from feedback.responses import bulk

SPAM = Status.SPAM.value


def waiting(survey: Survey, act: str, value: int | None, query: str = "", *, actor: Any) -> Bulk:
    """An act that was asked for and not begun, small as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "AT_ONCE", -1)
        return bulk.start(survey, act, value, query, actor=actor)


def statuses() -> list[int]:
    return list(Response.objects.order_by("pk").values_list("status", flat=True))
