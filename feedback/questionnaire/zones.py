"""The time zones that there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """Every zone of the IANA database that this machine knows; it is read from many files."""
    return frozenset(available_timezones())
