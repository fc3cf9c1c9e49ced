"""The data package: everything in one file, of one moment, and all of it true of the rest."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import duckdb
import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from feedback.exports import FORMATS
from feedback.exports.format import silent
from feedback.exports.making import make
from feedback.models import Partial, Response, Survey, Tombstone
from feedback.models.identity import encrypt
from feedback.question_types import REGISTRY
from tests import build
from tests.exports.codebooks import header, table

CODEBOOKS = [f"codebook.{kind}" for kind in ("csv", "json", "md", "xml")]
TABLES = ("data", "begun", "withdrawn")
TRUTH = {"1": True, "0": False}
READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "string": lambda cell, field: cell,
    "integer": lambda cell, field: int(cell),
    "number": lambda cell, field: float(cell),
    "boolean": lambda cell, field: TRUTH[cell],
    "date": lambda cell, field: date.fromisoformat(cell),
    "time": lambda cell, field: datetime.strptime(cell, field["format"]).time(),  # noqa: DTZ007
    "datetime": lambda cell, field: datetime.strptime(cell, field["format"]),  # noqa: DTZ007
}
KINDS = (str, int, float, bool, date, time, datetime)


def packed(survey: Survey, folder: Path, *, choices: str = "", query: str = "") -> ZipFile:
    file = folder / "town.zip"
    FORMATS["zip"].write(build.table(survey, query, choices), file, silent)
    return ZipFile(file)


def begin(survey: Survey, page: int, **fields: Any) -> Partial:
    """Somebody who began and did not send."""
    assert survey.live
    nonce, now = uuid4(), timezone.now()
    return Partial.objects.create(
        survey=survey,
        revision=survey.live,
        nonce=nonce,
        content=encrypt(fields, nonce=nonce),
        language="en",
        source="=poster",
        page=page,
        begun_at=now,
        saved_at=now,
        expires_at=now + timedelta(days=30),
    )


@pytest.fixture
def lively(town: Survey) -> Survey:
    """A town with responses, one begun, one withdrawn, and a second revision."""
    build.respond(town, name="Ada Canary", visit="often", uses=["walk"], stars="4", wish="=wish")
    build.respond(town, visit="other", visit__other="boat", wish="Trees\nand benches")
    day = {"key": "day", "type": "date", "text": {"en": "When?", "de": "Wann?"}}
    build.survey([*build.TOWN, day], languages=["de"])
    build.respond(town, wish="More", day="2026-05-31", stars="5")
    town.refresh_from_db()
    begin(town, 2, wish=["a canary typed"])
    Tombstone.objects.create(survey=town, response_id=4_000_000, receipt=uuid4())
    return town


def test_every_file_is_there_and_is_what_the_manifest_says(lively: Survey, tmp_path: Path) -> None:
    """Whoever is given half a package has to be able to see it."""
    with packed(lively, tmp_path) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        files = {one["path"]: one for one in told["files"]}

        assert set(archive.namelist()) == {
            *("data.csv", "data.jsonl", "data.parquet", "begun.csv", "withdrawn.csv", *CODEBOOKS),
            *("questionnaires/revision-1.json", "questionnaires/revision-2.json"),
            *("datapackage.json", "README.md", "manifest.json"),
        }
        assert set(files) == set(archive.namelist()) - {"manifest.json"}
        for path, one in files.items():
            content = archive.read(path)
            assert (one["bytes"], one["sha256"]) == (
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
        rows = {path: one["rows"] for path, one in files.items() if "rows" in one}
    data = dict.fromkeys(("data.csv", "data.jsonl", "data.parquet"), 3)
    assert rows == data | {"begun.csv": 1, "withdrawn.csv": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["town.zip"]


def test_the_data_are_those_of_the_single_formats(lively: Survey, tmp_path: Path) -> None:
    """Not another export, and the questionnaires as they were published."""
    choices = "texts=both&with=paradata&zone=Asia/Tokyo"
    with packed(lively, tmp_path, choices=choices) as archive:
        assert archive.read("data.csv") == build.exported(lively, choices=choices)
        lines = [json.loads(line) for line in archive.read("data.jsonl").splitlines()]
        wishes = [line["answers"]["wish"] for line in lines]
        assert wishes == ["=wish", "Trees\nand benches", "More"]
        archive.extract("data.parquet", tmp_path)
        found = duckdb.sql(f"SELECT wish FROM '{tmp_path}/data.parquet' ORDER BY response")
        assert [wish for (wish,) in found.fetchall()] == wishes
        frozen = {one.number: one.definition for one in lively.revisions.all()}
        for number, definition in frozen.items():
            kept = json.loads(archive.read(f"questionnaires/revision-{number}.json"))
            assert kept == definition
        assert "Wann?" in archive.read("questionnaires/revision-2.json").decode()


def test_what_was_begun_tells_how_far_and_nothing_that_was_typed(
    lively: Survey, tmp_path: Path
) -> None:
    """They may still come back to it; it is theirs until they send it."""
    sent = build.respond(lively, wish="sent")
    late = begin(lively, 3)
    Partial.objects.filter(pk=late.pk).update(nonce=sent.nonce)  # refresh has not been there yet

    with packed(lively, tmp_path) as archive:
        (row,) = table(archive.read("begun.csv"))
        (stone,) = table(archive.read("withdrawn.csv"))
        for path in archive.namelist():
            assert b"a canary typed" not in archive.read(path)

    assert (row["page"], row["revision"], row["kept_at_their_wish"]) == ("2", "2", "0")
    assert row["source"] == "'=poster"
    assert stone["response"] == "4000000"


def test_personal_answers_are_in_none_of_its_files_unless_chosen(
    lively: Survey, tmp_path: Path
) -> None:
    """Whoever passes the package on passes every file on."""
    with packed(lively, tmp_path) as archive:
        assert not [path for path in archive.namelist() if b"Ada Canary" in archive.read(path)]
        assert "no answers to questions marked as personal" in archive.read("README.md").decode()
    with packed(lively, tmp_path, choices="with=personal") as archive:
        texts = {path for path in archive.namelist() if b"Ada Canary" in archive.read(path)}
        assert "It holds personal answers" in archive.read("README.md").decode()
    assert {"data.csv", "data.jsonl"} <= texts <= {"data.csv", "data.jsonl", "data.parquet"}


# -- the descriptor --------------------------------------------------------------------------


def holds(archive: ZipFile, name: str) -> int:
    """See that a table is what its descriptor says, cell by cell. Returns its rows."""
    told = json.loads(archive.read("datapackage.json"))
    assert told["profile"] == "tabular-data-package"
    (resource,) = [one for one in told["resources"] if one["name"] == name]
    content = archive.read(resource["path"])
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    fields, missing = resource["schema"]["fields"], resource["schema"]["missingValues"]
    assert header(content) == [field["name"] for field in fields]
    rows = table(content)
    for field in fields:
        cells = [row[field["name"]] for row in rows if row[field["name"]] not in missing]
        values = [READERS[field["type"]](cell, field) for cell in cells]
        assert all(isinstance(value, KINDS) for value in values)
        meets(field, values, len(rows))
    keys = [tuple(row[key] for key in resource["schema"]["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys)
    return len(rows)


def meets(field: Mapping[str, Any], values: list[Any], rows: int) -> None:
    limits = field.get("constraints", {})
    assert set(limits) <= {"enum", "minimum", "maximum", "required", "unique"}
    read = READERS[field["type"]]
    if "enum" in limits:
        assert set(values) <= set(limits["enum"]), field
        assert {one["value"] for one in field["categories"]} == set(limits["enum"])
        assert all(one["label"] for one in field["categories"])
    if "minimum" in limits:
        assert all(value >= read(str(limits["minimum"]), field) for value in values), field
    if "maximum" in limits:
        assert all(value <= read(str(limits["maximum"]), field) for value in values), field
    if limits.get("required"):
        assert len(values) == rows
    if limits.get("unique"):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    "choices",
    [
        "with=personal",
        "with=bom&with=withdrawn&with=paradata",
        "texts=labels",
        "texts=both&multiple=joined",
    ],
)
def test_each_table_is_what_its_descriptor_says(
    lively: Survey, tmp_path: Path, choices: str
) -> None:
    """A program that trusts it reads every cell, or fails on somebody far away from us."""
    with packed(lively, tmp_path, choices=choices) as archive:
        fields = json.loads(archive.read("datapackage.json"))["resources"][0]["schema"]["fields"]
        assert not [one for one in fields if one["name"] == "reasons" and "categories" in one]
        assert [holds(archive, name) for name in TABLES] == [4 if "bom" in choices else 3, 1, 1]


@pytest.mark.django_db
def test_the_descriptor_knows_every_type(tmp_path: Path) -> None:
    """A new type must not be forgotten here."""
    items: dict[str, Any] = {}
    for kind in REGISTRY:
        example = kind.example()
        items |= {item.key: item for item in (*example.before, example.item)}
    survey = build.survey([*items.values()])
    for turn in range(3):
        fields: dict[str, list[str]] = {}
        for kind in REGISTRY:
            accepts = kind.example().accepts
            fields |= accepts[turn % len(accepts)][0]
        build.respond(survey, **fields)

    with packed(survey, tmp_path) as archive:
        assert holds(archive, "data") == 3
        told = json.loads(archive.read("datapackage.json"))
    types = {field["type"] for field in told["resources"][0]["schema"]["fields"]}
    assert types == set(READERS)


def test_a_value_that_is_no_code_is_no_broken_promise(lively: Survey, tmp_path: Path) -> None:
    """Where stored answers are odd, the descriptor claims less instead of something wrong."""
    row = Response.objects.filter(survey=lively).first()
    assert row is not None
    row.answers |= {"stars": 77}
    row.save()

    with packed(lively, tmp_path) as archive:
        assert holds(archive, "data") == 3
        fields = json.loads(archive.read("datapackage.json"))["resources"][0]["schema"]["fields"]
    told = {field["name"]: field for field in fields}
    assert "constraints" in told["visit"] and "constraints" not in told["stars"]
    assert told["stars"]["categories"][0] == {"value": 1, "label": "1"}


# -- of one moment ---------------------------------------------------------------------------


def test_the_codebook_counts_the_rows_of_the_data(lively: Survey, tmp_path: Path) -> None:
    """Two files of one package that disagree are both worthless."""
    with packed(lively, tmp_path) as archive:
        rows = table(archive.read("data.csv"))
        book = table(archive.read("codebook.csv"))

    for entry in book:
        name, code = entry["column"], entry["code"]
        cells = Counter(row[name] for row in rows)
        if name == "reasons":
            cells = Counter(code for row in rows for code in row[name].split(" | "))
        assert int(entry["count"]) == cells[code], (name, code)


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_of_one_moment(tmp_path: Path) -> None:
    """What comes in while it is written is in none of its files, not in some of them."""
    town = build.survey()
    for _number in range(3):
        build.respond(town, wish="before", visit="often")
    begin(town, 2)
    came: list[int] = []

    def somebody_comes(_rows: int) -> None:
        """Through another connection, after the first rows were read."""
        with psycopg.connect(
            **{**connection.get_connection_params(), "cursor_factory": None, "context": None},
            autocommit=True,
        ) as other:
            came.append(len(came))
            other.execute(
                "INSERT INTO feedback_response (survey_id, revision_id, nonce, receipt, language,"
                " source, answers) SELECT survey_id, revision_id, gen_random_uuid(), receipt,"
                ' language, source, \'{"wish": "meanwhile", "visit": "never"}\''
                " FROM feedback_response LIMIT 1"
            )
            other.execute("DELETE FROM feedback_partial")
            other.execute(
                "INSERT INTO feedback_tombstone (survey_id, response_id, receipt, withdrawn_at)"
                " VALUES (%s, 77, gen_random_uuid(), now())",
                [town.pk],
            )

    file = tmp_path / "town.zip"
    FORMATS["zip"].write(build.table(town), file, somebody_comes)

    assert len(came) >= 3 and Response.objects.count() == 3 + len(came)
    with ZipFile(file) as archive:
        for path in archive.namelist():
            assert b"meanwhile" not in archive.read(path)
        inner = {
            one["path"]: one.get("rows")
            for one in json.loads(archive.read("manifest.json"))["files"]
        }
        assert [inner[path] for path in ("data.csv", "data.jsonl", "data.parquet")] == [3, 3, 3]
        assert (inner["begun.csv"], inner["withdrawn.csv"]) == (1, 0)
        (visit,) = [
            one
            for one in json.loads(archive.read("codebook.json"))["variables"]
            if one["name"] == "visit"
        ]
        assert {one["code"]: one["count"] for one in visit["codes"]} == {
            "often": 3,
            "never": 0,
            "other": 0,
        }


def test_progress_is_told_evenly_and_ends_at_the_number_of_rows(
    lively: Survey, tmp_path: Path
) -> None:
    """Each format reads all rows again; a bar that is full after the first one lies."""
    told: list[int] = []
    asked = build.table(lively, choices="with=withdrawn")

    FORMATS["zip"].write(asked, tmp_path / "town.zip", told.append)

    assert sum(told) == 4
    assert told[0] == 1  # the first of three formats is through: of 4 rows, a third


def test_whatever_ends_the_work_leaves_nothing_behind(lively: Survey, tmp_path: Path) -> None:
    """An asker who stops it, or a full disk, must not leave half a package or its pieces."""

    class Stopped(Exception):
        pass

    def stop(_rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        make(build.table(lively), FORMATS["zip"], tmp_path / "town.zip", tick=stop)

    assert not [*tmp_path.iterdir()]
    assert Response.objects.count() == 3  # the connection takes the next query
