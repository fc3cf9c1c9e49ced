"""Views that were saved: whose they are, and who may change them."""

from typing import Any

import pytest

from feedback.models import SavedView, Survey
from tests import build
from tests.pages import Page

PAGE = "/staff/town/views/"
LIST = "/staff/town/responses/"


def names_for(person: Any) -> list[str]:
    page = Page.read(build.signed_in(person).get(PAGE).content)
    return [name for name in ("mine", "shared") if f" {name} " in page.text]


def save(person: Any, name: str, query: str = "status=flagged", **fields: Any) -> SavedView:
    answer = build.signed_in(person).post(f"{PAGE}save/?{query}", {"name": name, **fields})
    assert (answer.status_code, answer.url) == (302, f"{LIST}?{query}" if query else LIST)
    return SavedView.objects.get(owner=person, name=name)


def test_a_view_leads_back_to_its_selection(viewer: Any, town: Survey) -> None:
    """Filters and columns as they were; what is no filter is left out."""
    build.signed_in(viewer).post(
        f"{PAGE}save/?status=flagged&after=1-1", {"name": " my  list ", "column": ["wish", "stars"]}
    )

    view = SavedView.objects.get()
    assert (view.name, view.query, view.columns) == ("my list", "status=flagged", ["wish", "stars"])
    page = Page.read(build.signed_in(viewer).get(LIST).content)
    (link,) = page.links(r"\?status=flagged&column=")
    assert link == f"{LIST}?status=flagged&column=wish&column=stars"


def test_ones_own_views_are_nobody_elses(viewer: Any, reviewer: Any, owner: Any) -> None:
    """Not even the owner of the survey finds them, or can change them by number."""
    view = save(viewer, "mine")
    save(viewer, "shared", shared="1")

    assert names_for(viewer) == ["mine", "shared"]
    assert names_for(owner) == names_for(reviewer) == ["shared"]
    answer = build.signed_in(owner).post(f"{PAGE}{view.pk}/", {"delete": "1"})
    assert answer.status_code == 404


def test_a_shared_view_is_changed_by_its_owner_and_by_editors(
    viewer: Any, reviewer: Any, owner: Any
) -> None:
    """Others use it; a view that changes under one's hands is worse than none."""
    view = save(viewer, "shared", shared="1")
    at = f"{PAGE}{view.pk}/"

    assert build.signed_in(reviewer).post(at, {"name": "stolen"}).status_code == 404
    assert b"Change shared" not in build.signed_in(reviewer).get(PAGE).content
    build.signed_in(owner).post(at, {"name": "by the editor", "shared": "1"})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("by the editor", True)
    build.signed_in(viewer).post(at, {"name": "mine"})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("mine", False)
    build.signed_in(viewer).post(at, {"name": "mine", "delete": "1"})
    assert not SavedView.objects.exists()


def test_saving_under_a_name_again_replaces_ones_own(viewer: Any, owner: Any) -> None:
    """And never a colleague's."""
    save(viewer, "mine")
    save(owner, "mine")
    save(viewer, "mine", "status=spam")

    queries = {view.owner: view.query for view in SavedView.objects.all()}
    assert queries == {viewer: "status=spam", owner: "status=flagged"}


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_name_that_cannot_be_is_told(viewer: Any, town: Survey, name: str) -> None:
    """On the list where it was asked for."""
    page = build.signed_in(viewer).post(f"{PAGE}save/", {"name": name}, follow=True)

    assert b'role="alert"' in page.content
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_are_refused_when_renaming(viewer: Any, town: Survey) -> None:
    """Else the one would take the other's place."""
    save(viewer, "mine")
    other = save(viewer, "other")

    page = build.signed_in(viewer).post(f"{PAGE}{other.pk}/", {"name": "mine"}, follow=True)

    assert b'role="alert"' in page.content
    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["mine", "other"]


def test_a_selection_that_cannot_be_is_not_saved(viewer: Any, town: Survey) -> None:
    """It would fail each time it is opened."""
    answer = build.signed_in(viewer).post(f"{PAGE}save/?status=spammy", {"name": "mine"})

    assert answer.status_code == 400
    assert not SavedView.objects.exists()
