"""Hits of a search in a page: ``{% load finding %}``, then ``{{ text|hits:selection.words }}``.

Put it where text that people typed is isolated, as in ``<span class="typed" dir="auto">``:
it may be of any direction, and an excerpt may have lost the end of an embedding.
"""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from feedback.responses.search import excerpt_around, highlighted

register = template.Library()
LENGTH = 400  # characters of an excerpt


@register.filter
def marked(segments: list[tuple[str, bool]]) -> SafeString:
    """Segments as HTML, each hit in a ``<mark>``; whatever stands in them is escaped."""
    hit = SafeString("<mark>"), SafeString("</mark>")
    pieces = ((*(hit if is_hit else ("", "")), piece) for piece, is_hit in segments)
    return format_html_join("", "{0}{2}{1}", pieces)


@register.filter
def hits(text: str, words: str) -> SafeString:
    """The whole text with the hits of a search in it."""
    return marked(highlighted(text, words))


@register.filter
def hits_excerpt(text: str, words: str) -> SafeString:
    """As much of the text as a list shows, around the first hit."""
    return marked(excerpt_around(highlighted(text, words), LENGTH))
