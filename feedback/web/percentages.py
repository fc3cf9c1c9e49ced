"""Shares in templates, as people read them."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share between 0 and 1 in per cent; a dash where there is none."""
    if share != share:
        return "–"
    return f"{number_format(100 * share, decimal_pos=1)} %"
