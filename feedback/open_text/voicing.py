"""Near-copies among the answers of a survey: marked as they come, told with their reasons.

Nothing is ever dropped or hidden for being one of many alike; a second count stands beside
the first, and people judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Min
from numpy.typing import NDArray

from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.models import OpenQuestion, Response, Survey, VoiceMark
from feedback.models.audit import record
from feedback.open_text.campaigns import MISSING, Reason, reasons
from feedback.open_text.questions import ids_of, locked, texts_of
from feedback.open_text.signatures import loaded
from feedback.open_text.voices import (
    CAMPAIGN,
    Count,
    Group,
    Linked,
    Voices,
    counted,
    digest_of,
    gathered,
    groups,
)
from feedback.question_types.columns import Column

STEP = 2_000  # responses
GATHERED = 50_000  # answers; among more, groups stay as they were linked
SHOWN = 50  # groups


def derive(question: OpenQuestion, column: Column, ids: Sequence[int]) -> None:
    """Bring the marks of these responses up to date; those of deleted ones go."""
    about = {"survey": question.survey, "part": question.part}
    marks = VoiceMark.objects.filter(**about)
    if not question.voices:
        marks.delete()
        return
    texts = dict(texts_of(question.survey, column, ids, spam=True))
    before = dict(marks.filter(response__in=ids).values_list("response_id", "digest"))
    # Most changes of a response leave its text as it is, and then it keeps its place.
    now = {pk: digest_of(texts[pk]) for pk in before if pk in texts}
    same = {pk for pk, digest in before.items() if now.get(pk) == bytes(digest)}
    marks.filter(response__in=before.keys() - same).delete()
    follow_others(question, [pk for pk in ids if pk not in same])
    fresh = [pk for pk in texts if pk not in same]
    leaders = marks.filter(group=F("response_id")).order_by("response_id")
    known = list(leaders.values_list("response_id", "signature"))
    voices = Voices([pk for pk, _row in known], loaded([bytes(row) for _pk, row in known]))
    VoiceMark.objects.bulk_create(
        (
            VoiceMark(
                response_id=one.number,
                group=one.group,
                digest=one.digest,
                signature=one.signature,
                likeness=one.likeness,
                **about,
            )
            for one in voices.add([texts[pk] for pk in fresh], numbers=fresh)
        ),
        batch_size=2_000,
    )


def follow_others(question: OpenQuestion, gone: Sequence[int]) -> None:
    """Where a leader has gone, the first of those it led leads the rest."""
    marks = VoiceMark.objects.filter(survey=question.survey, part=question.part)
    led = marks.filter(group__in=gone).values("group").annotate(first=Min("response_id"))
    for group, first in list(led.values_list("group", "first")):
        marks.filter(group=group).update(group=first)


@transaction.atomic
def set_voices(survey: Survey, column: Column, *, on: bool, actor: Any) -> None:
    """Look for near-copies, or forget what was found."""
    question = locked(survey, column.part)
    question.voices = on
    question.save(update_fields=["voices"])
    record("voices_set", actor=actor, survey=survey, part=column.part, on=on)
    VoiceMark.objects.filter(survey=survey, part=column.part).delete()
    ids = sorted(ids_of(survey, column)) if on else []
    for first in range(0, len(ids), STEP):
        derive(question, column, ids[first : first + STEP])


@dataclass(frozen=True)
class Alike:
    """A group of near-copies: its leader's text, its responses, what speaks for a campaign."""

    group: Group
    text: str
    reasons: list[Reason]

    @property
    def campaign(self) -> bool:
        """Whether it is so large that it is counted as one voice."""
        return len(self.group.numbers) >= CAMPAIGN


@dataclass(frozen=True)
class Heard:
    """The same answers counted twice, and the largest groups."""

    count: Count
    groups: list[Alike]
    more: int


def linked_of(question: OpenQuestion, ids: Sequence[int]) -> list[Linked]:
    rows = VoiceMark.objects.filter(survey=question.survey, part=question.part, response__in=ids)
    linked = [
        Linked(row.response_id, row.group, bytes(row.digest), bytes(row.signature), row.likeness)
        for row in rows.order_by("response_id")
    ]
    return gathered(linked) if len(linked) <= GATHERED else linked


def heard(question: OpenQuestion, column: Column) -> Heard:
    """Groups of near-copies, the largest first; spam left out."""
    survey = question.survey
    linked = linked_of(question, ids_of(survey, column))
    numbers = [one.number for one in linked]
    place = {pk: row for row, pk in enumerate(numbers)}
    alike = groups(linked)
    texts = dict(texts_of(survey, column, [group.numbers[0] for group in alike[:SHOWN]]))
    if not alike:
        return Heard(counted(linked), [], 0)
    came = {
        pk: (received.timestamp(), source or None)
        for pk, received, source in Response.objects.filter(pk__in=numbers).values_list(
            "pk", "received_at", "source"
        )
    }
    times = np.array([came[pk][0] if pk in came else np.nan for pk in numbers])
    sources = [came[pk][1] if pk in came else None for pk in numbers]
    closed = closed_answers(survey, numbers)
    told = [
        Alike(
            group,
            texts.get(group.numbers[0], ""),
            reasons([place[pk] for pk in group.numbers], times=times, sources=sources,
                    closed=closed),
        )
        for group in alike[:SHOWN]
    ]  # fmt: skip
    return Heard(counted(linked), told, max(0, len(alike) - SHOWN))


def closed_answers(survey: Survey, numbers: Sequence[int]) -> NDArray[Any]:
    """One row a response, one column a question with one answer; MISSING where there is none."""
    layout = layout_of(survey)
    names = [item.grouped_by for item in layout.items if item.grouped_by and not item.personal]
    frame = frame_of(survey, layout)
    rows = {pk: row for row, pk in enumerate(frame["_id"].to_list())}
    found = np.full((len(numbers), len(names)), MISSING, np.int64)
    here = [at for at, pk in enumerate(numbers) if pk in rows]
    for at, name in enumerate(names):
        column = frame[name].to_physical().fill_null(MISSING) if name else None
        if column is not None and here:
            values = np.array(column.to_list(), np.float64)
            found[here, at] = values[[rows[numbers[one]] for one in here]]
    return found
