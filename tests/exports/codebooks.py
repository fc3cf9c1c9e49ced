"""Codebooks in tests: described, written, and read back as their readers would."""

import csv
import io
import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree

from feedback.exports.codebook import KINDS, described
from feedback.models import Survey
from feedback.questionnaire.codebook import MISSING_CODES, guarded
from tests import build

NS = "{ddi:codebook:2_5}"
FIRST = [
    {
        "key": "visit",
        "type": "single_choice",
        "text": "How often do you visit?",
        "choices": [{"code": "often", "text": "Often"}, {"code": "never", "text": "Never"}],
    },
    {"key": "stars", "type": "rating", "text": "How good is it?"},
]
SECOND = [
    {"key": "dog", "type": "yes_no", "text": {"en": "Do you have a dog?", "ar": "هل لديك كلب؟"}},
    {
        "key": "visit",
        "type": "single_choice",
        "text": {"en": "How often do you come?", "ar": "كم مرة تأتي؟"},
        "choices": [
            {"code": "often", "text": {"en": "Often", "ar": "كثيرا"}},
            {"code": "daily", "text": {"en": "Daily", "ar": "يوميا"}, "show_if": "dog"},
        ],
        "required": True,
    },
    {
        "key": "stars",
        "type": "rating",
        "text": {"en": "How good is it?", "ar": "ما مدى جودته؟"},
        "highest": 7,
        "show_if": "dog",
    },
]


def written(survey: Survey, kind: str, *, choices: str = "", query: str = "") -> bytes:
    return KINDS[kind].written(described(build.table(survey, query, choices)))


def as_csv(survey: Survey, **asked: str) -> list[dict[str, str]]:
    return table(written(survey, "csv", **asked))


def as_json(survey: Survey, **asked: str) -> dict[str, dict[str, Any]]:
    """The variables by name."""
    whole = json.loads(written(survey, "json", **asked))
    return {one["name"]: one for one in whole["variables"]}


def as_xml(survey: Survey, **asked: str) -> ElementTree.Element:
    return ElementTree.fromstring(written(survey, "xml", **asked))


def as_markdown(survey: Survey, **asked: str) -> str:
    return written(survey, "md", **asked).decode()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def header(content: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def agrees(survey: Survey, choices: str) -> None:
    """Every column has its entry in its place, and each count is that of the file's cells."""
    content, described = build.exported(survey, choices=choices), as_json(survey, choices=choices)
    rows = table(content)

    assert header(content) == list(described)
    for name, told in described.items():
        cells = Counter(row[name] for row in rows)
        missing = {one["code"]: one["count"] for one in told["missing"]}
        assert missing == {code: cells[code] for code in missing}, name
        assert told["answered"] == len(rows) - sum(missing.values()), name
        assert all(one["label"] for one in told["codes"]), name
        if not told["codes"] or told["personal"]:
            continue
        held = Counter({cell: n for cell, n in cells.items() if cell not in MISSING_CODES})
        if told["several_codes_in_a_cell"]:
            held = Counter(code for cell in held.elements() for code in cell.split(" | "))
        spelt = "label" if told["codes_are_written_in_words"] else "code"
        counted: Counter[str] = Counter()
        for one in told["codes"]:
            counted[guarded(one[spelt]) if spelt == "label" else one[spelt]] += one["count"]
        assert +counted == held, name
