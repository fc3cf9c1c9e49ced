"""Whose export a file is, by its first records, and so what each of its columns is about."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedback.authoring.drafting.headings import OTHER, Heading, parted, role_of
from feedback.questionnaire.foreign import headers_of, is_import_id, squeezed
from feedback.questionnaire.zones import zones

Rows = Sequence[Sequence[str]]
MOST_HEADER_ROWS = 3
CODED = re.compile(r"([A-Za-z]\w*)((?:\[[^\]]*\])*)\.\s+(.+)", re.DOTALL)
BARE = re.compile(r"([A-Za-z]\w*)((?:\[[^\]]*\])+)")
LIME = {"submitdate", "startlanguage", "lastpage", "date submitted", "last page", "start language"}
PLAIN_RESPONSE = re.compile(r"(open-ended )?response|antwort|réponse( libre)?|respuesta", re.I)
NUMBERED = re.compile(r"(.+?)(?:_(\d+))?(_TEXT)?")


@dataclass(frozen=True)
class Layout:
    """A file's tool and what its columns are about."""

    tool: str
    header_rows: int
    headings: Sequence[Heading]
    time_zone: str = "UTC"


def layout_of(rows: Rows) -> Layout:
    """The layout of a file by its first ``MOST_HEADER_ROWS`` records."""
    if len(rows) > 2 and is_import_id(rows[2]):
        return qualtrics(rows)
    if len(rows) > 1 and is_survey_monkey(rows):
        return survey_monkey(rows)
    if any(is_of_lime_survey(squeezed(cell)) for cell in rows[0]):
        return lime_survey(rows)
    tool = "Google Forms" if role_of(rows[0][0], of_tool=False) == "received_at" else "a table"
    return plain(rows, tool)


def named(rows: Rows) -> list[Heading]:
    """Each column by its name alone."""
    return [
        Heading(place, header, nth, text=header)
        for place, (header, nth) in enumerate(headers_of(rows))
    ]


def with_role(heading: Heading, told: str, *, of_tool: bool) -> Heading:
    return replace(heading, role=role_of(told, of_tool=of_tool))


def kept_together(headings: Sequence[Heading]) -> list[Heading]:
    """The same, with the parts of questions that have only one column taken off."""
    count = Counter(one.group for one in headings if not one.role and not one.types_other)
    return [
        replace(one, text=one.header, part="", code=one.code)
        if one.part and not one.types_other and count[one.group] < 2
        else one
        for one in headings
    ]


# -- tools -----------------------------------------------------------------------------


def plain(rows: Rows, tool: str) -> Layout:
    """One header row: "question" or "question [row]"; of some tables also "code_1", "code_2"."""
    headings = []
    numbered = Counter(
        told[1] for cell in rows[0] if (told := NUMBERED.fullmatch(cell)) and told[2]
    )
    for one, cell in zip(named(rows[:1]), rows[0], strict=True):
        text, part = parted(one.text)
        found = replace(one, text=text, part=part) if part and text else one
        told = NUMBERED.fullmatch(cell)
        if told and told[2] and numbered[told[1]] > 2 and " " not in cell:
            found = replace(one, text=told[1], code=told[1], part=told[2])
            found = replace(found, types_other=bool(told[3]))
        elif OTHER.match(found.part or found.text):
            found = replace(found, types_other=True)
        headings.append(with_role(found, cell, of_tool=False))
    return Layout(tool, 1, kept_together(headings))


def qualtrics(rows: Rows) -> Layout:
    """Codes, then texts, then how the tool knows each column, with the zone of its times."""
    headings = []
    for one, code, text in zip(named(rows[:2]), rows[0], rows[1], strict=False):
        told = NUMBERED.fullmatch(code)
        stem, number, typed = told.groups() if told else (code, None, None)
        words = squeezed(text).removesuffix(" - Selected Choice").removesuffix(" - Text")
        found = replace(one, text=words, code=stem, part=number or "", types_other=bool(typed))
        headings.append(with_role(found, code, of_tool=True))
    zone = zone_in(rows[2])
    return Layout("Qualtrics", 3, kept_together(with_common_texts(headings)), zone)


def with_common_texts(headings: Sequence[Heading]) -> list[Heading]:
    """Texts "question - row" parted where the columns of one question begin alike."""
    texts: dict[str, list[str]] = {}
    for one in headings:
        if one.part and not one.types_other:
            texts.setdefault(one.code, []).append(one.text)
    stems = {code: common_stem(own) for code, own in texts.items() if len(own) > 1}
    found = []
    for one in headings:
        stem = stems.get(one.code)
        if stem and one.part:
            part = (one.text[len(stem) + 3 :] if one.text.startswith(stem) else "") or one.part
            one = replace(one, text=stem.removesuffix(" - Selected Choice"), part=part)
        found.append(one)
    return found


def common_stem(texts: Sequence[str]) -> str:
    """What all begin with before a " - "; "" for nothing."""
    same = 0
    for signs in zip(*texts, strict=False):
        if len(set(signs)) > 1:
            break
        same += 1
    return texts[0][: max(0, texts[0].rfind(" - ", 0, same))]


def zone_in(row: Sequence[str]) -> str:
    for cell in row:
        try:
            zone = json.loads(cell).get("timeZone")
        except (ValueError, AttributeError):
            continue
        if isinstance(zone, str) and zone in zones():
            return zone
    return "UTC"


def is_survey_monkey(rows: Rows) -> bool:
    """The second row is blank below the tool's own columns and tells parts below questions."""
    first, second = rows[0], rows[1]
    own = [below for cell, below in zip(first, second, strict=False) if role_of(cell, of_tool=True)]
    answers = any(PLAIN_RESPONSE.fullmatch(cell.strip()) for cell in second)
    gaps = any(not cell.strip() and below for cell, below in zip(first, second, strict=False))
    return bool(own) and not any(cell.strip() for cell in own) and (answers or gaps)


def survey_monkey(rows: Rows) -> Layout:
    headings: list[Heading] = []
    text = ""
    for one, cell, below in zip(named(rows[:2]), rows[0], rows[1], strict=False):
        text = squeezed(cell) or text
        part = "" if PLAIN_RESPONSE.fullmatch(below.strip()) else squeezed(below)
        found = replace(one, text=text, part=part, types_other=bool(OTHER.match(part)))
        headings.append(with_role(found, cell, of_tool=True))
    return Layout("SurveyMonkey", 2, as_told_alone(headings))


def as_told_alone(headings: Sequence[Heading]) -> list[Heading]:
    """The same, with the question alone as text where it has just one column."""
    count = Counter(one.group for one in headings if not one.role and not one.types_other)
    return [
        replace(one, part="") if count[one.group] < 2 and not one.types_other else one
        for one in headings
    ]


def lime_survey(rows: Rows) -> Layout:
    """Codes "Q1[SQ001]", texts "question [part]", or both: "Q1[SQ001]. question [part]"."""
    headings = []
    for one, cell in zip(named(rows[:1]), rows[0], strict=True):
        told = cell.strip()
        name = coded[1] if (coded := CODED.fullmatch(told)) and not coded[2] else told
        if coded:
            text, part = parted(squeezed(coded[3])) if coded[2] else (squeezed(coded[3]), "")
            found = replace(one, code=coded[1], text=text or one.text, part=part or inner(coded[2]))
            typed = inner(coded[2])
        elif bare := BARE.fullmatch(told):
            typed = inner(bare[2])
            found = replace(one, code=bare[1], text=bare[1], part=typed)
        else:
            text, part = parted(one.text)
            found, typed = (replace(one, text=text, part=part) if text else one), part
        if typed.casefold().endswith("comment"):
            found = replace(found, code="", text=one.text, part="")
        found = replace(found, types_other=bool(OTHER.match(typed)))
        headings.append(with_role(found, name, of_tool=True))
    return Layout("LimeSurvey", 1, as_told_alone(headings))


def is_of_lime_survey(cell: str) -> bool:
    coded = CODED.fullmatch(cell)
    name = coded[1] if coded else cell
    return name.casefold() in LIME or bool(coded and coded[2]) or bool(BARE.fullmatch(cell))


def inner(brackets: str) -> str:
    """What stands in brackets, several joined."""
    return "_".join(re.findall(r"\[([^\]]*)\]", brackets))
