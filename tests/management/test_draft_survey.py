"""``manage.py draft_survey``: from a foreign table to a survey with its rows, by commands alone."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Response

TABLE = "Zeitstempel;Wie sauber ist der Park?;Warum?\n01.02.2024 10:00:00;4;Weil er groß ist\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "export.csv"
    written.write_text(TABLE, encoding="cp1252")
    return written


def drafted(file: Path, output: Path, slug: str = "park") -> str:
    told = StringIO()
    call_command("draft_survey", file, slug=slug, output=output, stdout=told)
    return told.getvalue()


@pytest.mark.django_db
def test_three_commands_bring_a_survey_and_its_answers(file: Path, tmp_path: Path) -> None:
    """Nothing is asked in between, and the times are those of the file."""
    output = tmp_path / "park.yaml"

    told = drafted(file, output)
    call_command("load_survey", output, publish=True, stdout=StringIO(), stderr=StringIO())
    call_command("import_responses", "park", file, stdout=StringIO(), stderr=StringIO())

    assert "2 questions from 1 rows of Google Forms (Windows-1252, semicolon)" in told
    row = Response.objects.get()
    assert sorted(map(str, row.answers.values())) == ["4", "Weil er groß ist"]
    assert (row.language, row.received_at.isoformat()) == ("de", "2024-02-01T10:00:00+00:00")


def test_the_draft_says_what_was_understood(file: Path, tmp_path: Path) -> None:
    """In comments, as whoever mends it reads from top to bottom."""
    output = tmp_path / "park.yaml"
    drafted(file, output)

    text = output.read_text(encoding="utf-8")
    assert text.startswith("# Drafted from an export of Google Forms (Windows-1252, semicolon)")
    assert "# Column “Zeitstempel” is received_at of the response. read as %d.%m.%Y" in text
    assert "# whole numbers from 1 to 5; 1 filled, 1 different" in text
    assert "title: Park\n" in text or 'title: "Park"' in text


@pytest.mark.parametrize(
    ("content", "slug", "told"),
    [
        (b"", "park", "there is no header"),
        (b"submitdate\n2024-01-01\n", "park", "no column holds answers"),
        (b"a,b\n1,2,3\n", "park", "line 2: 3 cells"),
        (b"a\nb\n", "The Park", "must hold only a-z"),
    ],
)
def test_what_cannot_be_drafted_is_told(
    tmp_path: Path, content: bytes, slug: str, told: str
) -> None:
    """And nothing is written then."""
    file, output = tmp_path / "export.csv", tmp_path / "out.yaml"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=told):
        drafted(file, output, slug)

    assert not output.exists()


def test_places_that_are_not_there_are_named(file: Path, tmp_path: Path) -> None:
    """Which of the two files is meant must be plain."""
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        drafted(tmp_path / "nowhere.csv", tmp_path / "out.yaml")
    with pytest.raises(CommandError, match="Nothing was written"):
        drafted(file, tmp_path / "no folder" / "out.yaml")
