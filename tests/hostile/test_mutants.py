"""Each guard of the intake taken out: a corpus that does not notice guards nothing."""

from pathlib import Path

import pytest

from tests.hostile.corpus import family
from tests.hostile.endpoints import endpoints
from tests.hostile.mutants import MUTANTS
from tests.hostile.run import Outcome, hear
from tests.hostile.scene import Scene
from tests.web.server import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
APPLICATION = "tests.hostile.mutants:application"
# By guard: the families that must notice; none: what is looked at after every corpus.
NOTICED_BY = {
    "length_of_a_body": ("sizes", "framing"),
    "strict_utf_8": ("no_text",),
    "number_of_fields": ("sizes",),
    "signature_of_a_ticket": ("tickets",),
    "survey_of_a_ticket": ("tickets",),
    "one_response_of_a_ticket": ("replays",),
    "known_hosts": ("own_hosts", "hosts"),
    "forged_posts": ("forgeries",),
    "formulas": (),
    "escaped_words": (),
}
FAMILIES = sorted({name for names in NOTICED_BY.values() for name in names})


def heard(families: tuple[str, ...], folder: Path, **given: str) -> Outcome:
    scene = Scene.built("mutant-")
    places = endpoints(scene.town.slug, scene.desk.slug, scene.things)
    asked = [
        request
        for name in families
        for request in family(name, town=scene.town.slug, places=places, most=40)
    ]
    with serving(folder, workers=1, application=APPLICATION, **given) as (port, _server):
        return hear(asked, scene, port, limit=15)


@pytest.mark.parametrize("guard", MUTANTS)
def test_a_guard_that_is_taken_out_is_noticed(
    static_files: None, tmp_path: Path, guard: str
) -> None:
    """The server runs without it, and what was refused before goes through."""
    families = NOTICED_BY[guard]

    outcome = heard(families, tmp_path, MUTANT=guard)

    assert outcome.faults if families else outcome.afterwards


def test_with_all_guards_the_same_requests_find_nothing(static_files: None, tmp_path: Path) -> None:
    """The control: served in the same way, nothing taken out."""
    outcome = heard(tuple(FAMILIES), tmp_path)

    assert [fault.broken for fault in outcome.faults] + outcome.afterwards == []
