"""What a survey has to choose from, by one statement."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import Code, Role, Survey, Theme, ThemeSet
from feedback.responses import tags, views
from feedback.responses.offered import Offered
from tests import build


@pytest.fixture
def chosen_from(town: Survey, owner: Any) -> Survey:
    """Two of everything, the second first; and the same names in another survey."""
    for survey in (town, build.survey(slug="village")):
        for name in ("shade", "benches"):
            tags.create(survey, name, "green", actor=owner)
            build.respond(survey, source=name, wish="More of it")
        kept = ThemeSet.objects.create(survey=survey, item="wish")
        late = Theme.objects.create(set=kept, number=2, name="Trees")
        Theme.objects.create(set=kept, number=1, name="Seats")
        Theme.objects.create(set=kept, number=3, name="Shade", merged_into=late)
        Code.objects.create(survey=survey, part="wish", number=1, name="cost", position=2)
        Code.objects.create(survey=survey, part="wish", number=2, name="noise", position=1)
    return town


def test_each_list_is_of_this_survey_and_in_its_order(chosen_from: Survey) -> None:
    """As filters and menus show them; a theme that is part of another is none."""
    build.member(chosen_from, Role.VIEWER, name="aaron")
    build.respond(chosen_from, wish="Nothing")

    found = Offered.by(chosen_from, reader=0)

    assert [(tag.name, tag.colour) for tag in found.tags] == [
        ("benches", "green"),
        ("shade", "green"),
    ]
    assert found.codes == (("wish", 2, "noise"), ("wish", 1, "cost"))
    assert found.themes == (("wish", 1, "Seats"), ("wish", 2, "Trees"))
    assert found.members[0] == ("aaron", Role.VIEWER)
    assert found.sources == ("benches", "shade")


def test_saved_views_are_ones_own_and_the_shared(town: Survey, owner: Any) -> None:
    """By name; what others keep for themselves is theirs."""
    other = build.member(town, Role.VIEWER, name="aaron")
    for person, name, shared in ((owner, "b", False), (other, "a", True), (other, "c", False)):
        views.save(town, name, owner=person, query="status=10", columns=["tags"], shared=shared)

    found = Offered.by(town, reader=owner.pk)

    assert found.views == [
        ("a", "status=10", ["tags"], "aaron"),
        ("b", "status=10", ["tags"], owner.username),
    ]


def test_a_new_survey_offers_nothing_yet(db: None) -> None:
    """Empty lists, each of them: pages go through them without asking."""
    found = Offered.by(build.survey(slug="empty"), reader=0)

    lists = (found.tags, found.codes, found.themes, found.members, found.sources, found.views)
    assert [list(each) for each in lists] == [[], [], [], [], [], []]


def test_all_of_them_are_one_statement(chosen_from: Survey) -> None:
    """Six took as long as everything else that a page of the desk reads."""
    with CaptureQueriesContext(connection) as queries:
        Offered.by(chosen_from, reader=0)

    assert len(queries) == 1
