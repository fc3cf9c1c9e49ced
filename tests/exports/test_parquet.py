"""Parquet: typed data, read back by another program than wrote it."""

from datetime import time
from pathlib import Path
from uuid import uuid4

import duckdb

from feedback.exports import FORMATS
from feedback.exports.format import silent
from feedback.models import Response, Survey, Tombstone
from tests import build


def test_values_and_states_come_back_typed(town: Survey, tmp_path: Path) -> None:
    """An analyst should not have to guess that "5" was a number, or why a cell is empty."""
    first = build.respond(town, visit="often", uses=["walk"], stars="4", wish='a "b", c\nd')
    second = build.respond(town, wish="x")
    declined = {"visit": None, "stars": {"state": "refused"}}
    Response.objects.filter(pk=second.pk).update(answers=declined)
    file = tmp_path / "town.parquet"

    FORMATS["parquet"].write(build.table(town), file, silent)

    found = duckdb.sql(f"SELECT * FROM '{file}' ORDER BY response")
    one, two = (dict(zip(found.columns, row, strict=True)) for row in found.fetchall())
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    assert one["received_at"] == first.received_at
    names = ("visit", "uses__walk", "uses__rest", "stars", "wish", "wish__state")
    assert [one[name] for name in names] == ["often", True, False, 4, 'a "b", c\nd', "answered"]
    assert (types["stars"], types["uses__walk"]) == ("BIGINT", "BOOLEAN")
    assert types["received_at"] == "TIMESTAMP WITH TIME ZONE"
    assert [two[f"{name}__state"] for name in ("visit", "stars", "wish")] == [
        *("blank", "refused", "not_shown")
    ]
    assert two["visit"] is two["stars"] is two["wish"] is None


def test_times_of_day_and_withdrawn_responses_come_back_typed(town: Survey, tmp_path: Path) -> None:
    """A column that cannot be read would cost the whole file."""
    build.survey([*build.TOWN, {"key": "at", "type": "time", "text": "When?"}])
    response = build.respond(town, wish="x", at="07:30")
    stone = Tombstone.objects.create(survey=town, response_id=4_000_000, receipt=uuid4())
    file = tmp_path / "town.parquet"

    FORMATS["parquet"].write(build.table(town, choices="with=withdrawn"), file, silent)

    found = duckdb.sql(f"SELECT response, \"at\", withdrawn_at FROM '{file}' ORDER BY response")
    assert found.fetchall() == [
        (response.pk, time(7, 30), None),
        (4_000_000, None, stone.withdrawn_at),
    ]
