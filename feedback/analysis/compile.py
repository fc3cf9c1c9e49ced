"""Figures of a whole survey: always counted afresh from the frame, never added to."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from feedback.analysis.sample import Sample
from feedback.analysis.tallies import Figures, item_figures
from feedback.models import FrameChunk, Revision, Summary, Survey
from feedback.question_types.counted import Numbers, how_many, spread
from feedback.responses.selection import Selection

NEVER = -1  # no sum of versions of chunks: such a summary is to be compiled
AT_ONCE = 2  # items that are counted at the same time
HOUR = 3_600_000_000  # microseconds
MOST_WORDS = 50  # languages or sources that are told one by one


def compile_survey(survey: Survey) -> Summary:
    """Bring the stored summary up to date, if the frames have moved on."""
    with transaction.atomic():
        Summary.objects.get_or_create(
            survey=survey, defaults={"figures": {}, "as_of": timezone.now(), "frames": NEVER}
        )
        summary = Summary.objects.select_for_update().get(survey=survey)
        moved_to = frames_at(survey)
        if summary.frames != moved_to:
            summary.as_of = timezone.now()
            summary.figures = figures(survey) | {"as_of": summary.as_of.isoformat()}
            summary.frames = moved_to
            summary.save()
    return summary


def frames_at(survey: Survey) -> int:
    """A number that grows whenever a chunk of the survey's frame is rebuilt."""
    return FrameChunk.objects.filter(survey=survey).aggregate(n=Sum("version"))["n"] or 0


def figures(survey: Survey, selection: Selection | None = None, *, reader: Any = None) -> Figures:
    """Everything a report says, for all responses but spam, or for a selection of them.

    Raises:
        BadSelection: as ``Selection.responses``.
    """
    return figures_of(Sample.of(survey, selection, reader=reader))


def figures_of(sample: Sample) -> Figures:
    """The same for a sample that is there."""
    frame, items = sample.frame, sample.layout.items
    with ThreadPoolExecutor(AT_ONCE) as counters:  # polars and numpy let others run meanwhile
        came = counters.submit(arrivals, frame)
        counted = list(counters.map(item_figures, items, repeat(frame)))
    return {
        "responses": frame.height,
        "spam": sample.spam,
        **({"effective_n": sample.effective_n} if sample.weighted else {}),
        **came.result(),
        "by_revision": by_revision(sample.survey, frame),
        "items": {item.key: told for item, told in zip(items, counted, strict=True)},
    }


def arrivals(frame: pl.DataFrame) -> Figures:
    """When and how the responses came; times are in UTC, ``seconds`` from form to answer."""
    by_day, by_hour = days_and_hours(frame["_received"])
    return {
        "by_day": by_day,
        "by_hour": by_hour,
        "seconds": spread(Numbers.of(frame["_seconds"]), (0.25, 0.5, 0.75)),
        "by_language": most_first(frame["_language"]),
        "by_source": most_first(frame["_source"]),
        "by_device": most_first(frame["_device"]),
    }


def days_and_hours(received: pl.Series) -> tuple[dict[str, int], dict[str, int]]:
    """How many came on each day, and at each hour of any day; those without any are left out."""
    # Hours since 1970 are counted once, which both follow from; there are few of them.
    counted = how_many(received.to_physical() // HOUR).items()
    days, hours = Counter[str](), Counter[str]()
    for number, n in counted:
        begun = datetime.fromtimestamp(number * 3600, tz=UTC)
        days[begun.date().isoformat()] += n
        hours[f"{begun.hour:02}"] += n
    return dict(sorted(days.items())), dict(sorted(hours.items()))


def most_first(column: pl.Series) -> dict[str, int]:
    """How often each word occurs, the most frequent first; "" for none."""
    counts = Counter[str](how_many(column))
    counts[""] += column.null_count()
    ranked = sorted((+counts).items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ranked[:MOST_WORDS])


def by_revision(survey: Survey, frame: pl.DataFrame) -> dict[str, int]:
    """By the number of the revision that was answered, the first first."""
    numbers = dict(Revision.objects.filter(survey=survey).values_list("pk", "number"))
    counted = [(numbers[pk], n) for pk, n in how_many(frame["_revision"]).items()]
    return {str(number): n for number, n in sorted(counted)}
