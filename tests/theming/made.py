"""A survey whose open question was answered by many, and its themes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from feedback.models import Response, Survey, ThemeSet
from feedback.refresh import refresh
from feedback.theming import building
from tests.open_text.answers import labelled

WATER = [
    f"The {what} in the {where} {how}."
    for what in ("swimming pool water", "swimming pool shower", "swimming pool tiles")
    for where in ("old hall", "outdoor bath", "children's area")
    for how in ("feels cold", "looks dirty")
]


def answered(survey: Survey, texts: list[str] | None = None, **more: Any) -> list[Response]:
    """A response for each text; those of four subjects where none are given."""
    texts = labelled()[0] if texts is None else texts
    now = datetime.now(tz=UTC)
    rows = [
        Response(
            survey=survey,
            revision_id=survey.live_id,
            nonce=uuid4(),
            receipt=uuid4(),
            received_at=now,
            language="en",
            answers={"wish": text, "visit": "often" if at % 2 else "never"},
            **more,
        )
        for at, text in enumerate(texts)
    ]
    return Response.objects.bulk_create(rows)


def found(survey: Survey, *, number: int | None = 4) -> ThemeSet:
    """Everything answered so far brought up to date, and its themes looked for."""
    refresh()
    kept = building.ask(survey, "wish", actor=None, number=number)
    building.build(kept.pk)
    kept.refresh_from_db()
    return kept


def hours_ago(kept: ThemeSet) -> None:
    """As if all that was searched by now had been so long ago."""
    kept.fitted_at -= timedelta(hours=1)
    kept.save(update_fields=["fitted_at"])
    Response.objects.update(received_at=kept.fitted_at - timedelta(hours=1))
