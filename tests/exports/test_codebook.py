"""The codebook: what nobody can guess of a file has to stand here, and be true of its rows."""

import re
from contextlib import suppress
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.datastructures import MultiValueDict

from feedback.exports.codebook import KINDS, counting, described
from feedback.models import Response, Status, Survey
from feedback.question_types import REGISTRY
from feedback.question_types.base import Item
from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.codebook import MISSING_CODES, guarded
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import coding
from feedback.web import codebooks
from tests import build
from tests.exports.codebooks import (
    NS,
    SECOND,
    agrees,
    as_csv,
    as_json,
    as_markdown,
    as_xml,
)
from tests.random_questionnaires import a_questionnaire, typed_into

every_type = pytest.mark.parametrize("kind", REGISTRY, ids=lambda kind: kind.__name__)
ASKED = (
    "with=paradata&with=withdrawn",
    "texts=both&multiple=joined",
    "with=personal&texts=labels",
)
HOSTILE = [
    "=1+1",
    "a | b",
    "*bold* _so_ `code`",
    "<script>alert(1)</script>",
    "[link](https://example.org)",
    "& &amp; ]]>",
    "two\nlines",
    "# heading",
    "\N{RIGHT-TO-LEFT OVERRIDE}turned",
    "bell \a and escape \x1b",
    "\ufffe",
]


@every_type
@pytest.mark.parametrize("choices", ASKED)
@pytest.mark.django_db
def test_every_column_has_its_entry_and_every_code_its_label(
    kind: type[Item], choices: str
) -> None:
    """A code that nobody can look up is a lost answer; a wrong count is a wrong finding."""
    example = kind.example()
    survey = build.survey([*example.before, example.item])
    for fields, _answers in example.accepts:
        build.respond(survey, **fields)

    agrees(survey, choices)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_the_file_whatever_is_asked_and_answered(seed: int) -> None:
    """Conditions, declined and withheld options make states that no example has."""
    chance = Random(seed)
    asked = a_questionnaire(chance, items=10)
    survey = build.survey([], pages=asked.plain()["pages"], slug="random")
    for _turn in range(60):
        with suppress(ValidationError):
            respond(survey, asked, typed_into(chance, asked))
    assert Response.objects.exists()

    for choices in ASKED:
        agrees(survey, choices)


def respond(survey: Survey, asked: Questionnaire, typed: dict[str, list[str]]) -> None:
    answers = clean_answers(asked, MultiValueDict(typed)).answers
    Response.objects.create(
        survey=survey,
        revision_id=survey.live_id,
        nonce=uuid4(),
        receipt=uuid4(),
        language="en",
        answers=answers,
    )


# -- counts ------------------------------------------------------------------------------


def test_what_is_no_code_is_counted_and_not_told(town: Survey) -> None:
    """It may be anything, even what somebody typed."""
    row = build.respond(town, wish="x", visit="often")
    Response.objects.filter(pk=row.pk).update(answers={"visit": "canary"})

    assert as_json(town)["visit"]["unknown_codes"] == 1
    for kind in KINDS:
        assert b"canary" not in KINDS[kind].written(described(build.table(town)))


def test_it_counts_the_selection_and_nothing_else(town: Survey) -> None:
    """A codebook of other rows than the file's is worse than none."""
    for visit in ("often", "never", "never"):
        row = build.respond(town, wish="x", visit=visit)
    coding.set_status(row, Status.SPAM, actor=None)

    told = as_json(town, query="status=spam")

    assert told["response"]["answered"] == 1
    assert {one["code"]: one["count"] for one in told["visit"]["codes"]} == {
        "often": 0,
        "never": 1,
        "other": 0,
    }


def test_more_cells_than_a_query_has_room_for_are_counted_in_turns(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten questions with two hundred options each fit into one file, if they are joined."""
    build.respond(town, wish="x", visit="often", uses=["rest"])
    monkeypatch.setattr(counting, "AT_ONCE", 2)
    ticks: list[int] = []

    for choices in ASKED:
        agrees(town, choices)
    described(build.table(town), tick=ticks.append)
    assert sum(ticks) == 1


def test_without_counts_no_response_is_read(town: Survey) -> None:
    """Somebody may want the codes of a survey of millions, at once."""
    build.respond(town, wish="x")
    with CaptureQueriesContext(connection) as queries:
        book = described(build.table(town), counts=False)

    assert not [q for q in queries if "COPY" in q["sql"] or 'FROM "feedback_response"' in q["sql"]]
    assert book.responses is None
    assert {one.answered for one in book.variables} == {None}
    for kind in KINDS.values():
        assert kind.written(book)


def test_no_text_of_a_respondent_and_nothing_personal_is_in_it(town: Survey) -> None:
    """A codebook goes to more hands than the data."""
    build.respond(town, name="Canary Ada", wish="canary wish", visit="other", visit__other="canary")

    for choices in ("", "with=personal", "with=personal&texts=labels", "texts=both"):
        for kind in KINDS.values():
            content = kind.written(described(build.table(town, choices=choices)))
            assert b"anary" not in content
            assert (b"Your name" in content) == ("personal" in choices)


@pytest.mark.django_db
def test_of_personal_codes_it_has_the_labels_and_no_counts() -> None:
    """How many live in each town may tell who lives in one; the file itself has what they are."""
    towns = [{"code": "oslo", "text": "Oslo"}, {"code": "bergen", "text": "Bergen"}]
    item = {"key": "home", "type": "single_choice", "text": "Home?", "choices": towns}
    survey = build.survey([{**item, "personal": True}])
    build.respond(survey, home="oslo")
    build.respond(survey)

    for choices in ("with=personal", "with=personal&texts=both"):
        agrees(survey, choices)
        home = as_json(survey, choices=choices)["home"]
        assert [(one["code"], one["label"], one["count"]) for one in home["codes"]] == [
            ("oslo", "Oslo", None),
            ("bergen", "Bergen", None),
        ]
        assert (home["answered"], home["missing"][0]["count"]) == (1, 1)
    assert "home" not in as_json(survey)


# -- each format ---------------------------------------------------------------------------


@pytest.fixture
def hostile(db: None) -> Survey:
    """Authors paste whatever they have."""
    choices = [{"code": f"c{n}", "text": text} for n, text in enumerate(HOSTILE)]
    items = [
        {"key": f"q{n}", "type": "single_choice", "text": text, "choices": choices}
        for n, text in enumerate(HOSTILE)
    ]
    survey = build.survey(items, title=HOSTILE[0])
    build.respond(survey, q0="c0")
    return survey


def test_spreadsheets_run_nothing_of_it(hostile: Survey) -> None:
    """Wordings are text of others as much as answers are."""
    for row in as_csv(hostile):
        for name, cell in row.items():
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠"), (name, cell)
    asked = {row["item"]: row["question"] for row in as_csv(hostile)}
    assert [asked[f"q{n}"] for n in range(len(HOSTILE))] == [guarded(text) for text in HOSTILE]


def test_markdown_keeps_its_tables_and_takes_no_markup(hostile: Survey) -> None:
    """A bar in a wording would move every cell after it."""
    content = as_markdown(hostile)

    wide = 0
    for line in content.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line))
        if line.startswith("|---"):
            assert bars == wide
        wide = bars if line.startswith("|") else 0
        if line.startswith("|"):
            assert line.endswith("|")
    rows = [line for line in content.splitlines() if line.startswith("| `q1` | `c1` ")]
    assert rows == ["| `q1` | `c1` | a \\| b | 0 |"]
    assert "<script>" not in content and "\\<script\\>" in content
    assert [line for line in content.splitlines() if line.startswith("#")] == [
        "# Codebook: =1+1",
        "## The response itself",
        *(f"## q{n}" for n in range(len(HOSTILE))),
    ]
    assert "\a" not in content and "bell ␇ and escape ␛" in content


def test_xml_holds_every_wording_and_shows_what_it_cannot_hold(hostile: Survey) -> None:
    """One control character in one wording must not cost the whole document."""
    told = as_xml(hostile)

    texts = [one.findtext(f"{NS}qstn/{NS}qstnLit") for one in told.iter(f"{NS}var")]
    for text in HOSTILE[:-2]:
        assert text in texts
    assert {"bell ␇ and escape ␛", "\ufffd"} <= set(texts)


# What the schema of DDI-Codebook 2.5 has in its sequences, as far as we write it. It cannot
# be had without the network, so this is written down from the standard by hand.
CHILDREN = {
    "codeBook": "docDscr stdyDscr fileDscr dataDscr",
    "docDscr": "citation",
    "citation": "titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes",
    "titlStmt": "titl subTitl altTitl parTitl IDNo",
    "verStmt": "version verResp notes",
    "stdyDscr": "citation stdyInfo method dataAccs othrStdyMat notes",
    "stdyInfo": "subject abstract sumDscr notes",
    "sumDscr": "timePrd collDate nation geogCover anlyUnit universe dataKind",
    "fileDscr": "fileTxt locMap notes",
    "fileTxt": "fileName fileCont fileStrc dimensns fileType format notes",
    "dimensns": "caseQnty varQnty logRecL recPrCas recNumTot",
    "dataDscr": "varGrp nCubeGrp var nCube notes",
    "varGrp": "labl txt concept defntn universe notes",
    "var": "location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng"
    " undocCod universe TotlResp sumStat txt stdCatgry catgryGrp catgry codInstr verStmt concept"
    " derivation varFormat geoMap catLevel notes",
    "qstn": "preQTxt qstnLit postQTxt forward backward ivuInstr",
    "valrng": "item range key notes",
    "catgry": "catValu labl txt catStat mrow",
    "derivation": "drvdesc drvcmd",
}
NEEDED = {"var": {"ID", "name"}, "varFormat": {"type"}, "codeBook": {"version"}}
ONCE = {"docDscr", "fileTxt", "titl", "varFormat", "derivation", "TotlResp", "catValu", "dimensns"}


def test_ddi_has_its_elements_in_the_order_of_the_standard(twice: Survey, hostile: Survey) -> None:
    """Archives check what they are given, and send it back."""
    age = {"key": "age", "type": "number", "text": "Age?", "unit": "years", "most": 120}
    double = {"key": "double", "type": "computed", "text": "Twice", "value": "age * 2"}
    name = {"key": "name", "type": "short_text", "text": "Name", "personal": True}
    survey = build.survey([*SECOND, age, double, name], languages=["ar"])
    build.respond(survey, dog="yes", visit="often", stars="7", age="5", name="Ada")
    root = as_xml(survey, choices="with=personal", query="status=new")

    assert root.tag == f"{NS}codeBook"
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    assert len(ids) == len(set(ids))
    met = set()
    for element in root.iter():
        tag = element.tag.removeprefix(NS)
        children = [child.tag.removeprefix(NS) for child in element]
        met |= {tag, *children}
        order = CHILDREN.get(tag, "").split()
        places = [order.index(child) for child in children]  # a child that is not there fails
        assert places == sorted(places), tag
        assert NEEDED.get(tag, set()) <= set(element.keys()), tag
        assert all(children.count(child) < 2 for child in ONCE), tag
    assert {"valrng", "universe", "catStat", "drvcmd", "security", "notes", "stdyInfo"} <= met


def test_ddi_says_what_the_others_say(twice: Survey) -> None:
    """Programs that read it should need nothing else."""
    build.respond(twice, dog="yes", visit="daily", stars="7")
    told = {one.get("name"): one for one in as_xml(twice).iter(f"{NS}var")}

    visit = told["visit"]
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    asked = {one.get(lang): one.text for one in visit.iter(f"{NS}qstnLit")}
    assert asked == {"en": "How often do you come?", "ar": "كم مرة تأتي؟"}
    codes = {one.findtext(f"{NS}catValu"): one for one in visit.iter(f"{NS}catgry")}
    assert [code for code, one in codes.items() if one.get("missing") == "Y"] == [*MISSING_CODES]
    assert codes["daily"].findtext(f"{NS}catStat") == "1"
    assert [one.text for one in codes["daily"].iter(f"{NS}labl")] == ["Daily", "يوميا"]
    notes = {one.text for one in visit.iter(f"{NS}notes")}
    assert {"How often do you visit?", "Revision 2 words it otherwise (en)"} <= notes
    reach = told["stars"].find(f"{NS}valrng/{NS}range")
    assert reach is not None and (reach.get("min"), reach.get("max")) == ("1", "7")


# -- downloads -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_download_with_the_choices_of_an_export(
    owner: Any, town: Survey, kind: str
) -> None:
    """A codebook of other columns than the file has is no help."""
    build.respond(town, wish="x", visit="often", name="Ada")
    client = build.confirmed(owner)
    address = f"/staff/town/codebook.{kind}"

    answer = client.get(address, {"with": "personal", "only": ["name", "visit"]})

    asked = build.table(town, choices="with=personal&only=name&only=visit")
    assert answer.content == KINDS[kind].written(described(asked))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="town-codebook.{kind}"'
    assert answer.headers["Content-Type"] == KINDS[kind].mime
    quick = client.get(address, {"counts": "no"}).content
    assert quick == KINDS[kind].written(described(build.table(town), counts=False))
    assert client.get("/staff/town/codebook.pdf").status_code == 404


def test_nobody_waits_for_counts_of_very_many_who_did_not_ask_for_them(
    owner: Any, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that takes minutes is one that a proxy ends."""
    build.respond(town, wish="x")
    client = build.signed_in(owner)

    def responses(**asked: str) -> int | None:
        found: int | None = client.get("/staff/town/codebook.json", asked).json()["responses"]
        return found

    assert (responses(), responses(counts="yes"), responses(counts="no")) == (1, 1, None)
    monkeypatch.setattr(codebooks, "QUICKLY", 0)
    assert (responses(), responses(counts="yes")) == (None, 1)


def test_who_may_not_see_personal_answers_is_not_told_of_their_columns(town: Survey) -> None:
    """As with the export itself."""
    exporter = build.member(town, 30, name="exporter", may_export=True)
    client = build.signed_in(exporter)

    assert client.get("/staff/town/codebook.csv", {"with": "personal"}).status_code == 404
    assert b"Your name" not in client.get("/staff/town/codebook.csv").content
