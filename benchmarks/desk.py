"""The pages of the review desk among many responses, and what their indexes cost.

Times are of whole pages inside the server: Django's handlers, the queries and the
template, without the network. Each page is a median of several, after one that is not
counted.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from psycopg import sql

from benchmarks.bulk import ROUNDS, survey, timed
from benchmarks.results import Result
from benchmarks.servers import SLUG
from feedback import refresh
from feedback.models import Membership, Response, Role
from feedback.responses.in_field import items_of
from feedback.responses.order import Place
from feedback.responses.search import scope, text_parts

TIMES = 15
INSERTS = 2_000
RARE, RARELY = "quaggas", 20  # a word, and how many responses get it
COPY = """
    INSERT INTO feedback_response (survey_id, revision_id, nonce, receipt, language, source,
        answers)
    SELECT survey_id, revision_id, gen_random_uuid(), gen_random_uuid(), language, source,
        answers
    FROM feedback_response WHERE id = %s
"""
# Only staff profit from these; the others serve refresh, receipts or uniqueness.
INDEXES = (
    "response_newest",
    "response_status",
    "response_flagged",
    "response_assigned",
    "response_edited",
    "response_answers",
)
# Seconds that a page may take at a million; see docs/performance.md.
GOALS = {
    "desk_first": 0.015,
    "desk_deepest": 0.015,
    "desk_two_answers": 0.150,
    "desk_rare_word": 0.020,
    "desk_common_words": 0.100,
    "desk_response": 0.015,
}


def pages() -> dict[str, Result]:
    """Median seconds of each page, beside the goal that it has."""
    client, address = signed_in(), reverse("responses", args=[SLUG])
    stored = Response.objects.filter(survey=survey())
    oldest, middle = stored.order_by("received_at", "id")[200], stored.order_by("id")[1_000]
    write_rare_word()
    queries = {
        "desk_first": "",
        "desk_deepest": urlencode({"before": str(Place.of(oldest))}),
        "desk_two_answers": two_answers(client, address),
        "desk_rare_word": urlencode({"q": RARE}),
        "desk_common_words": urlencode({"q": common_words()}),
    }
    addresses = {name: f"{address}?{query}" for name, query in queries.items()}
    addresses["desk_response"] = reverse("response", args=[SLUG, middle.pk])
    addresses["desk_floor"] = reverse("withdrawn", args=[SLUG])
    seconds = {name: page_seconds(client, page) for name, page in addresses.items()}
    note = f"server time of the whole page at {stored.count():,} responses; limit: the goal"
    results = {name: Result(seconds[name], "s", goal, note) for name, goal in GOALS.items()}
    floor = "a page with an empty list: who asks, what they may, the page around it; no limit"
    results["desk_floor"] = Result(seconds["desk_floor"], "s", seconds["desk_floor"], floor)
    deep = Result(
        seconds["desk_deepest"], "s", seconds["desk_first"], "a page near the end; limit: the first"
    )
    return results | {"desk_depth": deep}


def signed_in() -> Client:
    person, _made = get_user_model().objects.get_or_create(username="bench")
    Membership.objects.get_or_create(survey=survey(), user=person, role=Role.OWNER)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


class Timed(ClientHandler):
    """What the server takes, in seconds: what a test client does about it does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[float] = []

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        begun = perf_counter()
        answer = super().get_response(request)
        self.taken.append(perf_counter() - begun)
        return answer


def page_seconds(client: Client, address: str) -> float:
    """The median of several, after one that is not counted."""
    client.handler = handler = Timed()
    for _time in range(1 + TIMES):
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
    return median(handler.taken[1:])


def two_answers(client: Client, address: str) -> str:
    """Two filters that the list itself offers, of different questions."""
    offered = re.findall(
        r'name="(answer\.\w+)" value="(\w+)"', client.get(address).content.decode()
    )
    by_name: Mapping[str, str] = dict(reversed(offered))
    (first, a), (second, b) = list(by_name.items())[:2]
    return urlencode({first: a, second: b})


def write_rare_word() -> None:
    """Made-up answers have few words, each of them in thousands; so a few get one more."""
    part = text_parts(items_of(survey()))[0]
    for row in Response.objects.filter(survey=survey()).order_by("nonce")[:RARELY]:
        row.answers[part] = f"{row.answers.get(part) or ''} {RARE}"
        row.save(update_fields=["answers"])
    refresh.refresh()


def common_words() -> str:
    """The two words that most responses hold."""
    with connection.cursor() as cursor:
        # What stands before a word tells its question: see ``search.scope``.
        cursor.execute(
            "SELECT substr(word, %s), sum(ndoc) FROM ts_stat($$SELECT words FROM"
            " feedback_searchtext WHERE response_id %% 50 = 0$$)"
            " WHERE substr(word, %s) ~ '^[a-z]{4,}$' GROUP BY 1 ORDER BY 2 DESC LIMIT 2",
            [len(scope("")) + 1] * 2,
        )
        return " ".join(word for word, _number in cursor.fetchall())


def indexes(url: str) -> Result:
    """Inserts a second with the indexes that only staff need, and without them."""
    with_them, without = [], []
    with psycopg.connect(url, autocommit=True) as rows:
        for _round in range(ROUNDS):
            with_them.append(inserts_a_second(rows))
            without.append(inserts_a_second(rows, dropped=INDEXES))
    note = f"INSERTs one by one, one commit; limit: without the {len(INDEXES)} indexes of the desk"
    return Result(median(with_them), "rows/s", median(without), note)


def inserts_a_second(rows: psycopg.Connection[Any], *, dropped: Sequence[str] = ()) -> float:
    """Copies of stored responses, and the indexes dropped for them, are rolled back."""
    with rows.transaction(force_rollback=True):
        for name in dropped:
            rows.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        stored = rows.execute("SELECT id FROM feedback_response LIMIT %s", [INSERTS]).fetchall()
        return len(stored) / timed(lambda: [rows.execute(COPY, row) for row in stored])
