"""Real questionnaires that lie beside the project and are no part of it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("SOUNDINGS_TEST_DATA") or ROOT.parent / "shared" / "data")


def text_of(path: str) -> str:
    """The text of one file of the folder; the test is skipped where there is none."""
    file = FOLDER / path
    if not file.is_file():
        pytest.skip(f"there is no {file}; SOUNDINGS_TEST_DATA names the folder of such files")
    return file.read_text(encoding="utf-8")
