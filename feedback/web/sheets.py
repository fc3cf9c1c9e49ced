"""What stands on many pages and is the same on all of them: drawn once for each language."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def keys_sheet(reviews: bool) -> SafeString:
    """The sheet that tells the keys. Args: reviews: whether those of a reviewer are among them."""
    return drawn("review/parts/keys_sheet.html", get_language() or "", reviews=reviews)


@lru_cache(maxsize=64)
def drawn(name: str, _language: str, *, reviews: bool) -> SafeString:
    return render_to_string(name, {"reviews": reviews})
