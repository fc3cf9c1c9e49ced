"""Shares in templates, as people read them."""

from django import template

from feedback.analysis.drawing.numbers import per_cent

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share between 0 and 1 in per cent; a dash where there is none."""
    return "–" if share != share else per_cent(share)
