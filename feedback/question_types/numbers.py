"""Numbers as people read them."""

from decimal import Decimal

from django.utils.formats import number_format


def number_in_words(number: float) -> str:
    """With the decimal sign of the language, and never a separator of thousands."""
    return number_format(Decimal(f"{number:.15g}"), force_grouping=False)
