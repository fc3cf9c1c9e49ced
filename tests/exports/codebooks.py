"""Codebooks in tests: described, written, and read back as their readers would."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

from feedback.exports.codebook import KINDS, described
from feedback.models import Survey
from tests import build

NS = "{ddi:codebook:2_5}"


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
