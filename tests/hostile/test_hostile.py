"""A thousand requests of those who wish us ill, at the real server; ``make hostile`` has more."""

from pathlib import Path

import pytest

from tests.hostile.corpus import corpus
from tests.hostile.endpoints import endpoints
from tests.hostile.run import by_kind, hear
from tests.hostile.scene import Scene
from tests.web.server import serving

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 15.0  # seconds: tests share their machine; ``make hostile`` allows two


@pytest.mark.long
def test_a_thousand_hostile_requests_break_no_rule(static_files: None, tmp_path: Path) -> None:
    """No fault of the server, nothing told of its inside, nothing stored but what was sent."""
    scene = Scene.built("hostile-")
    places = endpoints(scene.town.slug, scene.desk.slug, scene.things)
    requests = corpus(1_000, seed=1, town=scene.town.slug, places=places)

    with serving(tmp_path) as (port, _server):
        outcome = hear(requests, scene, port, limit=PATIENCE)

    told = [
        f"{len(all_)} × {kind}: {all_[0].request}" for kind, all_ in by_kind(outcome.faults).items()
    ]
    assert told + outcome.afterwards == []
    assert outcome.accepted > 20  # the control: not everything was refused for one reason
    assert len(outcome.families) > 20


def test_every_address_is_in_the_corpus() -> None:
    """Taken from the URL configuration: what is added there is asked without a word here."""
    places = {place.name: place.path for place in endpoints("town", "desk", {})}

    assert {"answer", "responses", "account_login", "api_responses", "ready"} <= places.keys()
    assert not any(b"<" in path or b"(" in path for path in places.values())


def test_a_number_of_a_seed_is_one_request() -> None:
    """Else nobody could look into what was found."""
    places = endpoints("town", "desk", {})

    first, second = (corpus(300, seed=7, town="town", places=places) for _time in range(2))

    assert first == second
    assert first != corpus(300, seed=8, town="town", places=places)
