"""Days and times as other tools write them, by a format that an author can read and change.

The format is that of ``strptime``; its ``%Z`` reads the usual letters of time zones and
offsets such as GMT+2.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y",
        "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%Y.%m.%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y",
        "%b %d, %Y")  # fmt: skip
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f", "%H:%M:%S %Z",
          "%I:%M:%S %p %Z", "%H:%M %Z")  # fmt: skip
ISO = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
       "%Y-%m-%d %H:%M:%S%z")  # fmt: skip
MOMENTS = (*ISO, *(f"{day} {clock}" for day in DAYS for clock in CLOCKS), *DAYS)
# Hours ahead of UTC. Letters that stand for several zones, such as IST, are left out.
LETTERS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "OEZ": 2, "EEST": 3, "OESZ": 3, "MSK": 3, "JST": 9, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
OFFSET = re.compile(r"(?:GMT|UTC)?([+-]\d{1,2})(?::?(\d{2}))?")


class NoMoment(ValueError):
    """The text is not written as the format tells."""


def read(text: str, form: str, *, zone: tzinfo = UTC) -> datetime:
    """The moment, in UTC where it has a time.

    Args:
        zone: of a time that names none.

    Raises:
        NoMoment: it is written in another way, or there is no such day.
    """
    told = " ".join(text.split())
    try:
        if form.endswith(" %Z"):
            told, _space, letters = told.rpartition(" ")
            zone, form = zone_of(letters), form.removesuffix(" %Z")
        moment = datetime.strptime(told, form)  # noqa: DTZ007 - the zone is put in below
        return moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoMoment(f"“{text[:60]}” is not written as {form}") from error


def day_of(text: str, form: str) -> str:
    """A day as in ISO 8601. Raises: NoMoment, as above, or if it has a time of day."""
    moment = read(text, form)
    if moment.time() != datetime.min.time():
        raise NoMoment(f"“{text[:60]}” has a time of day, too")
    return f"{moment:%Y-%m-%d}"


def time_of(text: str, form: str) -> str:
    """Hour and minute. Raises: NoMoment, as above, or if it has seconds."""
    moment = read(text, form)
    if moment.second or moment.microsecond:
        raise NoMoment(f"“{text[:60]}” has seconds, too")
    return f"{moment:%H:%M}"


def zone_of(letters: str) -> tzinfo:
    if letters.upper() in LETTERS:
        return timezone(timedelta(hours=LETTERS[letters.upper()]))
    if offset := OFFSET.fullmatch(letters.upper()):
        minutes = int(offset[2] or 0) * (-1 if offset[1].startswith("-") else 1)
        return timezone(timedelta(hours=int(offset[1]), minutes=minutes))
    raise NoMoment(f"“{letters[:10]}” is no time zone")


def formats_of(texts: Sequence[str], forms: Sequence[str] = MOMENTS) -> list[str]:
    """The formats that all of the texts are written in."""
    left = list(forms)
    for text in texts:
        left = [form for form in left if fits(text, form)]
        if not left:
            break
    return left


def fits(text: str, form: str) -> bool:
    try:
        read(text, form)
    except NoMoment:
        return False
    return True
