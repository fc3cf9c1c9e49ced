"""Full-text search: which words a response holds, and which responses hold given words.

Each word is indexed with the part it stands in before it, so that the words of one
question are found as fast as those of all. See folding.py for what a word is, and
search_syntax.py for what can be asked.
"""

import hashlib
from base64 import urlsafe_b64encode
from bisect import bisect
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import Cast

from feedback.models import Response, SearchText, Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import text_of
from feedback.responses.counting import are_common, few, planned
from feedback.responses.folding import folded, places_of
from feedback.responses.highlighting import excerpt_around, highlighted
from feedback.responses.search_syntax import parsed, tsquery

__all__ = ["excerpt_around", "highlighted", "index", "matching", "text_parts"]

LIKELY_MANY = 20_000  # by PostgreSQL's guess; then it is worth a look at the newest
LARGEST = 1_000_000  # bytes of one response's words: a tsvector holds a megabyte
SAFE = LARGEST // 4  # characters that cannot be more, whatever they are


def text_parts(items: Sequence[Item]) -> list[str]:
    """The parts that hold text anyone with access may read."""
    return [part for item in items for part in item.text_parts]


@lru_cache(maxsize=4_096)
def scope(part: str) -> str:
    """What stands before the words of a part: short, as every word of a survey has it."""
    return urlsafe_b64encode(hashlib.blake2b(part.encode(), digest_size=3).digest()).decode()


def index(survey: Survey, ids: Sequence[int], items: Sequence[Item]) -> None:
    """Bring the words of these responses up to date; those of deleted ones go."""
    parts = text_parts(items)
    rows = rows_of(survey, ids, parts)
    words = {pk: tsvector(dict(zip(parts, found, strict=True))) for pk, *found in rows}
    # Also those without any text: they are among the responses that lack a word.
    SearchText.objects.filter(pk__in=set(ids) - words.keys()).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_searchtext (response_id, survey_id, words)"
            " SELECT response, %s, words::tsvector"
            " FROM unnest(%s::bigint[], %s::text[]) AS new (response, words)"
            " ON CONFLICT (response_id) DO UPDATE SET words = EXCLUDED.words",
            [survey.pk, list(words), list(words.values())],
        )


def rows_of(survey: Survey, ids: Sequence[int], parts: Sequence[str]) -> list[tuple[Any, ...]]:
    """The ids and just the texts: whole answers would take three times as long to read."""
    texts = {f"text_{i}": text_of(part) for i, part in enumerate(parts)}
    rows = Response.objects.filter(survey=survey, pk__in=ids)
    return list(rows.annotate(**texts).values_list("pk", *texts))


def tsvector(texts: Mapping[str, str | None]) -> str:
    """The words of one response by part, as PostgreSQL reads them."""
    words: list[str] = []
    for part, text in texts.items():
        if text:
            before = scope(part)
            words += [f"'{before}{word}':{place}" for word, place in places_of(folded(text))]
    if sum(map(len, words)) > SAFE:
        sizes = accumulate(len(word.partition(":")[0].encode()) for word in words)
        words = words[: bisect(list(sizes), LARGEST)]
    return " ".join(words)


def matching(
    survey: Survey, asked: Sequence[tuple[str, Sequence[str]]]
) -> list[int] | QuerySet[SearchText, int]:
    """The responses that hold the words, each within the parts that stand beside them.

    Of rare words the ids themselves, of common ones the query: see ``are_common``.
    """
    queries = [(parsed(words), parts) for words, parts in asked]
    if not all(alternatives and parts for alternatives, parts in queries):
        return [0]  # no response has the number 0; an empty list would be no SQL at all
    query = " & ".join(
        f"({tsquery(alternatives, [scope(part) for part in parts])})"
        for alternatives, parts in queries
    )
    found = SearchText.objects.filter(Holds(query), survey_id=survey.pk)
    ids = found.values_list("response_id", flat=True)
    may_be_many = planned(found) > LIKELY_MANY
    if may_be_many and are_common(
        survey, lambda seen: found.filter(response_id__in=seen).count(), least=10
    ):
        return ids
    return few(ids) or ids


class Holds(Func):
    """Whether the words meet a query that is written as PostgreSQL reads it."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("words"), Cast(Value(query), output_field=SearchQueryField()))
