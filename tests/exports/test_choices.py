"""What is asked for besides the responses: the same words in every format."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from feedback.exports import FORMATS
from feedback.exports.format import silent
from feedback.exports.making import make
from feedback.models import Response, Survey
from tests import build
from tests.exports.test_csv import table as csv_rows
from tests.exports.test_formats import from_parquet, from_xlsx, from_zsav, written


def test_personal_answers_and_labels_come_in_every_format(town: Survey, tmp_path: Path) -> None:
    """The same choices everywhere: only who asked for names has them."""
    build.respond(town, wish="x", name="Ada Berg", visit="often", uses=["walk", "rest"])
    choices = "with=personal&texts=both&multiple=joined"

    for name, read in (("xlsx", from_xlsx), ("parquet", from_parquet)):
        (row,) = read(written(town, name, tmp_path, choices))
        assert (row["name"], row["visit"], row["visit__label"]) == ("Ada Berg", "often", "Often")
        assert row["uses"] == "walk | rest"
        assert "name" not in read(written(town, name, tmp_path))[0]
    (row,) = from_zsav(written(town, "zsav", tmp_path, "with=personal"))
    assert row["name"] == "Ada Berg"
    line = json.loads(written(town, "jsonl", tmp_path, "with=personal").read_text())
    assert line["identity"] == {"name": "Ada Berg"}


def test_times_are_of_the_zone_that_was_asked_for(town: Survey, tmp_path: Path) -> None:
    """A response at half past eleven in the evening belongs to its own day."""
    row = build.respond(town, wish="x")
    Response.objects.filter(pk=row.pk).update(received_at="2026-05-31T22:30:15.25Z")
    choices = "zone=Europe/Berlin"

    (cells,) = csv_rows(build.exported(town, choices=choices))
    assert cells["received_at"] == "2026-06-01T00:30:15.250000+02:00"
    (cells,) = csv_rows(build.exported(town, choices="zone=America/St_Johns"))
    assert cells["received_at"] == "2026-05-31T20:00:15.250000-02:30"
    here = datetime(2026, 6, 1, 0, 30, 15, 250_000)  # noqa: DTZ001 # as the file has it
    assert from_xlsx(written(town, "xlsx", tmp_path, choices))[0]["received_at"] == here
    assert from_zsav(written(town, "zsav", tmp_path, choices))[0]["received_at"] == here
    (row,) = from_parquet(written(town, "parquet", tmp_path, choices))
    assert row["received_at"].isoformat() == "2026-05-31T22:30:15.250000+00:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "read"), [("zsav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)]
)
def test_programs_of_statistics_get_codes_and_open_text_only_when_asked(
    town: Survey, tmp_path: Path, name: str, read: Any
) -> None:
    """Labels beside numbers are what they are made for; texts make their files huge."""
    build.respond(town, wish="Benches", visit="never")

    def made(choices: str) -> tuple[Any, Any]:
        path = tmp_path / f"export.{name}"
        told = make(build.table(town, choices=choices), FORMATS[name], path, tick=silent)
        frame, meta = read(path, output_format="polars")
        assert set(told["columns"]) <= {*frame.columns}
        return frame, meta

    frame, meta = made("texts=both")
    assert "wish" not in frame.columns and "visit__label" not in frame.columns
    assert meta.variable_value_labels["visit"][frame["visit"][0]] == "Never"
    assert made("with=open_text")[0]["wish"].to_list() == ["Benches"]
