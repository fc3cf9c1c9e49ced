"""The public doors under load: the form's page, and a submission."""

import socket
from functools import cache
from itertools import repeat
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from benchmarks import load
from benchmarks.contest import Rival, contest, results
from benchmarks.results import Result
from benchmarks.servers import SLUG, Web
from feedback.models import Response, Survey
from feedback.responses import tickets
from survey_site.processes import Server

PATH = f"/s/{SLUG}/"
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


def submission(name: str, product: Web, bare: Web, database: Server) -> dict[str, Result]:
    """POST of whole, different responses, against a bare view with the INSERT alone."""
    before = Response.objects.count()
    ours, limit = contest(
        [
            Rival(*product, lambda: posts(PATH), b"303"),
            Rival(*bare, lambda: posts("/insert/"), b"303"),
        ],
        database,
    )
    stored = f"{before:,} to {Response.objects.count():,} stored"
    return results(name, ours, limit, f"{stored}; limit: bare Django, one INSERT")


def posts(path: str) -> list[bytes]:
    """Submissions under fresh tickets, made before the clock starts."""
    survey = Survey.objects.get(slug=SLUG)
    assert survey.live_id is not None
    chance, made = Random(), []
    for number in range(MOST_POSTS):
        ticket = tickets.issue(
            survey=survey.pk, revision=survey.live_id, nonce=UUID(int=chance.getrandbits(128))
        )
        made.append(load.post(path, bodies()[number % BODIES] + ticket.encode()))
    return made


@cache
def bodies() -> list[bytes]:
    """Forms filled in, but for the ticket at their end."""
    survey = Survey.objects.select_related("live").get(slug=SLUG)
    assert survey.live is not None
    items, chance = survey.live.questionnaire.questions, Random(1)
    filled = []
    for _number in range(BODIES):
        fields = {name: v for item in items for name, v in item.made_up(chance).items()}
        filled.append(f"{urlencode(fields, doseq=True)}&ticket=".encode())
    return filled


def save_page(port: int, file: Path) -> None:
    """The bytes that the product answers with, for the bare view to return."""
    with socket.create_connection(("127.0.0.1", port)) as opened:
        connection = load.Connection(opened)
        connection.send(load.get(PATH))
        while not connection.whole():
            pass
        file.write_bytes(connection.body())
