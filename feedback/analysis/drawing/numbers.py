"""How numbers are written, in pictures, tables and sentences: as the active language does.

A summary has a thousand of them. Below a thousand there is nothing to group, so that only
the decimal mark is the language's own, and Django's general way is not gone.
"""

import math

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

UNGROUPED = 999  # below which nothing is grouped, not even what is rounded up


def counted(n: float) -> str:
    """A count, rounded to a whole number."""
    whole = round(n)
    if abs(whole) < UNGROUPED:
        return str(whole)
    return number_format(whole, use_l10n=True, force_grouping=True)


def decimal(value: float, *, places: int) -> str:
    """A number with so many decimals, rounded: Django's own formatting cuts the rest off."""
    written = f"{value:.{places}f}"
    if abs(value) < UNGROUPED:
        return written.replace(".", get_format("DECIMAL_SEPARATOR"))
    return number_format(written, decimal_pos=places, use_l10n=True, force_grouping=True)


def plain_number(value: float) -> str:
    """A number with no more decimals than it has, two at most."""
    places = next((p for p in (0, 1) if math.isclose(value, round(value, p), abs_tol=1e-9)), 2)
    return decimal(value, places=places)


def per_cent(share: float, *, places: int = 1) -> str:
    """A share of 1 in per cent."""
    return _("%(number)s %%") % {"number": decimal(100 * share, places=places)}
