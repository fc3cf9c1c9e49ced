"""Streams: a download begins at once, and whoever breaks it off frees what it held."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from feedback.exports import FORMATS
from feedback.exports.csv import stream
from feedback.exports.format import BLOCK, silent
from feedback.exports.table import snapshot
from feedback.models import Response, Survey
from tests import build
from tests.exports.test_csv import table


def grow(survey: Survey, rows: int, *, text: str) -> None:
    """Many rows at once, by the database."""
    row = build.respond(survey, wish=text)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_response (survey_id, revision_id, nonce, receipt, language,"
            " source, answers) SELECT survey_id, revision_id, gen_random_uuid(), receipt,"
            " language, source, answers FROM feedback_response, generate_series(2, %s)"
            " WHERE id = %s",
            [rows, row.pk],
        )


def test_the_file_comes_in_blocks_the_header_first(town: Survey) -> None:
    """A download begins at once; a piece for each row would cost more than the rows."""
    grow(town, 500, text="x" * 1000)
    for choices in ("", "with=personal"):
        first, *rest = stream(build.table(town, choices=choices))
        assert first.startswith(b"response,") and first.count(b"\n") == 1
        assert 7 <= len(rest) <= 12
        assert all(BLOCK <= len(block) < BLOCK + 3000 for block in rest[:-1])
        assert len(table(first + b"".join(rest))) == 500


@pytest.mark.django_db(transaction=True)
def test_an_export_takes_one_process_of_the_database() -> None:
    """Helpers of it would sort all rows before the first comes, on cores that others need."""
    town = build.survey()
    grow(town, 20_000, text="x" * 1000)
    rows = build.table(town).rows.order_by("seconds")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feedback_response")
    plan = rows.explain()
    with snapshot():
        alone = rows.explain()

    assert "Gather" in plan  # the control: left to itself it takes them
    assert "Gather" not in alone


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("choices", ["", "with=personal"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_download_that_is_broken_off_frees_its_connection(kind: str, choices: str) -> None:
    """Else a few impatient people would take every connection there is."""
    town = build.survey()
    grow(town, 20_000, text="x" * 1000)
    watched = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query LIKE 'COPY%%'"
    watched += " AND state = 'active'"
    name = [settings.DATABASES["default"]["NAME"]]
    connection.ensure_connection()
    with psycopg.connect(
        **{**connection.get_connection_params(), "cursor_factory": None, "context": None},
        autocommit=True,
    ) as other:
        begin = FORMATS[kind].stream
        assert begin
        blocks = begin(build.table(town, choices=choices), silent)
        next(blocks)
        next(blocks)
        assert other.execute(watched, name).fetchone() == (1,)

        blocks.close()  # type: ignore[attr-defined]

        assert other.execute(watched, name).fetchone() == (0,)
    assert Response.objects.count() == 20_000  # the connection takes the next query
