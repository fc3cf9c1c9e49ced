"""Responses that come in through the web, each form filled in as one respondent would."""

from random import Random
from uuid import UUID

from benchmarks import load
from benchmarks.doors import PATH, bodies
from benchmarks.servers import SLUG
from feedback.models import Survey
from feedback.responses import tickets


def send(port: int, number: int, *, seed: int) -> None:
    """Raises: AssertionError: one of them was not taken."""
    survey = Survey.objects.get(slug=SLUG)
    assert survey.live_id is not None
    chance, forms, posts = Random(seed), bodies(SLUG), []
    for position in range(number):
        nonce = UUID(int=chance.getrandbits(128))
        ticket = tickets.issue(survey=survey.pk, revision=survey.live_id, nonce=nonce)
        form = forms[(seed * number + position) % len(forms)]
        posts.append(load.post(PATH, form + ticket.encode()))
    statuses = load.run(port, posts, seconds=600).statuses
    assert statuses == {b"303": number}, statuses
