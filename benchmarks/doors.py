"""The public doors under load: the form's page, and a submission."""

import socket
from functools import cache
from itertools import repeat
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.utils.datastructures import MultiValueDict

from benchmarks import hundred, load
from benchmarks.contest import Rival, contest, results
from benchmarks.results import Result
from benchmarks.servers import SLUG, Web
from feedback.authoring.publish import publish
from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from feedback.question_types.base import Answers
from feedback.questionnaire.answers import asked
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import tickets
from survey_site.processes import Server

PATH = f"/s/{SLUG}/"
LONG_PATH = f"/s/{hundred.SLUG}/"
MOST_PAGES, MOST_POSTS = 40_000, 10_000  # in one round
BODIES = 500


def form_page(product: Web, bare: Web, database: Server) -> dict[str, Result]:
    """GET of the form, compressed, against a bare view that returns as many bytes."""

    ours, limit = contest(
        [
            Rival(*product, lambda: repeat(load.get(PATH), MOST_PAGES), b"200"),
            Rival(*bare, lambda: repeat(load.get("/page/"), MOST_PAGES), b"200"),
        ],
        database,
    )
    return results("form_page", ours, limit, "limit: bare Django, same bytes")


# The bare view stores one personal column under many nonces, which no export could open.
OPENED_BY_NOBODY = """
    UPDATE feedback_response SET identity = NULL, answers = answers - %s::text[]
    WHERE identity = (SELECT identity FROM feedback_response ORDER BY id LIMIT 1)
        AND id <> (SELECT min(id) FROM feedback_response)
"""


def submission(name: str, product: Web, bare: Web, database: Server) -> dict[str, Result]:
    """POST of whole, different responses, against a bare view with the INSERT alone."""
    before = Response.objects.count()
    ours, limit = contest(
        [
            Rival(*product, lambda: posts(PATH, SLUG), b"303"),
            Rival(*bare, lambda: posts("/insert/", SLUG), b"303"),
        ],
        database,
    )
    stored = f"{before:,} to {Response.objects.count():,} stored"
    with connection.cursor() as cursor:
        first = Response.with_identity.order_by("pk")[0]
        cursor.execute(OPENED_BY_NOBODY, [[*decrypt(first.identity, nonce=first.nonce)]])
    return results(name, ours, limit, f"{stored}; limit: bare Django, one INSERT")


def long_form(product: Web, database: Server) -> dict[str, Result]:
    """Page and submission of the form of a hundred items, against those of the sample form."""
    publish(Questionnaire.parse(hundred.hundred()))
    limit = "limit: the sample form"
    ours, sample = contest(
        [
            Rival(*product, lambda: repeat(load.get(LONG_PATH), MOST_PAGES), b"200"),
            Rival(*product, lambda: repeat(load.get(PATH), MOST_PAGES), b"200"),
        ],
        database,
    )
    pages = results("hundred_page", ours, sample, limit, beside="sample")
    ours, sample = contest(
        [
            Rival(*product, lambda: posts(LONG_PATH, hundred.SLUG), b"303"),
            Rival(*product, lambda: posts(PATH, SLUG), b"303"),
        ],
        database,
    )
    sizes = [sum(map(len, bodies(slug))) / BODIES / 1000 for slug in (hundred.SLUG, SLUG)]
    about = f"{sizes[0]:.1f} kB sent, sample {sizes[1]:.1f}; {limit}"
    return pages | results("hundred_submission", ours, sample, about, beside="sample")


def posts(path: str, slug: str) -> list[bytes]:
    """Submissions under fresh tickets, made before the clock starts."""
    survey = Survey.objects.get(slug=slug)
    assert survey.live_id is not None
    chance, made = Random(), []
    for number in range(MOST_POSTS):
        ticket = tickets.issue(
            survey=survey.pk, revision=survey.live_id, nonce=UUID(int=chance.getrandbits(128))
        )
        made.append(load.post(path, bodies(slug)[number % BODIES] + ticket.encode()))
    return made


@cache
def bodies(slug: str) -> list[bytes]:
    """Forms filled in, but for the ticket at their end."""
    survey = Survey.objects.select_related("live").get(slug=slug)
    assert survey.live is not None
    chance = Random(1)
    filled = (filled_in(survey.live.questionnaire, chance) for _number in range(BODIES))
    return [f"{urlencode(fields, doseq=True)}&ticket=".encode() for fields in filled]


def filled_in(questionnaire: Questionnaire, chance: Random) -> dict[str, list[str]]:
    """What one made-up respondent sends, who answers only what is asked."""
    fields: dict[str, list[str]] = {}
    values: Answers = {}
    for item in questionnaire.questions:
        if asked(item, questionnaire, values):
            answer = item.made_up(chance)
            values |= item.clean(MultiValueDict(answer))
            fields |= answer
    return fields


def save_page(port: int, file: Path) -> None:
    """The bytes that the product answers with, for the bare view to return."""
    with socket.create_connection(("127.0.0.1", port)) as opened:
        connection = load.Connection(opened)
        connection.send(load.get(PATH))
        while not connection.whole():
            pass
        file.write_bytes(connection.body())
