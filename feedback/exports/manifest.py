"""What a finished file must be, so that anyone can tell whether theirs is the whole of it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.utils import timezone

from feedback.exports.format import Format
from feedback.exports.table import Table
from feedback.models import Revision

ENDING = ".manifest.json"  # of the manifest beside a file


class NotWhole(Exception):
    """A file is not what its manifest says; the message says in what."""


def manifest(table: Table, kind: Format, path: Path, *, rows: int, at: datetime) -> dict[str, Any]:
    """The manifest of a finished file.

    Args:
        rows: of responses and tombstones together.
        at: when its rows were read.
    """
    revisions = Revision.objects.filter(pk__in=table.revisions).order_by("number")
    return {
        "file": path.name,
        "format": kind.name,
        "survey": table.survey.slug,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": sha256(path),
        "selection": table.selection.to_json(),
        "choices": dict_of(table.choices.pairs()),
        "columns": [one.name for one in table.variables],
        "questionnaires": [
            {
                "revision": one.number,
                "sha256": one.digest,
                "published": one.published_at.isoformat(),
            }
            for one in revisions
        ],
        "read_at": at.isoformat(),
        "finished_at": timezone.now().isoformat(),
        "software": f"soundings {software()}",
    }


def dict_of(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def software() -> str:
    """The version that runs; that of a checkout is told by its pyproject."""
    try:
        return version("soundings")
    except PackageNotFoundError:
        return "unreleased"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def written_beside(path: Path, told: Mapping[str, Any]) -> Path:
    """Write a manifest beside its file. Returns where."""
    place = path.with_name(path.name + ENDING)
    place.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    return place


def verify(path: Path, told: Mapping[str, Any]) -> None:
    """Compare a file with its manifest.

    Raises:
        NotWhole: it is shorter, longer or another.
    """
    if not path.exists():
        raise NotWhole(f"{path} is not there.")
    size = path.stat().st_size
    if size != told["bytes"]:
        missing = "cut short" if size < told["bytes"] else "something was added"
        raise NotWhole(f"{path.name} has {size:,} bytes, not {told['bytes']:,}: {missing}.")
    if (found := sha256(path)) != told["sha256"]:
        raise NotWhole(f"{path.name} has SHA-256 {found}, not {told['sha256']}: it was altered.")
