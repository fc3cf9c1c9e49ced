"""Hits of a search in a page: ``{{ text|hits:searched }}``.

Put it where text that people typed is isolated, as in ``<bdi>``: it may be of any
direction, and an excerpt may have lost the end of an embedding.
"""

from html import escape

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from feedback.responses.highlighting import Segments, highlighted

register = template.Library()


def marked(segments: Segments) -> SafeString:
    """Segments as HTML, each hit in a ``<mark>``; whatever stands in them is escaped."""
    pieces = ((escape(piece), is_hit) for piece, is_hit in segments)
    return SafeString("".join(f"<mark>{p}</mark>" if is_hit else p for p, is_hit in pieces))


@register.filter
def hits(text: object, words: str) -> SafeString:
    """The whole text with the hits of a search in it, its lines as lines."""
    lines = str(text).split("\n")
    return format_html_join(
        SafeString("<br>"), "{}", ((marked(highlighted(line, words)),) for line in lines)
    )
