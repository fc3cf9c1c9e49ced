"""Columns of a row of whole numbers: ratings, opinion scales, recommendation."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from feedback.authoring.drafting.ideas import Definition, wording
from feedback.authoring.drafting.seen import Seen

SCORE = re.compile(r"(-?\d{1,2})(?:\.0)?(?:\s*[-–—:=(.]\s*([^\W\d_].*?)\)?)?", re.DOTALL)
RECOMMEND = re.compile(
    r"\brecomm?[ae]nd|weiterempf|empfehl|anbefal|aanbevel|polecił|consigli|net promoter|\bnps\b",
    re.I,
)
RATED = re.compile(r"\bscale\b|\brate\b|\bskala\b|\bescala\b|\béchelle\b|\bbewerte", re.I)
UP_TO = re.compile(r"\b1\s*(?:to|-|–|bis|à|a|al)\s*(\d{1,2})\b", re.I)
USUAL = (3, 4, 5, 7, 10, 11)


def scores(header: str, seen: Seen) -> Iterator[tuple[Definition, str, list[Definition]]]:
    """Each scale that the cells fit, why, and what cells such as "5 (very hard)" mean."""
    told = {text: SCORE.fullmatch(text) for text in seen.counts}
    if len(told) > 30 or not all(told.values()):
        return
    numbers = {text: int(match[1]) for text, match in told.items() if match}
    words = {int(match[1]): match[2] for match in told.values() if match and match[2]}
    low, high = min(numbers.values()), max(numbers.values())
    if len(set(numbers.values())) > 21 or low < -10 or high > 20:
        return
    means = [{"cell": text, "code": str(n)} for text, n in numbers.items() if text != str(n)]
    ends = {end: wording(words[n])[:100] for end, n in (("low", low), ("high", high)) if n in words}
    if RECOMMEND.search(header) and low >= 0 and high <= 10 and high > 5:
        yield {"type": "nps"}, _("a recommendation from 0 to 10"), means
    if high <= 2 and low >= 0 and not words:
        return  # codes of two options, more likely
    if low >= 1 and high <= 11:
        top = top_of(header, high)
        why = _("whole numbers from 1 to %(top)d") % {"top": top}
        yield {"type": "rating", "highest": top, **ends}, why, means
    elif low >= -10 and high <= 20 and (low < 0 or high <= 10):
        bottom = -max(-low, high) if low < 0 else 0
        top = max(2, -bottom if low < 0 else next(n for n in USUAL if n >= high))
        item = {"type": "opinion_scale", "lowest": bottom, "highest": top}
        item |= {"low": _("Lowest"), "high": _("Highest")} | ends
        why = _("whole numbers from %(bottom)d to %(top)d; say what its ends mean")
        yield item, why % {"bottom": bottom, "top": top}, means


def top_of(header: str, highest: int) -> int:
    """The highest number there was to choose: as the header says, or else a usual one."""
    said = UP_TO.search(header)
    if said and highest <= int(said[1]) <= 11:
        return int(said[1])
    return next(n for n in (5, 7, 10, 11) if n >= highest)
