"""What cannot be seen in a text, made visible: for whoever wonders whether it is what it seems.

A text may hold characters that turn the direction of what follows, have no width, or look
like a space and are none. Pages isolate every answer, so nothing spills out of it; whether
something is in it is told beside it, and the address asks for each to be shown.
"""

import re
import unicodedata
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

REVEAL = "reveal"
register = template.Library()

# Printable to Python, and yet nothing to see.
BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
BLANK |= {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
# What careful typing and whole scripts need: shown when asked for, but no reason to ask.
ORDINARY = set("\t\n\r\u00a0\u00ad\u200c\u200d\u202f\u3000\ufe0f")


def unseen(char: str) -> bool:
    """Controls, formats, separators but the space, unassigned and private characters."""
    return not char.isprintable() or ord(char) in BLANK


@register.filter
def hides(text: Any) -> bool:
    """Whether there is anything in a text that a reader should know of and cannot see."""
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return False
    return any(unseen(char) and char not in ORDINARY for char in plain)


@register.filter
def revealed(text: Any) -> SafeString:
    """The text with a labelled mark in place of each character that cannot be seen."""
    lines = re.split(r"\r\n|\r|\n", str(text))
    return format_html_join(SafeString("<br>"), "{}", ((marked(line),) for line in lines))


def marked(line: str) -> SafeString:
    return format_html_join("", "{}", ((mark(c) if unseen(c) else c,) for c in line))


def mark(char: str) -> SafeString:
    name = unicodedata.name(char, "").lower() or "without a name"
    return format_html('<span class="revealed" dir="ltr">U+{} {}</span>', f"{ord(char):04X}", name)


def revealing(request: HttpRequest, *, at: str) -> dict[str, Any]:
    """What ``parts/reading.html`` needs: whether to reveal, and the address of the other way.

    Args:
        at: the page, without its query.
    """
    asked = request.GET.get(REVEAL) == "1"
    kept = [
        (name, value) for name, values in request.GET.lists() if name != REVEAL for value in values
    ]
    query = urlencode(kept if asked else [*kept, (REVEAL, "1")])
    return {"reveal": asked, "reveal_to": f"{at}?{query}" if query else at}
