"""Text in pictures: escaped, cut to its room, and in its own direction.

Only pictures cut a text; the table beside each has all of it.
"""

import re
import unicodedata
from functools import lru_cache
from html import escape

# Installed somewhere on nearly every system; the last is any of its sans serif.
FONTS = (
    "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, 'Liberation Sans', "
    "'DejaVu Sans', sans-serif"
)
ELLIPSIS = "…"
# What XML cannot hold, and marks that would turn the text around that of a label.
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
EAST = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"  # lines end anywhere
RIGHT_TO_LEFT = ("R", "AL", "AN")


def plain(text: str) -> str:
    """A text on one line, without what XML or the line could not hold."""
    return " ".join(UNFIT.sub(" ", text).split())


def written(text: str) -> str:
    """A text as markup, words from right to left kept together in their own direction."""
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in text):
        text = f"\u2068{text}\u2069"
    return escape(text)


@lru_cache(maxsize=4096)
def breadth(sign: str) -> float:
    """About how wide a character is, in em; rather too wide than too narrow."""
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF" or ord(sign) > 0xFFFF:
        return 1.05
    if sign in " .,:;'|!iljıíì()[]":
        return 0.38
    if sign in "mwMW@%—…&":
        return 0.96
    return 0.74 if sign.isupper() else 0.62


def width_of(text: str, *, size: float) -> float:
    """About how wide a text is, in units of the picture."""
    return size * sum(map(breadth, text))


def fitted(text: str, *, width: float, size: float, lines: int = 1) -> list[str]:
    """A text in at most so many lines, its end cut with an ellipsis where it is longer."""
    left = pieces(plain(text))
    done: list[str] = []
    while left and len(done) < lines:
        line = ""
        while left and width_of((line + left[0]).strip(), size=size) <= width:
            line += left.pop(0)
        if not line.strip() and left:  # one word is longer than the line
            head = cut(left[0], width=width, size=size)
            line, left[0] = head, left[0][len(head) :]
        done.append(line.strip())
    if rest := "".join(left).strip():
        joint = " " if left[0][:1].isspace() else ""
        room = width - width_of(ELLIPSIS, size=size)
        done[-1] = cut(f"{done[-1]}{joint}{rest}", width=room, size=size).rstrip() + ELLIPSIS
    return done


def pieces(text: str) -> list[str]:
    """Where a line may end: after a space, and around each character of Chinese or Japanese."""
    return re.findall(rf"\s*[{EAST}]|\s*[^\s{EAST}]+", text)


def cut(text: str, *, width: float, size: float) -> str:
    """As much of a text as there is room for, one character at least."""
    taken = 0.0
    for end, sign in enumerate(text):
        taken += size * breadth(sign)
        if taken > width:
            return text[: max(end, 1)]
    return text
