"""What every codebook says alike: columns of the response itself, missing codes, the guard."""

from django.utils.translation import gettext_lazy as _lazy

from feedback.question_types.base import WAYS
from feedback.question_types.columns import Message

# What an export writes instead of an answer. A text that reads the same gets a guard.
BLANK, NOT_SHOWN = "", "[not_shown]"
DECLINED_CODES = {f"[{way}]": way for way in WAYS}
MISSING_CODES = (BLANK, NOT_SHOWN, *DECLINED_CODES)
# A text cell that a spreadsheet would run gets one leading apostrophe, and so does one
# that begins with an apostrophe or reads like a missing code: whoever strips exactly one
# has the text as it was typed. Spreadsheets take the full-width signs for signs too.
GUARD = "'"
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠" + GUARD


RESPONSE_COLUMNS: dict[str, tuple[str, Message]] = {
    "response": ("integer", _lazy("Number of the response")),
    "received_at": ("moment", _lazy("When it was stored")),
    "withdrawn_at": ("moment", _lazy("When it was withdrawn or deleted; nothing else is left")),
    "revision": ("integer", _lazy("Revision of the questionnaire that was answered")),
    "language": ("code", _lazy("Language it was answered in")),
    "source": ("text", _lazy("Where the respondent came from: ?source= of the form’s address")),
    "seconds": ("integer", _lazy("From the form’s delivery to its arrival")),
    "status": ("code", _lazy("How far the staff have come with it")),
    "tags": ("text", _lazy("Tags that staff put on it, joined by |")),
    "reasons": ("code", _lazy("Why screening flagged it, joined by |; empty: it did not")),
    "assignee": ("text", _lazy("Who of the staff sees to it")),
    "notes": ("text", _lazy("What staff noted on it, each note after its author")),
    "edits": ("integer", _lazy("How often the respondent changed it")),
    "edited_at": ("moment", _lazy("When the respondent changed it last")),
    "paradata": ("text", _lazy("How it came about, as JSON, such as orders of options shown")),
}


def guarded(text: str) -> str:
    """A text as the cell of an export."""
    risky = text[:1] in FORMULA_STARTS or text in MISSING_CODES
    return GUARD + text if text and risky else text


def unguarded(cell: str) -> str:
    """The text of a cell; an apostrophe that ``guarded`` did not put there stays."""
    text = cell.removeprefix(GUARD)
    return text if guarded(text) == cell else cell
