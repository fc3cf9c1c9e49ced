"""Real answers of other surveys, where the folder with them is there."""

import csv
import re
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.questionnaires.data import FOLDER

SURVEYS = FOLDER / "surveys"
LABELLED = FOLDER / "labelled"
AWAY = f"there is no {SURVEYS}; SOUNDINGS_TEST_DATA names one"
MODELS_ASKED = "stackoverflow_2025_a500.csv"


def columns(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Each column's header and its answers that say something."""
    tabs = file.suffix == ".tsv"
    text = StringIO(file.read_text(encoding="utf-8-sig"), newline="")
    plain = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(text)
    usual = csv.field_size_limit(sys.maxsize)  # of the whole process, so it is put back
    try:
        header, *rows = plain
    finally:
        csv.field_size_limit(usual)
    for at, name in enumerate(header):
        cells = [row[at].strip() for row in rows if len(row) > at]
        yield name, [cell for cell in cells if cell not in ("", "NA", "N/A", "n/a")]


def open_answers() -> list[str]:
    """Answers of the columns that people wrote into: long, and seldom the same."""
    answers: list[str] = []
    for file in sorted(SURVEYS.glob("*.[ct]sv")):
        if "stackoverflow" in file.name:
            continue
        for _name, cells in columns(file):
            long = sum(map(len, cells)) > 24 * len(cells)
            if len(cells) > 40 and long and len(set(cells)) > len(cells) / 2 and not ticked(cells):
                answers += cells
    return answers


def ticked(cells: list[str]) -> bool:
    """Whether these are options of a closed question, several in a cell."""
    parts = [part.strip() for cell in cells for part in re.split("[,;]", cell)]
    return len(parts) > 2 * len(cells) and len(set(parts)) < len(parts) / 2


def entries() -> list[str]:
    """What people wrote in beside a list of models."""
    file = SURVEYS / MODELS_ASKED
    written = [cells for name, cells in columns(file) if name.startswith("AIModels")]
    names = [name for name, _ in columns(file) if name.startswith("AIModels")]
    return [
        cell
        for name, cells in zip(names, written, strict=True)
        if name.endswith("Entry")
        for cell in cells
    ]


THERE = SURVEYS.is_dir()
ORGANIC = open_answers() if THERE else []
ENTRIES = entries() if THERE else []
there = pytest.mark.skipif(not THERE, reason=AWAY)
