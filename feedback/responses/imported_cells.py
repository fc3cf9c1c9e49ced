"""The cells of a response's own columns in an imported file, as values."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from feedback.models import Reason, Status
from feedback.questionnaire.cells import BETWEEN, Wrong
from feedback.questionnaire.codebook import guarded
from feedback.questionnaire.own_cells import OWN_CELLS

STATUSES = {status.name.lower(): status for status in Status}
# An export has them, an import gives its own.
IGNORED = ("response", "revision", "tags", "assignee", "notes", "edits", "edited_at", "paradata")
WITHDRAWN = "withdrawn_at"  # filled where a response is gone, and nothing else is


def status(cell: str) -> Status:
    if cell not in STATUSES:
        message = _("“%(cell)s” is no status. Use one of %(known)s, or nothing.")
        raise Wrong(message % {"cell": cell[:60], "known": ", ".join(STATUSES)})
    return STATUSES[cell]


def reasons(cell: str) -> list[str]:
    given = [code.strip() for code in cell.split("|")]
    if unknown := [code for code in given if code not in Reason.values]:
        message = _("“%(cell)s” is no reason of screening. Use %(known)s, joined by |, or nothing.")
        raise Wrong(message % {"cell": unknown[0][:60], "known": ", ".join(Reason.values)})
    return list(dict.fromkeys(given))


# How each column of the response itself is read where its cell is not empty.
OWN: Mapping[str, Callable[[str], Any]] = {
    **OWN_CELLS,
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
    raise Wrong(_("“%(cell)s” is no %(name)s.") % {"cell": str(value)[:60], "name": name})
