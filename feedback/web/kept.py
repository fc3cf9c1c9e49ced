"""Pieces of pages that are the same on every page with the same few values: drawn once.

``{% kept "parts/tabs.html" slug=survey.slug %}`` includes a template that is given these
values alone, neither the request nor who reads; it is drawn again in another language.
"""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def kept(name: str, **values: Hashable) -> SafeString:
    """Args: values: that compare as equal only where the same would be drawn of them."""
    return drawn(name, get_language(), tuple(values.items()))


@lru_cache(maxsize=256)
def drawn(name: str, _language: str | None, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(name, dict(values))
