"""Coding answers by reading them: one person, one answer, whatever codes fit.

Each coder has a reading of their own, so that two can code the same answers without seeing
each other's. Which reading's codes are the answer's: of whoever settled it, else of the
first who read it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from feedback.models import Code, Coded, OpenQuestion, Read, Response, Survey
from feedback.models.audit import record
from feedback.open_text.code_frame import codes_of
from feedback.open_text.questions import (
    answered,
    digest_of,
    distinct,
    ids_of,
    locked,
    sample_of,
    texts_of,
)
from feedback.question_types.columns import Column
from feedback.responses.acts import NotPossible

USEFUL, SAMPLE, SECOND = "useful", "sample", "second"
ORDERS = (USEFUL, SAMPLE, SECOND)


@dataclass(frozen=True)
class Progress:
    """How far reading has come, in responses and in different texts."""

    answers: int
    read: int
    different: int
    different_read: int
    sample: int
    sample_read: int

    @property
    def share(self) -> float:
        """Of different answers, in per cent."""
        return 100 * self.different_read / self.different if self.different else 0.0


def progress(question: OpenQuestion, column: Column) -> Progress:
    survey, ids = question.survey, ids_of(question.survey, column)
    read = read_ids(question).intersection(ids)
    sample = sample_of(question, ids)
    rows = answered(survey, column)
    return Progress(
        answers=len(ids),
        read=len(read),
        different=distinct(rows),
        different_read=distinct(rows.filter(pk__in=read)),
        sample=len(sample),
        sample_read=len(read.intersection(sample)),
    )


def read_ids(question: OpenQuestion, *, coder: Any = None) -> set[int]:
    """Responses that were read, by anybody or by one."""
    rows = Read.objects.filter(survey=question.survey, part=question.part)
    if coder is not None:
        rows = rows.filter(coder=coder)
    return set(rows.values_list("response_id", flat=True))


def queue(question: OpenQuestion, column: Column, *, coder: Any, order: str) -> list[int]:
    """What this coder is to read next, in order.

    Args:
        order: USEFUL, what teaches most, then the rest as the lot has it; SAMPLE, what
            nobody has read of the random sample; SECOND, what of it somebody else has read.
    """
    ids = ids_of(question.survey, column)
    mine, anybody = read_ids(question, coder=coder), read_ids(question)
    if order == SAMPLE:
        return [pk for pk in sample_of(question, ids) if pk not in anybody]
    if order == SECOND:
        return [pk for pk in sample_of(question, ids) if pk in anybody - mine]
    there = set(ids) - anybody
    useful = [pk for pk in question.learnt.get("order", []) if pk in there]
    return useful or [pk for pk in sample_of(question, ids) if pk in there] or sorted(there)


@transaction.atomic
def set_sample(survey: Survey, part: str, size: int, *, actor: Any) -> None:
    """How many answers the random sample has; those that it had stay in a larger one."""
    question = locked(survey, part)
    question.sample = size
    question.save(update_fields=["sample"])
    record("code_sample", actor=actor, survey=survey, part=part, answers=size)


def text_of_one(survey: Survey, column: Column, pk: int) -> str:
    """Raises: NotPossible: the response is gone, is spam, or says nothing there any more."""
    found = texts_of(survey, column, [pk])
    if not found:
        raise NotPossible(_("This answer is no longer there."))
    return found[0][1]


@transaction.atomic
def save(
    question: OpenQuestion,
    column: Column,
    pk: int,
    codes: Mapping[int, str],
    *,
    coder: Any,
    seen: str,
    settles: bool = False,
) -> Read:
    """Keep what somebody gave an answer; what they gave it before is replaced.

    Args:
        codes: numbers, and for each the passage that it stands for, or "".
        seen: digest, in hexadecimal, of the text that they read.
        settles: whether it is the last word on what others gave.

    Raises:
        NotPossible: the answer was changed or withdrawn meanwhile, a code is none of the
            question's, or a passage is not in the text.
    """
    survey = question.survey
    # Whoever withdraws waits for this, or this finds nothing: no row is left behind.
    held = Response.objects.select_for_update(of=["self"], no_key=True)
    if not held.filter(pk=pk, survey=survey).exists():
        raise NotPossible(_("This answer is no longer there."))
    text = text_of_one(survey, column, pk)
    digest = digest_of(text)
    if digest.hex() != seen:
        raise NotPossible(_("The answer was changed meanwhile. Read it as it is now."))
    known = {code.number: code for code in codes_of(survey, question.part, retired=False)}
    if odd := [number for number in codes if number not in known]:
        raise NotPossible(_("There is no code %(number)s.") % {"number": odd[0]})
    spans = {number: span_of(text, passage) for number, passage in codes.items()}
    read, _made = Read.objects.update_or_create(
        response_id=pk,
        part=question.part,
        coder=coder,
        settles=settles,
        defaults={"survey": survey, "digest": digest},
    )
    read.coded.all().delete()
    about = {"survey": survey, "part": question.part, "response_id": pk, "read": read}
    Coded.objects.bulk_create(
        Coded(code=known[number], start=start, end=end, **about)
        for number, (start, end) in sorted(spans.items())
    )
    settle_whose_count(question, [pk])
    act = "code_settled" if settles else "coded"
    record(act, actor=coder, survey=survey, response_id=pk, part=question.part, codes=[*codes])
    return read


def span_of(text: str, passage: str) -> tuple[int | None, int | None]:
    """Raises: NotPossible: the text has no such passage."""
    passage = passage.strip()
    if not passage:
        return None, None
    start = text.find(passage)
    if start < 0:
        raise NotPossible(_("The passage has to stand in the answer, word for word."))
    return start, start + len(passage)


def settle_whose_count(question: OpenQuestion, ids: Iterable[int]) -> None:
    """Mark whose reading of each response is the one that counts."""
    rows = Read.objects.filter(survey=question.survey, part=question.part, response__in=ids)
    first = {read.response_id: read.pk for read in rows.filter(settles=False).order_by("-pk")}
    last = {read.response_id: read.pk for read in rows.filter(settles=True).order_by("at")}
    chosen = [*(first | last).values()]
    rows.exclude(pk__in=chosen).filter(counts=True).update(counts=False)
    rows.filter(pk__in=chosen, counts=False).update(counts=True)


def codes_by_response(question: OpenQuestion) -> dict[int, set[int]]:
    """Of each response that was read, the codes that count."""
    reads = Read.objects.filter(survey=question.survey, part=question.part, counts=True)
    found: dict[int, set[int]] = {pk: set() for pk in reads.values_list("response_id", flat=True)}
    given = Coded.objects.filter(read__in=reads).values_list("response_id", "code__number")
    for pk, number in given:
        found.setdefault(pk, set()).add(number)
    return found


def given_by(question: OpenQuestion, pk: int, coder: Any) -> dict[int, str]:
    """What this coder gave a response before: codes and passages are theirs to change."""
    rows = Coded.objects.filter(
        survey=question.survey, part=question.part, response=pk, read__coder=coder
    ).filter(read__settles=False)
    return dict.fromkeys(rows.values_list("code__number", flat=True), "")


@dataclass(frozen=True)
class Suggested:
    """A code that the machine would give, and how sure it is, in per cent."""

    code: Code
    confidence: float


def suggested(question: OpenQuestion, pk: int) -> list[Suggested]:
    """The surest first; none of codes that were retired since."""
    rows = Coded.objects.filter(
        survey=question.survey, part=question.part, response=pk, read__isnull=True
    ).filter(code__retired=False)
    rows = rows.select_related("code").order_by("-confidence")
    return [Suggested(row.code, 100 * (row.confidence or 0)) for row in rows]


def forget_changed(question: OpenQuestion, column: Column, ids: Sequence[int]) -> None:
    """Take away codes given to a text that is no longer there, or to a response that is not."""
    about = {"survey": question.survey, "part": question.part, "response__in": ids}
    reads = list(Read.objects.filter(**about))
    machine = Coded.objects.filter(read__isnull=True, **about)
    if not reads and not machine.exists():
        return
    there = {pk: digest_of(text) for pk, text in texts_of(question.survey, column, ids, spam=True)}
    stale = [read.pk for read in reads if there.get(read.response_id) != bytes(read.digest)]
    if stale:
        Read.objects.filter(pk__in=stale).delete()
        settle_whose_count(question, ids)
    edited = Response.objects.filter(pk__in=ids, edits__gt=0).values("pk")
    machine.filter(Q(response__in=edited) | ~Q(response__in=[*there])).delete()
