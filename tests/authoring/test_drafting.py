"""Drafts of small made-up files in each tool's layout, and the rows that they take."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.authoring.drafting.draft import Draft, draft
from feedback.authoring.drafting.language import language_of
from feedback.authoring.drafting.written import written
from feedback.authoring.publish import publish
from feedback.models import Response
from feedback.questionnaire.answers import Cleaned
from feedback.questionnaire.cells import present, take_up
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.foreign import reader_of
from feedback.questionnaire.readers import document
from feedback.questionnaire.readers.records import BadFile, records, shape_of
from feedback.responses.importing import import_from

Rows = list[list[str]]


def table(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def read(text: str) -> Questionnaire:
    questionnaire, problems = document.read(text)
    assert questionnaire is not None, [str(problem) for problem in problems]
    return questionnaire


def drafted(content: bytes) -> tuple[Draft, str, Questionnaire]:
    found = draft(BytesIO(content))
    text = written(found, slug="moved", title="Moved", language=language_of(found))
    return found, text, read(text)


def rows_in(content: bytes, questionnaire: Questionnaire) -> list[tuple[dict[str, str], Any]]:
    """The response's own cells and the answers of each row, as an import would have them."""
    raw = BytesIO(content)
    told = [cells for _line, cells in records(raw, shape_of(raw))]
    assert questionnaire.imported_from is not None
    count = questionnaire.imported_from.header_rows
    reader = reader_of(questionnaire, told[:count])
    asked = present(questionnaire.questions, reader.header)
    found = []
    for row in told[count:]:
        cells, wrong = reader.cells(row)
        assert not wrong
        cleaned = Cleaned()
        for one in asked:
            take_up(cleaned, one, cells)
        found.append((cells, cleaned.answers | cleaned.identity))
    return found


def types(questionnaire: Questionnaire) -> dict[str, str]:
    return {item.key: item.type for item in questionnaire.items}


GOOGLE: Rows = [
    ["Timestamp", "Email Address", "How clean is the park?", "What do you use?",
     "The paths [By day]", "The paths [At night]", "In which country do you live?",
     "How likely are you to recommend us?", "When did you move in?", "Why?"],
    ["2024/03/21 12:05:19 PM AST", "ada@example.org", "4", "Benches, Paths (all, even steep ones)",
     "Good", "Bad", "Norway", "10", "3/21/2019", "Because of the trees, and\nthe pond."],
    ["2024/03/21 1:05:19 PM AST", "bob@example.org", "2", "Benches, Pond", "Good", "Good", "USA",
     "7", "12/1/2020", "The quiet"],
    ["2024/04/01 7:00:00 AM AST", "", "5", "Paths (all, even steep ones), Pond", "Bad", "", "Japan",
     "0", "", ""],
    ["2024/04/02 7:00:00 AM AST", "", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def test_google_forms() -> None:
    """Joined ticks with commas inside options, a grid in brackets, times with a zone's letters."""
    found, _text, questionnaire = drafted(table(GOOGLE))

    assert found.layout.tool == "Google Forms"
    assert types(questionnaire) == {
        "email_address": "email",
        "clean_park": "rating",
        "use": "multiple_choice",
        "paths": "grid",
        "country_live": "country",
        "likely_recommend_us": "nps",
        "when_move": "date",
        "why": "long_text",
    }
    assert questionnaire.by_key["email_address"].personal
    rows = rows_in(table(GOOGLE), questionnaire)
    assert rows[0][0]["received_at"] == "2024-03-21T16:05:19+00:00"
    assert rows[0][1] == {
        "email_address": "ada@example.org",
        "clean_park": 4,
        "use": ["Benches", "paths_all_even_steep_ones"],
        "paths": ["by_day", "at_night"],
        "paths__by_day": "Good",
        "paths__at_night": "Bad",
        "country_live": "NO",
        "likely_recommend_us": 10,
        "when_move": "2019-03-21",
        "why": "Because of the trees, and\nthe pond.",
    }
    assert rows[1][1]["country_live"] == "US"
    assert rows[3][1]["use"] is None


MONKEY: Rows = [
    ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address",
     "First Name", "Last Name", "Custom Data 1", "Do you own a bicycle?", "Which do you use?", "",
     "", "How good are they?", "", "Anything else?"],
    ["", "", "", "", "", "", "", "", "", "Response", "Bus", "Train", "Other (please specify)",
     "Paths", "Benches", "Open-Ended Response"],
    ["1001", "77", "2024-01-31 10:00:00", "2024-01-31 10:04:00", "203.0.113.9", "", "Ada", "Berg",
     "", "Yes", "Bus", "", "", "Good", "Bad", "No"],
    ["1002", "77", "2024-02-01 10:00:00", "2024-02-01 10:04:00", "203.0.113.9", "", "Bob", "Dahl",
     "", "No", "Bus", "Train", "A boat", "Good", "Good", "More trees, please: there are too few"],
    ["1003", "77", "2024-02-02 10:00:00", "2024-02-02 10:04:00", "203.0.113.9", "", "", "",
     "", "No", "", "", "", "Bad", "", ""],
]  # fmt: skip


def test_survey_monkey() -> None:
    """Two header rows; options as columns; addresses and numbers of its own stay out."""
    found, text, questionnaire = drafted(table(MONKEY))

    assert (found.layout.tool, found.layout.header_rows) == ("SurveyMonkey", 2)
    assert types(questionnaire) == {
        "first_name": "short_text",
        "last_name": "short_text",
        "own_bicycle": "yes_no",
        "use": "multiple_choice",
        "good_they": "grid",
        "anything_else": "short_text",
    }
    assert questionnaire.by_key["first_name"].personal
    assert "203.0.113.9" not in text
    _cells, answers = rows_in(table(MONKEY), questionnaire)[1]
    assert answers["use"] == ["Bus", "Train", "other"]
    assert answers["use__other"] == "A boat"
    assert answers["own_bicycle"] is False
    assert answers["good_they__Benches"] == "Good"
    assert rows_in(table(MONKEY), questionnaire)[0][0]["received_at"].startswith("2024-01-31T10:04")


LIME_CODES: Rows = [
    ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr",
     "refurl", "Q1", "Q1[other]", "Q2[SQ001]", "Q2[SQ002]", "Q2[other]", "Q3[SQ001]", "Q3[SQ002]",
     "Q4", "interviewtime"],
    ["1", "2024-05-01 12:00:00", "3", "de", "9", "2024-05-01 11:58:00", "2024-05-01 12:00:00",
     "203.0.113.9", "https://example.org/", "A1", "", "Y", "", "", "A1", "A2", "3.5", "61.27"],
    ["2", "2024-05-02 12:00:00", "3", "de", "9", "2024-05-01 11:58:00", "2024-05-02 12:00:00",
     "203.0.113.9", "", "-oth-", "A tram", "Y", "Y", "Knees", "A2", "A2", "12", "71"],
    ["3", "", "1", "en", "9", "2024-05-01 11:58:00", "2024-05-03 12:00:00",
     "203.0.113.9", "", "A1", "", "", "Y", "", "A1", "", "", ""],
]  # fmt: skip


def test_lime_survey_with_codes() -> None:
    """Subquestions in brackets, "-oth-" and its text, times, seconds and language of its own."""
    found, _text, questionnaire = drafted(table(LIME_CODES, delimiter=";"))

    assert found.layout.tool == "LimeSurvey"
    assert types(questionnaire) == {
        "q1": "single_choice", "q2": "multiple_choice", "q3": "grid", "q4": "number",
    }  # fmt: skip
    rows = rows_in(table(LIME_CODES, delimiter=";"), questionnaire)
    assert rows[1][1] == {
        "q1": "other", "q1__other": "A tram", "q2": ["SQ001", "SQ002", "other"],
        "q2__other": "Knees", "q3": ["SQ001", "SQ002"], "q3__SQ001": "A2", "q3__SQ002": "A2",
        "q4": 12,
    }  # fmt: skip
    assert rows[0][0] | {"language": "de", "seconds": "61"} == rows[0][0]
    assert rows[2][0]["received_at"].startswith("2024-05-03T12:00")


@pytest.mark.parametrize(
    "header",
    [
        ["Response ID", "Date submitted", "Last page", "Start language", "How do you travel?",
         "Which tools? [Saw]", "Which tools? [Axe]"],
        ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page",
         "startlanguage. Start language", "G1Q1. How do you travel?",
         "G1Q2[SQ1]. Which tools? [Saw]", "G1Q2[SQ2]. Which tools? [Axe]"],
    ],
    ids=["texts", "codes and texts"],
)  # fmt: skip
def test_lime_survey_with_texts(header: list[str]) -> None:
    """Questions read as their texts, with the codes in front or without."""
    rows = [
        header,
        ["1", "2024-05-01 12:00:00", "3", "en", "By bus", "Yes", "No"],
        ["2", "2024-05-01 12:00:00", "3", "en", "By bus", "No", "Yes"],
        ["3", "2024-05-02 12:00:00", "3", "en", "On foot", "Yes", "Yes"],
        ["4", "2024-05-02 12:00:00", "3", "en", "On foot", "N/A", "N/A"],
    ]
    _found, _text, questionnaire = drafted(table(rows))

    travel, tools = questionnaire.questions
    assert (travel.text, travel.type) == ("How do you travel?", "single_choice")
    assert (tools.text, tools.type) == ("Which tools?", "multiple_choice")
    assert [answers[tools.key] for _cells, answers in rows_in(table(rows[:4]), questionnaire)] == [
        ["Saw"], ["Axe"], ["Saw", "Axe"],
    ]  # fmt: skip


QUALTRICS: Rows = [
    ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished",
     "RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail",
     "ExternalReference", "LocationLatitude", "LocationLongitude", "DistributionChannel",
     "UserLanguage", "Q1", "Q2_1", "Q2_2", "Q2_3", "Q2_3_TEXT", "Q3_1", "Q3_2", "Q4"],
    ["Start Date", "End Date", "Response Type", "IP Address", "Progress", "Duration (in seconds)",
     "Finished", "Recorded Date", "Response ID", "Recipient Last Name", "Recipient First Name",
     "Recipient Email", "External Data Reference", "Location Latitude", "Location Longitude",
     "Distribution Channel", "User Language", "How do you travel?",
     "Which tools? - Selected Choice - Saw", "Which tools? - Selected Choice - Axe",
     "Which tools? - Selected Choice - Other", "Which tools? - Other - Text", "How good? - Paths",
     "How good? - Benches", "Rate us on a scale of 1 to 5"],
    ['{"ImportId":"startDate","timeZone":"America/Denver"}', *['{"ImportId":"x"}'] * 24],
    ["2024-01-31 10:00:00", "2024-01-31 10:01:00", "IP Address", "203.0.113.9", "100", "60",
     "True", "2024-01-31 10:01:01", "R_1", "", "", "", "", "47.1", "8.5", "anonymous", "EN",
     "By bus", "Saw", "", "Other", "A file", "Good", "Bad", "3"],
    ["2024-01-31 10:00:00", "2024-01-31 10:01:00", "IP Address", "203.0.113.9", "100", "60",
     "True", "2024-02-01 10:01:01", "R_2", "", "", "", "", "47.1", "8.5", "anonymous", "EN",
     "By bus", "Saw", "Axe", "", "", "Good", "Good", "5"],
]  # fmt: skip


def test_qualtrics() -> None:
    """Three header rows, a zone of times, options as columns with a text of other."""
    found, _text, questionnaire = drafted(table(QUALTRICS))

    assert (found.layout.tool, found.layout.header_rows) == ("Qualtrics", 3)
    assert types(questionnaire) == {
        "q1": "single_choice", "q2": "multiple_choice", "q3": "grid", "q4": "rating",
    }  # fmt: skip
    cells, answers = rows_in(table(QUALTRICS), questionnaire)[0]
    assert cells["received_at"] == "2024-01-31T17:01:01+00:00"
    assert (cells["language"], cells["seconds"], cells["source"]) == ("en", "60", "anonymous")
    assert answers["q2"] == ["Saw", "other"]
    assert answers["q2__other"] == "A file"
    assert questionnaire.by_key["q3"].text == "How good?"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_table_is_understood_however_it_is_written_down(
    encoding: str, delimiter: str
) -> None:
    """Spreadsheets of every country save their own way."""
    rows = [["Straße", "Größe, ungefähr"], ["Gässchen; hinten", "1,5"], ["Allee, vorn", "2,25"]]
    found, text, questionnaire = drafted(table(rows, delimiter=delimiter, encoding=encoding))

    assert [item.text for item in questionnaire.items] == rows[0]
    assert [item.type for item in questionnaire.items] == ["short_text", "number"]
    assert str(found.shape) in text.splitlines()[0]
    content = table(rows, delimiter=delimiter, encoding=encoding)
    assert [list(a.values()) for _c, a in rows_in(content, questionnaire)] == [
        ["Gässchen; hinten", 1.5], ["Allee, vorn", 2.25],
    ]  # fmt: skip


def test_microsoft_forms() -> None:
    """Numbers of rows are left out; options end with the sign that stands between them."""
    rows = [
        ["ID", "Start time", "Completion time", "Email", "Name", "Which tools?"],
        ["1", "1/31/24 9:58:00", "1/31/24 10:00:00", "anonymous", "", "Saw;Axe;"],
        ["2", "1/31/24 9:58:00", "2/1/24 10:00:00", "anonymous", "", "Axe;"],
        ["3", "1/31/24 9:58:00", "2/2/24 10:00:00", "anonymous", "", "File;Saw;"],
    ]
    _found, _text, questionnaire = drafted(table(rows))

    assert types(questionnaire) == {"email": "short_text", "tools": "multiple_choice"}
    told = rows_in(table(rows), questionnaire)
    assert told[1][0]["received_at"].startswith("2024-02-01T10:00")
    assert [answers["tools"] for _cells, answers in told] == [
        ["Axe", "Saw"], ["Axe"], ["Saw", "File"],
    ]  # fmt: skip


def test_a_ranking_in_columns() -> None:
    """Ranks without gaps are one question, not a number for each option."""
    rows = [["Rank_1", "Rank_2", "Rank_3"], ["1", "2", "3"], ["3", "1", "2"], ["2", "1", ""]]
    _found, _text, questionnaire = drafted(table(rows))

    assert [item.type for item in questionnaire.items] == ["ranking"]
    assert [a["rank"] for _c, a in rows_in(table(rows), questionnaire)] == [
        ["1", "2", "3"], ["2", "3", "1"], ["2", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["yes", "no", "yes"], "yes_no"),
        (["Ja", "Nein"], "yes_no"),
        (["https://example.org/a", "http://example.com"], "url"),
        (["09:30", "14:05"], "time"),
        (["2024-01-31", "2023-12-01"], "date"),
        (["31.12.2024", "01.02.2024"], "date"),
        (["a@example.org", "b@example.org"], "email"),
        (["1 (very easy)", "5 (very hard)", "3", "2"], "rating"),
        (["-2", "0", "2", "1"], "opinion_scale"),
        (["17", "1234", "-3"], "number"),
        (["1.5", "2"], "number"),
        (["1,234", "5,678"], "short_text"),
        (["01234", "99999"], "short_text"),
        (["Norway", "South Korea", "UK"], "country"),
        (["Red", "Blue", "Red", "Blue", "Red"], "single_choice"),
        (["a;b", "b;c", "a", "c;a"], "multiple_choice"),
        (["Yes, daily", "Yes, weekly", "No", "Yes, daily", "No", "No"], "single_choice"),
        (["one\ntwo", "three"], "long_text"),
        (["{{ name }}", "so it is"], "short_text"),
    ],
)  # fmt: skip
def test_a_type_is_guessed_from_cells(cells: list[str], kind: str) -> None:
    """Each guess has its sign in the cells; what has none is a text."""
    _found, text, questionnaire = drafted(table([["It"], *([cell] for cell in cells)]))

    assert [item.type for item in questionnaire.items] == [kind]
    assert f"{len(cells)} filled" in text


cell = st.one_of(
    st.text(max_size=30).filter(lambda text: "\0" not in text),
    st.sampled_from(["yes", "no", "1", "2", "5", "NA", "a;b", "b; a", "a, b", "Other", "1 (bad)",
                     "2024-01-31", "31/12/2024", "12:00", "ada@example.org", "http://x.org",
                     "Norway", "'", "=1+1", "[not_shown]", "{{ a }}", " ", "x" * 600]),
)  # fmt: skip
header = st.sampled_from(["It", "It [a]", "It [b]", "Q_1", "Q_2", "Q_3", "Timestamp", "Email", "",
                          "If other please specify", "Name", "Country", "{{ x }}", "submitdate",
                          "id", "Q1[SQ001]", "Q1[other]", "How likely to recommend",
                          "# %"])  # fmt: skip


@given(st.data(), st.integers(1, 6), st.integers(0, 12))
@settings(max_examples=150)
def test_whatever_a_file_holds_would_be_imported(data: Any, width: int, length: int) -> None:
    """A draft that refuses rows of its own file would leave people halfway."""
    first = data.draw(st.lists(header, min_size=width, max_size=width))
    rows = data.draw(
        st.lists(st.lists(cell, min_size=width, max_size=width), min_size=length, max_size=length)
    )
    content = table([first, *rows])
    try:
        found, _text, questionnaire = drafted(content)
    except BadFile:
        return

    assert len(rows_in(content, questionnaire)) >= found.rows


@pytest.mark.django_db
def test_the_rows_of_a_draft_are_stored_once_with_their_times() -> None:
    """No further word is needed: the questionnaire knows what the columns are."""
    _found, _text, questionnaire = drafted(table(GOOGLE))
    survey = publish(questionnaire)[0].survey

    first = import_from(survey, BytesIO(table(GOOGLE)))
    again = import_from(survey, BytesIO(table(GOOGLE)))

    assert (first.stored, again.stored, again.there_already) == (4, 0, 4)
    row = Response.objects.order_by("id")[0]
    assert row.received_at.isoformat() == "2024-03-21T16:05:19+00:00"
    assert row.answers["email_address"] is True


def test_nothing_is_required_and_every_guess_is_told() -> None:
    """People read the draft before they publish it, and mend what is wrong."""
    found, text, questionnaire = drafted(table(GOOGLE))

    assert not any(item.required for item in questionnaire.items)
    assert text.count("      # ") == len(found.questions)


@pytest.mark.parametrize("content", [b"", b"\n\n", b'a,b\n"x', b"a\n\0\n"])
def test_what_is_no_table_is_told(content: bytes) -> None:
    """An upload may be anything."""
    with pytest.raises(BadFile, match="line"):
        draft(BytesIO(content))


def test_a_workbook_is_told_apart_from_a_table() -> None:
    """The likeliest mistake of all; a NUL character in line 1 would help nobody."""
    with pytest.raises(BadFile, match="Save its sheet as CSV"):
        draft(BytesIO(b"PK\x03\x04" + bytes(200)))
