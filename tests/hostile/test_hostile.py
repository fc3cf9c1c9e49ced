"""A thousand requests of those who wish us ill, at the real server; ``make hostile`` has more."""

import os
from pathlib import Path

import pytest

from feedback.models import Change
from feedback.refresh import refresh
from tests.hostile.corpus import corpus
from tests.hostile.endpoints import endpoints
from tests.hostile.run import by_kind, hear
from tests.hostile.scene import Scene
from tests.hostile.sending import send
from tests.web.server import live_site, serving  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_thousand_hostile_requests_break_no_rule(
    static_files: None, tmp_path: Path
) -> None:
    """No fault of the server, nothing told of its inside, nothing stored but what was sent."""
    scene = Scene.built("hostile-")
    places = endpoints(scene.town.slug, scene.desk.slug, scene.things)
    n, seed = int(os.environ.get("N", "1000")), int(os.environ.get("SEED", "1"))
    requests = corpus(n, seed=seed, town=scene.town.slug, places=places)
    with serving(tmp_path) as (port, _server):
        outcome = hear(requests, scene, port, limit=10)
        after = [send(port, b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % at).status for at in (b"/healthz", b"/readyz")]
    print(outcome.statuses, outcome.slowest, outcome.accepted)
    for kind, found in by_kind(outcome.faults).items():
        one = found[0].request
        print(len(found), kind, "|", one.what, one.raw[:200])
    assert not outcome.faults
    assert after == [200, 200]
    refresh()
    assert not Change.objects.exists()
