"""What a file may tell of a response besides its answers: when it came, from where, how long."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from feedback.questionnaire.cells import Wrong
from feedback.questionnaire.codebook import unguarded


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


OWN_CELLS: Mapping[str, Callable[[str], Any]] = {
    "received_at": received_at,
    "language": language,
    "source": source,
    "seconds": seconds,
}
