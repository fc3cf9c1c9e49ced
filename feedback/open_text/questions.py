"""The open questions of a survey and what was answered to them."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from heapq import nsmallest

from django.db.models import F, QuerySet
from django.db.models.functions import Lower, Trim

from feedback.models import OpenQuestion, Response, Status, Survey
from feedback.open_text.texts import normalised
from feedback.question_types.base import Item
from feedback.question_types.columns import Column, Dtype, State

DIGEST = 8  # bytes


class NoSuchQuestion(Exception):
    """No open question of the survey has this name, or what it holds is personal."""


def open_columns(items: Sequence[Item]) -> dict[str, Column]:
    """By part, those that hold text which anyone with access may read."""
    columns = [column for item in items for column in item.columns()]
    return {c.part: c for c in columns if c.dtype is Dtype.TEXT and not c.personal}


def column_of(items: Sequence[Item], part: str) -> Column:
    """Raises: NoSuchQuestion."""
    try:
        return open_columns(items)[part]
    except KeyError as error:
        raise NoSuchQuestion(part) from error


def question_of(survey: Survey, part: str) -> OpenQuestion:
    """What is set for the question; as by default where nothing was set yet."""
    found = OpenQuestion.objects.filter(survey=survey, part=part).first()
    return found or OpenQuestion(survey=survey, part=part)


def locked(survey: Survey, part: str) -> OpenQuestion:
    """The same, kept and locked until the end of the transaction."""
    OpenQuestion.objects.get_or_create(survey=survey, part=part)
    return OpenQuestion.objects.select_for_update().get(survey=survey, part=part)


def answered(survey: Survey, column: Column, *, spam: bool = False) -> QuerySet[Response]:
    """The responses that say something there, spam left out; the words are in ``said``."""
    rows = Response.objects.filter(survey=survey)
    rows = rows if spam else rows.exclude(status=Status.SPAM)
    rows = rows.annotate(said=column.value, stands=column.state)
    return rows.filter(stands=State.ANSWERED.value)


def texts_of(
    survey: Survey, column: Column, ids: Iterable[int] | None = None, *, spam: bool = False
) -> list[tuple[int, str]]:
    """Numbers and texts, in order of number; of these responses, or of all."""
    rows = answered(survey, column, spam=spam)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    said: Iterable[tuple[int, str]] = rows.order_by("pk").values_list("pk", F("said"))
    return [(pk, text) for pk, text in said if text]


def ids_of(survey: Survey, column: Column) -> list[int]:
    return list(answered(survey, column).values_list("pk", flat=True))


def distinct(rows: QuerySet[Response]) -> int:
    """How many different answers there are, but for case and blanks around them."""
    return rows.order_by().values(words=Lower(Trim("said"))).distinct().count()


def digest_of(text: str) -> bytes:
    """Of what somebody read, so that another text is known to be another."""
    return blake2b(normalised(text).encode(), digest_size=DIGEST).digest()


def by_lot(question: OpenQuestion, ids: Iterable[int], most: int | None = None) -> list[int]:
    """The responses in an order that nobody chose, the same each time; the first of them.

    The first n are a random sample of all that are there now: a response that comes later
    takes a place among them as likely as any other.
    """

    def lot(pk: int) -> bytes:
        return blake2b(f"{question.survey_id}:{question.part}:{pk}".encode()).digest()

    return sorted(ids, key=lot) if most is None else nsmallest(most, ids, key=lot)


def sample_of(question: OpenQuestion, ids: Iterable[int]) -> list[int]:
    """The random sample that estimates rest on, in the order to read it."""
    return by_lot(question, ids, question.sample)
