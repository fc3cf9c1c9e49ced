"""Full-text search: which words a response holds, and which responses hold given words.

Words are not stemmed: a survey's answers come in every language, and a search that finds
what was typed is one that staff can trust. Chinese, Japanese, Thai and the like write no
spaces, so their text is cut into overlapping pairs of characters, and the query alike.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import QuerySet

from feedback.models import Response, SearchText, Survey
from feedback.question_types.base import Item
from feedback.question_types.columns import Dtype, text_of

# Han, kana, Thai, Lao, Khmer, Burmese, Tibetan: scripts written without spaces.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
)
CONFIG = "simple"
FEW = 2_000  # matches that are fetched rather than asked for once more
LONGEST = 200_000  # characters of one response; a tsvector holds at most a megabyte


def segmented(text: str) -> str:
    """The text with its unspaced runs cut into overlapping pairs."""
    return UNSPACED.sub(lambda run: f" {pairs(run[0])} ", text)


def pairs(run: str) -> str:
    return " ".join(run[i : i + 2] for i in range(max(1, len(run) - 1)))


def text_parts(items: Sequence[Item]) -> list[str]:
    """The parts that hold text anyone with access may read."""
    columns = [column for item in items for column in item.columns()]
    return [c.part for c in columns if c.dtype is Dtype.TEXT and not c.personal]


def index(survey: Survey, ids: Sequence[int], items: Sequence[Item]) -> None:
    """Bring the words of these responses up to date; those of deleted ones go."""
    texts = {pk: searchable(found) for pk, *found in rows_of(survey, ids, text_parts(items))}
    # Also those without any text: they are among the responses that lack a word.
    SearchText.objects.filter(pk__in=set(ids) - texts.keys()).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_searchtext (response_id, survey_id, words)"
            " SELECT response, %s, to_tsvector('simple', text)"
            " FROM unnest(%s::bigint[], %s::text[]) AS new (response, text)"
            " ON CONFLICT (response_id) DO UPDATE SET words = EXCLUDED.words",
            [survey.pk, list(texts), list(texts.values())],
        )


def rows_of(survey: Survey, ids: Sequence[int], parts: Sequence[str]) -> list[tuple[Any, ...]]:
    """The ids and just the texts: whole answers would take three times as long to read."""
    texts = {f"text_{i}": text_of(part) for i, part in enumerate(parts)}
    rows = Response.objects.filter(survey=survey, pk__in=ids)
    return list(rows.annotate(**texts).values_list("pk", *texts))


def searchable(texts: Sequence[str | None]) -> str:
    """The texts of one response as one, for ``to_tsvector``."""
    text = "\n".join(text for text in texts if text)[:LONGEST]
    # Single characters stand at the end, where they part no pair from its neighbour.
    single = {sign for run in UNSPACED.findall(text) for sign in run}
    return " ".join([segmented(text), *sorted(single)])


def matching(survey: Survey, words: str) -> list[int] | QuerySet[SearchText, int]:
    """The responses that hold the words; "quoted phrases", -without and OR as people know them.

    Of rare words the ids themselves: PostgreSQL would else walk all responses from the
    newest on and look at each, for seconds. Of common ones the query: there the walk soon
    has a page full, and listing them all would take as long.
    """
    query = SearchQuery(quoted_runs(words), config=CONFIG, search_type="websearch")
    found = SearchText.objects.filter(survey_id=survey.pk, words=query)
    ids = found.values_list("response_id", flat=True)
    few = list(ids[: FEW + 1])
    # No response has the number 0; an empty list would be no SQL at all.
    return (few or [0]) if len(few) <= FEW else ids


def quoted_runs(words: str) -> str:
    """The query with each unspaced run as a phrase of its pairs, so that order counts."""
    inside_quotes = words.split('"')
    for i, part in enumerate(inside_quotes):
        in_phrase = i % 2 == 1
        cut = (
            (lambda run: f" {pairs(run[0])} ")
            if in_phrase
            else (lambda run: f' "{pairs(run[0])}" ')
        )
        inside_quotes[i] = UNSPACED.sub(cut, part)
    return '"'.join(inside_quotes)
