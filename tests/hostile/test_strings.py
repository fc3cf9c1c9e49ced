"""Naughty texts all the way round: from the form to whatever shows or hands them out again."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from feedback.exports import FORMATS
from feedback.exports.format import silent
from feedback.models import Lines, Response, Survey
from feedback.questionnaire.codebook import unguarded
from feedback.responses.codes import code_for
from tests import build
from tests.exports.test_csv import table as csv_rows
from tests.exports.test_formats import bare, from_xlsx
from tests.hostile.strings import five_hundred
from tests.web.sent import FormPage

STRINGS = five_hundred()


def as_stored(text: str) -> str:
    """Line ends are the one thing that is made the same."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.fixture
def stored(client: Client, town: Survey) -> list[tuple[str, Response]]:
    """Each text sent by the form, and what became of it."""
    for text in STRINGS:
        ticket = build.ticket_in(client.get("/s/town/").content)
        fields = {"ticket": ticket, "wish": text}
        assert build.post(client, "town", fields).status_code == 303, ascii(text)
    rows = Response.objects.filter(survey=town).order_by("pk")
    return list(zip(STRINGS, rows, strict=True))


@pytest.mark.long
def test_five_hundred_texts_come_back_as_they_were_typed(
    client: Client, owner: Any, town: Survey, stored: list[tuple[str, Response]], tmp_path: Path
) -> None:
    """By receipt, page of the staff, CSV, workbook and JSON: equal but for the documented guard."""
    expected = [as_stored(text) for text in STRINGS]
    assert [row.answers["wish"] for _text, row in stored] == expected

    staff = build.signed_in(owner)
    for text, row in stored:
        receipt = FormPage(client.get(f"/r/{code_for(UUID(str(row.nonce)))}/").content)
        assert receipt.answers == [as_stored(text)], ascii(text)
        read = FormPage(staff.get(f"/staff/town/responses/{row.pk}/").content)
        assert as_stored(text) in read.answers, ascii(text)

    cells = [unguarded(row["wish"]) for row in csv_rows(build.exported(town))]
    assert cells == expected
    for kind in ("xlsx", "jsonl"):
        FORMATS[kind].write(build.table(town), tmp_path / f"export.{kind}", silent)
    lines = (tmp_path / "export.jsonl").read_bytes().split(b"\n")[:-1]
    assert [json.loads(line)["answers"]["wish"] for line in lines] == expected
    assert [bare(row["wish"]) for row in from_xlsx(tmp_path / "export.xlsx")] == expected


def test_no_text_changes_the_list_around_it(owner: Any, stored: list[tuple[str, Response]]) -> None:
    """Page by page of the list: as many rows as ever, each text as text, no tag out of one."""
    staff, address, seen = build.signed_in(owner), "/staff/town/responses/", 0
    while address:
        answer = staff.get(address)
        page = FormPage(answer.content).page
        assert not [a for tag, a in page.tags if tag in ("iframe", "img", "svg", "base")]
        assert not [a for _tag, a in page.tags if any(name.startswith("on") for name in a)]
        seen += 1
        older = page.rel("next")
        address = f"{address.split('?')[0]}{older}" if older.startswith("?") else older
    assert seen == -(-len(STRINGS) // Lines.FEW)


def test_there_are_five_hundred_of_them() -> None:
    """All different, none blank."""
    assert len(STRINGS) == len(set(STRINGS)) == 500
