"""Exports that are asked for, and what became of them."""

from typing import Any

from feedback.exports import building
from feedback.models import ExportFile, Survey


def asked(survey: Survey, actor: Any, query: str = "", kind: str = "csv") -> ExportFile:
    return building.ask(survey, kind, query, actor=actor, expected=30)


def seen(file: ExportFile) -> ExportFile:
    return ExportFile.objects.select_related("survey").get(pk=file.pk)


def left_behind() -> set[str]:
    return {path.name for path in building.folder().iterdir()}
