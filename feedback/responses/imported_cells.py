"""Cells of an imported file as values: the guard taken off, the response's own columns read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from feedback.models import Reason, Status
from feedback.questionnaire.cells import BETWEEN, Wrong
from feedback.questionnaire.codebook import guarded, unguarded

STATUSES = {status.name.lower(): status for status in Status}
# An export has them, an import gives its own.
IGNORED = ("response", "revision", "tags", "assignee", "notes", "edits", "edited_at", "paradata")
WITHDRAWN = "withdrawn_at"  # filled where a response is gone, and nothing else is


def received_at(cell: str) -> datetime:
    """A time in ISO 8601; UTC where it names no offset."""
    try:
        moment = datetime.fromisoformat(cell)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Wrong(f"“{cell[:60]}” is no time. Write it like 2026-05-31T14:05:00Z.") from error
    if moment > datetime.now(tz=UTC):
        raise Wrong(f"“{cell}” is in the future.")
    return moment


def language(cell: str) -> str:
    letters = cell.replace("-", "")
    if len(cell) > 35 or not (letters.isascii() and letters.isalnum()):
        raise Wrong(f"“{cell[:60]}” is no language. Write a code such as en or pt-br.")
    return cell


def source(cell: str) -> str:
    text = unguarded(cell)
    if len(text) > 100:
        raise Wrong(f"{len(text)} characters; at most 100 are possible. Shorten it.")
    return text


def seconds(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
        raise Wrong(f"“{cell[:60]}” is no number of seconds. Write digits only, or nothing.")
    return int(cell)


def status(cell: str) -> Status:
    if cell not in STATUSES:
        raise Wrong(f"“{cell[:60]}” is no status. Use one of {', '.join(STATUSES)}, or nothing.")
    return STATUSES[cell]


def reasons(cell: str) -> list[str]:
    given = [code.strip() for code in cell.split("|")]
    if unknown := [code for code in given if code not in Reason.values]:
        raise Wrong(
            f"“{unknown[0][:60]}” is no reason of screening. "
            f"Use {', '.join(Reason.values)}, joined by |, or nothing."
        )
    return list(dict.fromkeys(given))


# How each column of the response itself is read where its cell is not empty.
OWN: Mapping[str, Callable[[str], Any]] = {
    "received_at": received_at,
    "language": language,
    "source": source,
    "seconds": seconds,
    "status": status,
    "reasons": reasons,
}


def as_cell(name: str, value: object) -> str:
    """A value of JSON as the cell that a table would have for it."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return BETWEEN.join(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return guarded(value) if name == "source" else value
    raise Wrong(f"“{str(value)[:60]}” is no {name}.")
