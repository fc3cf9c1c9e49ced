"""The CSV: what every program after us reads, so every cell has to be right."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from feedback.exports.codebook import KINDS, described
from feedback.exports.copying import STANDS_AS_IT_IS, line
from feedback.exports.csv import MARK
from feedback.models import AuditEntry, Response, Status, Survey
from feedback.models.identity import encrypt
from feedback.questionnaire.codebook import guarded, unguarded
from feedback.refresh import refresh
from feedback.responses import coding
from tests import build
from tests.exports.naughty import TEXTS

Rows = list[dict[str, str]]
RISKY = [
    "=1+1",
    "+1",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "'quoted'",
    "''",
    "'",
    "=",
    "[not_shown]",
    "[refused]",
    "[dont_know]",
]
PLAIN = ["5", "a=b", "a-b", "1-2", "x'y", "[Not_shown]", "[not_shown] ", "not shown", "~1", " =1"]


def table(content: bytes) -> Rows:
    """As Python reads it; strict about quotes, untouched line ends."""
    text = io.StringIO(content.decode(), newline="")
    return list(csv.DictReader(text, strict=True))


def header(content: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(content.decode(), newline="")))


def put(row: Response, **answers: Any) -> None:
    """Answers as an earlier version or a hand in the database may have left them."""
    Response.objects.filter(pk=row.pk).update(answers={**row.answers, **answers})


# -- columns ---------------------------------------------------------------------------


def test_columns_keep_their_names_and_values_over_revisions(town: Survey) -> None:
    """A script written for the first file must read the tenth one right."""
    old = build.respond(town, visit="never", uses=["walk"], stars="2", wish="Old wish")
    before = header(build.exported(town))
    visit = {
        "key": "visit",
        "type": "single_choice",
        "text": "Reworded",
        "choices": [{"code": "daily", "text": "Daily"}, {"code": "often", "text": "Often now"}],
    }
    wish = {"key": "wish", "type": "long_text", "text": "Reworded, too"}
    colour = {"key": "colour", "type": "short_text", "text": "New here"}
    build.survey([colour, wish, visit])
    new = build.respond(town, visit="daily", colour="blue", wish="New wish")

    content = build.exported(town)
    first, second = table(content)

    assert set(before) < set(header(content))
    assert (first["response"], second["response"]) == (str(old.pk), str(new.pk))
    assert [first[c] for c in ("revision", "visit", "uses__walk", "uses__rest", "stars")] == [
        *("1", "never", "1", "0", "2")
    ]
    assert (first["wish"], first["colour"]) == ("Old wish", "[not_shown]")
    assert [second[c] for c in ("revision", "visit", "uses__walk", "stars", "visit__other")] == [
        *("2", "daily", "[not_shown]", "[not_shown]", "[not_shown]")
    ]
    assert (second["wish"], second["colour"]) == ("New wish", "blue")
    assert (
        table(build.exported(town, choices="texts=labels"))[0]["visit"] == "Never"
    )  # no longer offered


@pytest.mark.parametrize(
    "choices",
    [
        "",
        "with=personal&with=paradata&with=withdrawn",
        "texts=both&multiple=joined",
        "without=review&without=open_text",
        "only=stars&only=language",
    ],
)
def test_the_columns_are_the_codebooks_in_the_same_order(town: Survey, choices: str) -> None:
    """Nobody should have to guess what a column holds."""
    book = described(build.table(town, choices=choices), counts=False)
    rows = list(csv.DictReader(io.StringIO(KINDS["csv"].written(book).decode(), newline="")))

    assert header(build.exported(town, choices=choices)) == list(
        dict.fromkeys(row["column"] for row in rows)
    )
    personal = {row["column"] for row in rows if row["personal"] == "yes"}
    assert personal == ({"name"} if "personal" in choices else set())


def test_a_return_in_a_wording_breaks_no_row_of_the_codebook() -> None:
    """Questionnaires written in an old editor hold lone carriage returns."""
    content = line(["visit", "How often\rdo you visit?", "", "end"])

    (row,) = csv.reader(io.StringIO(content.decode(), newline=""))
    assert row == ["visit", "How often\rdo you visit?", "", "end"]


def test_codes_or_labels_as_asked(town: Survey) -> None:
    """Programs want codes, people want words; texts are the same in both."""
    build.respond(town, visit="often", uses=["rest"], stars="5", wish="often")
    coded, labelled = (
        table(build.exported(town))[0],
        table(build.exported(town, choices="texts=labels"))[0],
    )

    assert (coded["visit"], labelled["visit"]) == ("often", "Often")
    assert (coded["wish"], labelled["wish"]) == ("often", "often")
    assert (coded["stars"], labelled["stars"]) == ("5", "5")
    assert (coded["uses__rest"], coded["uses__walk"]) == ("1", "0")


@pytest.mark.django_db
def test_labels_are_guarded_like_any_text() -> None:
    """Authors paste wordings, too; and a label may read like a missing code."""
    choices = [{"code": f"c{n}", "text": text} for n, text in enumerate(RISKY + PLAIN)]
    survey = build.survey(
        [{"key": "pick", "type": "single_choice", "text": "Pick", "choices": choices}]
    )
    for choice in choices:
        build.respond(survey, pick=choice["code"])

    cells = [row["pick"] for row in table(build.exported(survey, choices="texts=labels"))]
    assert cells == [guarded(text) for text in RISKY + PLAIN]


def test_the_four_states_are_told_apart(town: Survey) -> None:
    """Left blank, not asked and declined must not be counted together by mistake."""
    row = build.respond(town, wish="x", visit="often", uses=["walk"], stars="3", name="Ada")
    answers = {"visit": None, "uses": {"state": "refused"}, "stars": {"state": "dont_know"}}
    Response.objects.filter(pk=row.pk).update(answers=answers | {"wish": None})
    other = build.respond(town, wish="x")
    Response.objects.filter(pk=other.pk).update(answers={"name": {"state": "refused"}})

    first, second = table(build.exported(town, choices="with=personal"))

    assert first["visit"] == first["wish"] == ""
    assert first["uses__walk"] == first["uses__rest"] == "[refused]"
    assert first["stars"] == "[dont_know]"
    assert first["name"] == "[not_shown]"
    assert {second[c] for c in ("visit", "uses__walk", "stars", "wish")} == {"[not_shown]"}
    assert second["name"] == "[refused]"


def test_columns_of_the_response_itself(town: Survey) -> None:
    """What is known beside the answers, in forms that sort and parse."""
    row = build.respond(town, wish="x", source="=newsletter")
    coding.set_status(row, Status.FLAGGED, actor=None)
    for name in ("zebra", "=ask", "a | b"):
        coding.add_tag(row, name, actor=None)
    own = {"received_at": "2026-05-31T23:59:59.000120+02:00", "reasons": ["fast", "device"]}
    Response.objects.filter(pk=row.pk).update(seconds=41, **own)

    (cells,) = table(build.exported(town))

    assert cells["response"] == str(row.pk)
    assert cells["received_at"] == "2026-05-31T21:59:59.000120Z"
    assert (cells["revision"], cells["language"], cells["seconds"]) == ("1", "en", "41")
    assert cells["source"] == "'=newsletter"
    assert cells["status"] == "flagged"
    assert cells["tags"] == "'=ask | a | b | zebra"
    assert cells["reasons"] == "fast | device"


# -- cells -----------------------------------------------------------------------------


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_whoever_strips_one_apostrophe_has_the_text_as_typed(text: str) -> None:
    """The guard may cost nobody a character, over any text at all."""
    assert unguarded(guarded(text)) == text


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_no_guarded_text_starts_a_formula_or_reads_like_a_missing_code(text: str) -> None:
    """What a spreadsheet would run, it would run with the reader's rights."""
    cell = guarded(text)

    assert cell[0] not in "=+-@\t\r\n＝＋－＠"
    assert cell not in ("", "[not_shown]", "[refused]")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_what_is_put_in_as_it_is_needs_neither_guard_nor_quotes(text: str) -> None:
    """A personal cell is looked at once; what that look passes must need no other."""
    if STANDS_AS_IT_IS.fullmatch(text):
        assert guarded(text) == text
        assert line([text]) == f"{text}\n".encode()


def test_every_text_survives_python_and_its_guard(town: Survey) -> None:
    """Commas, quotes, all line ends, formulas: the cell is the text or the guarded text."""
    texts = TEXTS + RISKY + PLAIN
    for text in texts:
        put(build.respond(town, wish="x"), wish=text, visit="other", visit__other=text)

    rows = table(build.exported(town))

    assert [row["wish"] for row in rows] == [guarded(text) for text in texts]
    assert [row["visit__other"] for row in rows] == [guarded(text) for text in texts]
    assert [unguarded(row["wish"]) for row in rows] == texts
    assert all(row["wish"].startswith("'") for row in rows[len(TEXTS) : -len(PLAIN)])
    assert not any(row["wish"].startswith("'") for row in rows[-len(PLAIN) :])


def test_numbers_stay_numbers(town: Survey) -> None:
    """An apostrophe before -5 would turn a column of figures into text."""
    put(build.respond(town, wish="-5"), stars=-5)

    for texts in ("codes", "labels"):
        (row,) = table(build.exported(town, choices=f"texts={texts}"))
        assert (row["stars"], row["wish"]) == ("-5", "'-5")


def test_a_byte_order_mark_only_on_request(town: Survey) -> None:
    """Excel needs it, everything else stumbles over it."""
    build.respond(town, wish="Bänke")
    plain, marked = build.exported(town), build.exported(town, choices="with=bom")

    assert marked == MARK + plain
    assert plain.startswith(b"response,")


# -- personal answers ------------------------------------------------------------------


def test_personal_columns_are_opened_as_they_were_typed(town: Survey) -> None:
    """Decrypted here, not by the database: the same guard and quoting must hold."""
    texts = [text for text in TEXTS + RISKY + PLAIN if "\r" not in text]
    for text in texts:
        row = build.respond(town, wish="x", name="x")
        Response.objects.filter(pk=row.pk).update(identity=encrypt({"name": text}, nonce=row.nonce))

    assert [row["name"] for row in table(build.exported(town, choices="with=personal"))] == [
        guarded(text) for text in texts
    ]
    assert "name" not in table(build.exported(town))[0]


def test_the_other_cells_are_the_same_beside_personal_ones(town: Survey) -> None:
    """Two ways write the file; they may not differ in anything else."""
    for text in TEXTS + RISKY + PLAIN:
        if "\r" not in text:
            put(build.respond(town, wish="x", name="Ada", uses=["walk"]), wish=text, stars=-5)
    tagged = build.respond(town, wish="x")
    coding.add_tag(tagged, "=seats", actor=None)

    for texts in ("texts=codes", "texts=labels"):
        both = table(build.exported(town, choices=f"{texts}&with=personal"))
        names = [row.pop("name") for row in both]
        assert both == table(build.exported(town, choices=texts))
        assert names == ["Ada"] * (len(names) - 1) + [""]


def test_personal_columns_go_only_to_who_may_see_them_and_leave_a_record(
    owner: Any, town: Survey
) -> None:
    """May export and may see names are two rights."""
    build.respond(town, wish="x", name="Ada Berg")
    exporter = build.member(town, 30, name="exporter", may_export=True)
    theirs, ours = build.signed_in(exporter), build.confirmed(owner)
    address = "/staff/town/export.csv"

    refused = theirs.get(address, {"with": "personal"})
    assert refused.status_code == 404
    assert b"Ada Berg" not in refused.getvalue()
    assert b"personal" not in theirs.get("/staff/town/export/").content
    assert not AuditEntry.objects.filter(action="export").exists()

    assert b"Ada Berg" not in theirs.get(address).getvalue()
    assert b"Ada Berg" not in ours.get(address).getvalue()
    assert b"Ada Berg" in ours.get(address, {"with": "personal"}).getvalue()
    entries = AuditEntry.objects.filter(action="export").values_list("actor", "details")
    assert list(entries) == [
        (exporter.pk, {"personal": False, "format": "csv"}),
        (owner.pk, {"personal": False, "format": "csv"}),
        (owner.pk, {"personal": True, "format": "csv"}),
    ]


# -- rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["", "status=done", "tag=seats", "q=oak", "answer.visit=often", "status=new&q=oak", "q=none"],
)
def test_the_file_holds_what_the_list_shows(owner: Any, town: Survey, query: str) -> None:
    """One Selection for both: a file that differs from the screen is a wrong file."""
    for n in range(6):
        row = build.respond(town, wish=f"an {'oak' if n % 2 else 'elm'}", visit="often")
        if n < 2:
            coding.set_status(row, Status.DONE, actor=None)
            coding.add_tag(row, "seats", actor=None)
    refresh()
    client = build.signed_in(owner)

    rows = table(client.get(f"/staff/town/export.csv?{query}").getvalue())

    page = client.get(f"/staff/town/responses/?{query}").content.decode()
    listed = [int(number) for number in re.findall(r'id="r(\d+)"', page)]
    assert [int(row["response"]) for row in rows] == listed[::-1]


def test_the_download_is_a_file_that_no_browser_opens_as_a_page(owner: Any, town: Survey) -> None:
    """Answers in it could be markup."""
    answer = build.signed_in(owner).get("/staff/town/export.csv")
    answer.close()

    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="town-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_command_writes_the_same_bytes(owner: Any, town: Survey, tmp_path: Path) -> None:
    """The way without the web must not be another export."""
    for text in ("an oak", "an elm"):
        build.respond(town, wish=text, name="Ada", visit="often")
    refresh()
    client = build.confirmed(owner)
    file = tmp_path / "town.csv"

    for choices in (
        "",
        "texts=labels",
        "with=bom",
        "with=personal&without=review&zone=Asia/Tokyo&multiple=joined",
    ):
        call_command(
            "export_responses",
            "town",
            "--output",
            str(file),
            "--filter",
            "q=oak",
            "--choices",
            choices,
            stdout=io.StringIO(),
        )
        address = f"/staff/town/export.csv?q=oak&{choices}"
        assert file.read_bytes() == client.get(address).getvalue()
        assert len(table(file.read_bytes())) == 1
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["town.csv", "town.csv.manifest.json"]


def test_the_command_says_what_is_wrong_and_writes_nothing(town: Survey, tmp_path: Path) -> None:
    """A half-written file under the right name would be taken for the whole."""
    file = str(tmp_path / "town.csv")
    with pytest.raises(CommandError, match=r"no survey city\. There are: town"):
        call_command("export_responses", "city", "--output", file)
    with pytest.raises(CommandError, match="“odd” is not a status"):
        call_command("export_responses", "town", "--output", file, "--filter", "status=odd")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("export_responses", "town", "--output", str(tmp_path / "no" / "t.csv"))

    assert not [*tmp_path.iterdir()]
