"""What a file may tell of a response besides its answers: when it came, from where, how long."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from feedback.questionnaire.cells import Wrong
from feedback.questionnaire.codebook import unguarded


def received_at(cell: str) -> datetime:
    """A time in ISO 8601; UTC where it names no offset."""
    try:
        moment = datetime.fromisoformat(cell)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = _("“%(cell)s” is no time. Write it like 2026-05-31T14:05:00Z.")
        raise Wrong(message % {"cell": cell[:60]}) from error
    if moment > datetime.now(tz=UTC):
        raise Wrong(_("“%(cell)s” is in the future.") % {"cell": cell})
    return moment


def language(cell: str) -> str:
    letters = cell.replace("-", "")
    if len(cell) > 35 or not (letters.isascii() and letters.isalnum()):
        message = _("“%(cell)s” is no language. Write a code such as en or pt-br.")
        raise Wrong(message % {"cell": cell[:60]})
    return cell


def source(cell: str) -> str:
    text = unguarded(cell)
    if len(text) > 100:
        message = _("%(n)d characters; at most 100 are possible. Shorten it.")
        raise Wrong(message % {"n": len(text)})
    return text


def seconds(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
        message = _("“%(cell)s” is no number of seconds. Write digits only, or nothing.")
        raise Wrong(message % {"cell": cell[:60]})
    return int(cell)


OWN_CELLS: Mapping[str, Callable[[str], Any]] = {
    "received_at": received_at,
    "language": language,
    "source": source,
    "seconds": seconds,
}
